// The steps by which a store goes, until nothing of it is left.

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>

#include "reconcile/decide.hpp"
#include "reconcile/errors.hpp"
#include "reconcile/status.hpp"

namespace storewright::reconcile {
namespace {

using namespace std::chrono_literals;
using domain::Phase;
using domain::StoreStatus;

constexpr std::chrono::milliseconds recheck = 5s;
/// Longer than this and a teardown is stuck: the status names what holds it.
constexpr std::chrono::seconds patience{60};

bool ours(const Observed& o) { return o.namespace_ && o.namespace_->owner_uid == o.store.uid; }

/// Somebody else's finalizers may still hold the object; we have nothing more to do.
std::optional<Plan> released(const Observed& o) {
    if (o.store.has_finalizer()) return {};
    return Plan{.why = "nothing of it is left"};
}

std::optional<Plan> announced(const Observed& o) {
    StoreStatus status = o.store.status;
    if (status.id.empty() || status.phase == Phase::deleting) return {};
    status.phase = Phase::deleting;
    status.failure.reset();
    mark(status, o, conditions::ready, false, "Deleting", "It is being deleted");
    return plan_with_status(o, std::move(status), "it is being deleted");
}

/// Waits, and names what is waited for once it takes long.
Plan wait_for(const Observed& o, std::string_view reason, std::string what) {
    StoreStatus status = o.store.status;
    if (o.now - *o.store.deletion_requested > patience) {
        domain::Failure failure{
            std::string(reason), what,
            "The operator has to remove what the message names; the deletion goes on by itself then.", o.now};
        if (status.failure && status.failure->reason == failure.reason) failure.at = status.failure->at;
        status.failure = std::move(failure);
    }
    Plan plan = plan_with_status(o, std::move(status), "waiting: " + what);
    plan.requeue_after = recheck;
    return plan;
}

std::optional<Plan> namespace_gone(const Observed& o) {
    if (!ours(o)) return {};
    if (!o.namespace_->terminating)
        return Plan{.why = "its namespace and all in it goes",
                    .actions = {DeleteNamespace{o.namespace_->name, o.namespace_->uid}}};
    return wait_for(o, "TeardownStuck",
                    o.namespace_->blocked.empty()
                        ? fmt::format("The namespace {} is being deleted", o.namespace_->name)
                        : fmt::format("The namespace {} is held: {}", o.namespace_->name, o.namespace_->blocked));
}

std::optional<Plan> volumes_gone(const Observed& o) {
    if (o.volumes.empty()) return {};
    return wait_for(o, "VolumesRemain", fmt::format("The volumes {} still exist", fmt::join(o.volumes, ", ")));
}

std::optional<Plan> hostnames_gone(const Observed& o) {
    std::vector<std::string> held;
    for (const auto& [hostname, holder] : o.reservations)
        if (holder == o.store.uid) held.push_back(hostname);
    if (held.empty()) return {};
    return Plan{.why = "its hostnames become free", .actions = {ReleaseHostnames{std::move(held)}}};
}

std::optional<Plan> finished(const Observed&) {
    return Plan{.why = "nothing of it is left", .actions = {RemoveFinalizer{}}};
}

constexpr std::array steps{
    Step{"released", released},         Step{"wait-after-error", wait_after_error},
    Step{"announced", announced},       Step{"namespace-gone", namespace_gone},
    Step{"volumes-gone", volumes_gone}, Step{"hostnames-gone", hostnames_gone},
    Step{"finished", finished},
};

}  // namespace

std::span<const Step> teardown_steps() { return steps; }

}  // namespace storewright::reconcile
