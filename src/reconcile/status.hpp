#pragma once
// Composing the status that a step wants written: pure helpers of the steps.

#include "reconcile/observed.hpp"
#include "reconcile/plan.hpp"

namespace storewright::reconcile {

/// Condition types, in the order in which a store comes to be (ARCHITECTURE.md has the same table).
namespace conditions {
inline constexpr std::string_view accepted = "Accepted";
inline constexpr std::string_view hostnames_reserved = "HostnamesReserved";
inline constexpr std::string_view applied = "Applied";
inline constexpr std::string_view workloads_ready = "WorkloadsReady";
inline constexpr std::string_view answering = "Answering";
inline constexpr std::string_view secrets = "SecretsKept";
inline constexpr std::string_view mail = "MailConfigured";
inline constexpr std::string_view ready = "Ready";
}  // namespace conditions

/// The status with a condition set as of now.
void mark(domain::StoreStatus& status, const Observed& o, std::string_view type, bool value, std::string reason,
          std::string message);

/// What a store that is not (or no longer) ready is called: Provisioning before it ever was, Updating while a new
/// release rolls out, else Degraded.
domain::Phase not_ready_phase(const Observed& o);

/// The current status with the failure in it: phase Failed (Degraded once the shop had been ready) and Ready=False.
domain::StoreStatus failed_status(const Observed& o, domain::Failure failure);

/// A plan that writes `status` if it differs from the store's, and then does `actions`.
Plan plan_with_status(const Observed& o, domain::StoreStatus status, std::string why, std::vector<Action> actions = {});

}  // namespace storewright::reconcile
