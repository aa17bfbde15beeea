#include "reconcile/plan.hpp"

namespace storewright::reconcile {
namespace {

struct Namer {
    std::string_view operator()(const AddFinalizer&) const { return "AddFinalizer"; }
    std::string_view operator()(const RemoveFinalizer&) const { return "RemoveFinalizer"; }
    std::string_view operator()(const WriteStatus&) const { return "WriteStatus"; }
    std::string_view operator()(const ReserveHostnames&) const { return "ReserveHostnames"; }
    std::string_view operator()(const ReleaseHostnames&) const { return "ReleaseHostnames"; }
    std::string_view operator()(const CreateNamespace&) const { return "CreateNamespace"; }
    std::string_view operator()(const AdoptNamespace&) const { return "AdoptNamespace"; }
    std::string_view operator()(const ApplyRelease&) const { return "ApplyRelease"; }
    std::string_view operator()(const LookAtSecrets&) const { return "LookAtSecrets"; }
    std::string_view operator()(const Probe&) const { return "Probe"; }
    std::string_view operator()(const DeleteNamespace&) const { return "DeleteNamespace"; }
};

}  // namespace

std::string_view name_of(const Action& action) { return std::visit(Namer{}, action); }

}  // namespace storewright::reconcile
