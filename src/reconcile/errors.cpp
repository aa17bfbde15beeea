#include "reconcile/errors.hpp"

#include <fmt/format.h>

#include "reconcile/decide.hpp"
#include "reconcile/status.hpp"

namespace storewright::reconcile {
namespace {

/// Errors that time alone does not mend are shown at once; the others only when they last.
bool worth_showing(const ActError& e) {
    switch (e.error.code) {
        case ErrorCode::invalid_argument:
        case ErrorCode::forbidden: return true;
        default: return e.count >= errors_until_shown;
    }
}

domain::Failure failure_of(const Observed& o, const ActError& e) {
    const auto says = [&](std::string_view text) { return e.error.message.find(text) != std::string::npos; };
    if (says("exceeded quota"))
        return {"QuotaExceeded", e.error.message, "Choose a larger plan for this store.", o.now};
    if (says("support resize") || says("less than status.capacity"))
        return {
            "VolumeCannotChange", e.error.message,
            "The store runs on as it was. Go back to the plan it had, or ask the operator for storage that can grow.",
            o.now};
    return {e.action + "Failed", e.error.message,
            "It is tried again by itself, at growing intervals; the operator finds more in the controller's log.",
            o.now};
}

}  // namespace

std::optional<Plan> wait_after_error(const Observed& o) {
    if (!o.last_error) return {};
    const ActError& e = *o.last_error;
    const bool same_spec = e.generation == o.store.generation;
    if (!same_spec || o.now >= e.retry_at) return {};
    domain::StoreStatus status = o.store.status;
    if (worth_showing(e) && !o.store.deletion_requested && e.action != "WriteStatus")
        status = failed_status(o, failure_of(o, e));
    Plan plan = plan_with_status(o, std::move(status),
                                 fmt::format("{} failed {} times, last: {}", e.action, e.count, e.error.message));
    plan.requeue_after = e.retry_at - o.now;
    return plan;
}

}  // namespace storewright::reconcile
