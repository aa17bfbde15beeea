#include "app/manifests.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/json/serialize.hpp>

#include "app/secrets.hpp"
#include "app/views.hpp"
#include "base/digest.hpp"

namespace storewright::app {
namespace {

namespace json = boost::json;

/// Kinds that bound what a store may do: an engine's chart must not bring its own.
bool is_guardrail(const kube::Kind& kind) {
    return kind == kube::kinds::resource_quota || kind == kube::kinds::limit_range || kind == kube::kinds::role_binding;
}

json::object& member(json::object& object, std::string_view name) {
    auto& value = object[name];
    if (!value.is_object()) value.emplace_object();
    return value.as_object();
}

Result<const kube::Kind*> permitted_kind(const json::object& object, Origin origin) {
    const auto api_version = kube::text_at(object, "apiVersion"), name = kube::text_at(object, "kind");
    const auto* kind = kube::kinds::find(api_version, name);
    const auto permitted = Views::applied_kinds();
    const bool known = kind && std::ranges::find(permitted, kind) != permitted.end();
    if (!known || (origin == Origin::engine && is_guardrail(*kind)))
        return fail(ErrorCode::invalid_argument,
                    fmt::format("the chart renders a {} ({}), which an engine may not bring", name, api_version));
    return kind;
}

/// reconcile::believe_succeeded_pods counts on it.
Result<> one_pod_a_job(const kube::Kind& kind, std::string_view name, const json::object& object) {
    if (kind != kube::kinds::job || kube::number_at(object, "spec.completions", 1) == 1) return {};
    return fail(ErrorCode::invalid_argument,
                fmt::format("Job {} asks for several completions: a Job of a store is done "
                            "when one pod has succeeded",
                            name));
}

Result<kube::ApplyRequest> to_request(json::object object, const domain::Store& store, Origin origin) {
    SW_TRY_ASSIGN(const auto* kind, permitted_kind(object, origin));
    auto& metadata = member(object, "metadata");
    const std::string name(kube::text_at(object, "metadata.name"));
    const auto given = kube::text_at(object, "metadata.namespace");
    if (!given.empty() && given != store.status.namespace_)
        return fail(ErrorCode::invalid_argument,
                    fmt::format("{} {} wants to be in namespace {}, not in the store's", kind->kind, name, given));
    metadata["namespace"] = store.status.namespace_;
    auto& labels = member(metadata, "labels");
    const auto* label = labels.if_contains(domain::store_label);
    if (!label || !label->is_string() || label->as_string() != store.status.id)
        return fail(ErrorCode::invalid_argument, fmt::format("{} {} lacks the label {}: {}", kind->kind, name,
                                                             domain::store_label, store.status.id));
    if (origin == Origin::engine) {
        labels["app.kubernetes.io/managed-by"] = "Helm";
        auto& annotations = member(metadata, "annotations");
        annotations["meta.helm.sh/release-name"] = domain::release_name;
        annotations["meta.helm.sh/release-namespace"] = store.status.namespace_;
    }
    SW_TRY(one_pod_a_job(*kind, name, object));
    return kube::ApplyRequest{{kind, store.status.namespace_, name}, std::move(object)};
}

bool is_workload(const kube::Kind& kind) {
    using namespace kube::kinds;
    return kind == deployment || kind == stateful_set || kind == job || kind == cron_job;
}

}  // namespace

Result<std::vector<kube::ApplyRequest>> to_requests(std::vector<json::object> objects, const domain::Store& store,
                                                    Origin origin) {
    std::vector<kube::ApplyRequest> requests;
    for (auto& object : objects) {
        SW_TRY_ASSIGN(auto request, to_request(std::move(object), store, origin));
        requests.push_back(std::move(request));
    }
    return requests;
}

json::object role_binding(const domain::Store& store, const Config& config) {
    return {{"apiVersion", "rbac.authorization.k8s.io/v1"},
            {"kind", "RoleBinding"},
            {"metadata", json::object{{"name", "storewright"},
                                      {"namespace", store.status.namespace_},
                                      {"labels", store_labels(store, store.status.id, "guardrails")}}},
            {"roleRef",
             json::object{
                 {"apiGroup", "rbac.authorization.k8s.io"}, {"kind", "ClusterRole"}, {"name", config.secrets_role}}},
            {"subjects",
             json::array{json::object{
                 {"kind", "ServiceAccount"}, {"name", config.service_account}, {"namespace", config.namespace_}}}}};
}

std::string digest_of_config(const std::vector<kube::ApplyRequest>& requests) {
    std::string all;
    for (const auto& request : requests)
        if (*request.ref.kind == kube::kinds::config_map) all += json::serialize(request.object) + "\n";
    return digest_hex(all);
}

void suspend(std::vector<kube::ApplyRequest>& requests) {
    std::erase_if(requests, [](const auto& r) { return *r.ref.kind == kube::kinds::horizontal_pod_autoscaler; });
    for (auto& request : requests) {
        if (*request.ref.kind == kube::kinds::deployment || *request.ref.kind == kube::kinds::stateful_set)
            member(request.object, "spec")["replicas"] = 0;
        if (*request.ref.kind == kube::kinds::cron_job) member(request.object, "spec")["suspend"] = true;
    }
}

bool starts_first(const kube::ApplyRequest& request) {
    return kube::annotation(request.object, domain::start_annotation) == "first";
}

void split_by_phase(std::vector<kube::ApplyRequest> all, std::vector<kube::ApplyRequest>& foundations,
                    std::vector<kube::ApplyRequest>& workloads) {
    for (auto& request : all) (is_workload(*request.ref.kind) ? workloads : foundations).push_back(std::move(request));
}

}  // namespace storewright::app
