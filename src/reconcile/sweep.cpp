#include "reconcile/sweep.hpp"

#include <algorithm>
#include <iterator>

namespace storewright::reconcile {

SweepPlan decide_sweep(const SweepObserved& o) {
    if (o.orphans.size() > sweep_brake) return {.remove = {}, .braked = true};
    SweepPlan plan;
    std::ranges::copy_if(o.orphans, std::back_inserter(plan.remove),
                         [&](const Orphan& orphan) { return o.now - orphan.since >= sweep_grace; });
    return plan;
}

}  // namespace storewright::reconcile
