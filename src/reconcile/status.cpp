#include "reconcile/status.hpp"

#include <algorithm>
#include <iterator>

namespace storewright::reconcile {

using domain::Phase;

void mark(domain::StoreStatus& status, const Observed& o, std::string_view type, bool value, std::string reason,
          std::string message) {
    // metav1.Time has whole seconds: what is written must read back as the same.
    const auto now = std::chrono::floor<std::chrono::seconds>(o.now);
    domain::set_condition(status,
                          {std::string(type), value, std::move(reason), std::move(message), now, o.store.generation});
}

Phase not_ready_phase(const Observed& o) {
    const auto& status = o.store.status;
    if (!status.timings.ready) return Phase::provisioning;
    const auto* ready = domain::find_condition(status, conditions::ready);
    const bool rolling_out = status.phase == Phase::updating || status.phase == Phase::suspended ||
                             (ready && ready->observed_generation != o.store.generation);
    return rolling_out ? Phase::updating : Phase::degraded;
}

domain::StoreStatus failed_status(const Observed& o, domain::Failure failure) {
    domain::StoreStatus status = o.store.status;
    status.observed_generation = o.store.generation;
    status.phase = status.timings.ready ? Phase::degraded : Phase::failed;
    if (status.failure && status.failure->reason == failure.reason) failure.at = status.failure->at;
    mark(status, o, conditions::ready, false, failure.reason, failure.message);
    status.failure = std::move(failure);
    return status;
}

Plan plan_with_status(const Observed& o, domain::StoreStatus status, std::string why, std::vector<Action> actions) {
    Plan plan{.why = std::move(why)};
    if (status != o.store.status) plan.actions.emplace_back(WriteStatus{std::move(status)});
    std::ranges::move(actions, std::back_inserter(plan.actions));
    return plan;
}

}  // namespace storewright::reconcile
