#pragma once
// What decide() wants done: actions in order, each carried out by one function in app/act.

#include <chrono>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "domain/store.hpp"

namespace storewright::reconcile {

struct AddFinalizer {
    bool operator==(const AddFinalizer&) const = default;
};
struct RemoveFinalizer {
    bool operator==(const RemoveFinalizer&) const = default;
};
struct WriteStatus {
    domain::StoreStatus status;
    bool operator==(const WriteStatus&) const = default;
};
struct ReserveHostnames {
    std::vector<std::string> hostnames;
    std::string id;  ///< of the store
    bool operator==(const ReserveHostnames&) const = default;
};
struct ReleaseHostnames {
    std::vector<std::string> hostnames;
    bool operator==(const ReleaseHostnames&) const = default;
};
struct CreateNamespace {
    std::string name;
    bool operator==(const CreateNamespace&) const = default;
};
/// Makes a namespace whose Store is gone this Store's: its annotation gets our UID, if it still is what was observed.
struct AdoptNamespace {
    std::string name;
    std::string uid;
    bool operator==(const AdoptNamespace&) const = default;
};
/// Guardrails, secrets, the engine's objects, pruning and the release record: idempotent, phase by phase.
struct ApplyRelease {
    int revision = 1;
    bool create_secrets = false;  ///< only a store that never had them gets new ones
    bool operator==(const ApplyRelease&) const = default;
};
/// Looks at the Secrets, which are not watched: that of the mail.
struct LookAtSecrets {
    bool operator==(const LookAtSecrets&) const = default;
};
/// Asks the shop, in the background; the outcome is observed by a later pass.
struct Probe {
    bool operator==(const Probe&) const = default;
};
struct DeleteNamespace {
    std::string name;
    std::string uid;
    bool operator==(const DeleteNamespace&) const = default;
};

using Action = std::variant<AddFinalizer, RemoveFinalizer, WriteStatus, ReserveHostnames, ReleaseHostnames,
                            CreateNamespace, AdoptNamespace, ApplyRelease, LookAtSecrets, Probe, DeleteNamespace>;

std::string_view name_of(const Action& action);

struct Plan {
    std::string_view step;  ///< the step of the table that spoke
    std::string why;        ///< in words, for `store plan`
    std::vector<Action> actions;
    bool at_once = false;  ///< the actions do not build upon each other: whichever is cut short, a later pass completes
    std::optional<std::chrono::milliseconds> requeue_after;  ///< look again then, even if nothing changes
    bool operator==(const Plan&) const = default;
};

}  // namespace storewright::reconcile
