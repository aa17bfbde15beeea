#pragma once
#include "domain/store.hpp"
#include "kube/client.hpp"

namespace storewright::app {

/// Writes a Kubernetes event on the Store when its phase or its failure changes; best effort: an event that cannot be
/// written is logged and nothing else fails.
void report_change(kube::Client& client, const domain::Store& before, const domain::StoreStatus& after, TimePoint now);

}  // namespace storewright::app
