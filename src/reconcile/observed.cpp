#include "reconcile/observed.hpp"

#include <algorithm>

namespace storewright::reconcile {

void believe_succeeded_pods(Observed& o) {
    for (auto& object : o.objects) {
        if (object.kind != "Job" || object.readiness.state != domain::ReadyState::progressing) continue;
        if (std::ranges::any_of(
                o.pods, [&](const auto& pod) { return pod.succeeded && pod.name.starts_with(object.name + "-"); }))
            object.readiness = {};
    }
}

}  // namespace storewright::reconcile
