#include "api/json_views.hpp"

#include <boost/json/array.hpp>

#include "domain/store_json.hpp"

namespace storewright::api {
namespace {

namespace json = boost::json;

void put_time(json::object& object, std::string_view name, const std::optional<TimePoint>& t) {
    if (t) object[name] = format_time_precise(*t);
}

json::object fit_view(const domain::Fit& fit) {
    json::object needs;
    for (const auto& [name, value] : fit.needs) needs[name] = value;
    json::object object{{"name", fit.plan}, {"fits", fit.problem.empty()}, {"needs", std::move(needs)}};
    if (!fit.problem.empty()) object["problem"] = fit.problem;
    return object;
}

json::array texts(const std::vector<std::string>& all) { return json::array(all.begin(), all.end()); }

}  // namespace

json::object view(const domain::Store& store) {
    json::object object{{"tenant", store.tenant()},
                        {"name", store.key.name},
                        {"uid", store.uid},
                        {"resourceVersion", store.resource_version},
                        {"generation", store.generation},
                        {"createdAt", format_time(store.created)},
                        {"spec", domain::spec_to_json(store.spec)},
                        {"status", domain::status_to_json(store.status)}};
    put_time(object, "deletionRequestedAt", store.deletion_requested);
    return object;
}

json::object view(const Step& step) {
    json::object object{{"name", step.name}, {"state", step.state}, {"message", step.message}};
    put_time(object, "startedAt", step.started);
    put_time(object, "endedAt", step.ended);
    return object;
}

json::object view(const StoreEvent& event) {
    return {{"at", format_time(event.at)},
            {"type", event.type},
            {"reason", event.reason},
            {"message", event.message},
            {"count", event.count}};
}

json::object view(const Credentials& credentials) {
    json::object entries;
    for (const auto& [name, value] : credentials.entries) entries[name] = value;
    return {{"url", credentials.url}, {"adminURL", credentials.admin_url}, {"entries", std::move(entries)}};
}

json::object view(const TenantView& t) {
    return {{"name", t.tenant.slug},
            {"plans", texts(t.tenant.plans)},
            {"domains", texts(t.tenant.domains)},
            {"maxStores", t.max_stores},
            {"stores", t.stores},
            {"quotaCounts", t.quota_counts}};
}

json::object view(const domain::Engine& engine, const std::vector<domain::Fit>& fits) {
    json::object object{{"name", engine.name},
                        {"displayName", engine.display_name},
                        {"description", engine.description},
                        {"version", engine.chart_version},
                        {"available", engine.unavailable.empty()}};
    if (!engine.unavailable.empty()) object["unavailable"] = engine.unavailable;
    json::array plans;
    for (const auto& fit : fits)
        if (fit.engine == engine.name && fit.version == engine.chart_version) plans.push_back(fit_view(fit));
    object["plans"] = std::move(plans);
    return object;
}

json::object view(const domain::Plan& plan) {
    json::object quota;
    for (const auto& [name, value] : plan.quota) quota[name] = value;
    return {
        {"name", plan.name},        {"displayName", plan.display_name},      {"size", plan.size},
        {"storage", plan.storage},  {"maxVolumeSize", plan.max_volume_size}, {"internetEgress", plan.internet_egress},
        {"quota", std::move(quota)}};
}

}  // namespace storewright::api
