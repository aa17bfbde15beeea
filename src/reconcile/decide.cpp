#include "reconcile/decide.hpp"

namespace storewright::reconcile {

Plan decide(const Observed& observed) {
    const auto steps = observed.store.deletion_requested ? teardown_steps() : provision_steps();
    for (const Step& step : steps) {
        if (auto plan = step.check(observed)) {
            plan->step = step.name;
            return *std::move(plan);
        }
    }
    return {.step = "done", .why = "there is nothing to do"};
}

}  // namespace storewright::reconcile
