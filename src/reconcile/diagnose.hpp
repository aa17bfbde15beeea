#pragma once
#include <optional>

#include "reconcile/observed.hpp"

namespace storewright::reconcile {

/// Why the workloads are not ready, in a shop owner's words, when something is wrong rather than merely under way; the
/// first row of the table that applies. Nothing: still coming up.
std::optional<domain::Failure> diagnose(const Observed& observed);

}  // namespace storewright::reconcile
