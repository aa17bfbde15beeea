#pragma once
#include "reconcile/observed.hpp"
#include "reconcile/plan.hpp"

namespace storewright::reconcile {

/// Holds a pass back while the last action's failure is too recent to try again, and shows an error that lasts in the
/// status.
std::optional<Plan> wait_after_error(const Observed& observed);

}  // namespace storewright::reconcile
