#pragma once
// From what charts render to what is applied: checked, placed into the store's namespace, marked as Helm's.

#include <vector>

#include "app/config.hpp"
#include "domain/store.hpp"
#include "kube/client.hpp"

namespace storewright::app {

enum class Origin { engine, guardrails };

/// Checks each object (a kind that may be applied, no other namespace, the store's label, no kind that only guardrails
/// may bring) and fills in what charts leave out: the namespace and, for engines, Helm's marks of ownership.
Result<std::vector<kube::ApplyRequest>> to_requests(std::vector<boost::json::object> objects,
                                                    const domain::Store& store, Origin origin);

/// The binding by which the controller may handle Secrets in this one namespace.
boost::json::object role_binding(const domain::Store& store, const Config& config);

/// Over the ConfigMaps among them: equal means that what pods have mounted of them need not change.
std::string digest_of_config(const std::vector<kube::ApplyRequest>& requests);

/// Scales everything to zero and stops schedules; volumes and the rest stay.
void suspend(std::vector<kube::ApplyRequest>& requests);

/// Whether its chart says (domain::start_annotation) that a store waits longest for this workload.
bool starts_first(const kube::ApplyRequest& request);

/// What runs (Deployment, StatefulSet, Job, CronJob) goes after what it needs.
void split_by_phase(std::vector<kube::ApplyRequest> all, std::vector<kube::ApplyRequest>& foundations,
                    std::vector<kube::ApplyRequest>& workloads);

}  // namespace storewright::app
