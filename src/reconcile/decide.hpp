#pragma once
//   observe ──► Observed ──► decide ──► Plan ──► act
//
// decide() is a pure total function: the first step of the table that is not satisfied says what to do. When a pass has
// done it, the next pass finds that step satisfied and comes to the one after it. So a crash at any instant is just
// another pass.

#include <span>

#include "reconcile/observed.hpp"
#include "reconcile/plan.hpp"

namespace storewright::reconcile {

Plan decide(const Observed& observed);

/// One row of the table: its name and what it wants done, or nothing when it is satisfied.
struct Step {
    std::string_view name;
    std::optional<Plan> (*check)(const Observed&);
};

/// The steps by which a store comes to be and stays, in order.
std::span<const Step> provision_steps();
/// The steps by which it goes.
std::span<const Step> teardown_steps();

/// How often a healthy shop is asked whether it still answers.
inline constexpr std::chrono::seconds probe_interval{60};
/// Two applications because of drift are at least this far apart, so that a fight with another controller stays slow.
inline constexpr std::chrono::seconds drift_interval{10};
/// What does not schedule or pull for this long after applying is called a failure; sooner it may still be settling.
inline constexpr std::chrono::seconds settle_time{45};
/// Errors of Kubernetes that pass by themselves are shown in the status only from this many in a row.
inline constexpr unsigned errors_until_shown = 3;

}  // namespace storewright::reconcile
