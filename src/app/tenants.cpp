// The tenants' part of KubernetesStoreService.

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <chrono>
#include <thread>

#include "app/store_service.hpp"
#include "domain/validation.hpp"

namespace storewright::app {
namespace {

namespace json = boost::json;
using namespace std::chrono_literals;
using domain::Store;

constexpr std::string_view quota_name = "storewright-stores";
constexpr std::string_view quota_key = "count/stores.storewright.dev";
/// The quota controller looks for new resource types every five minutes: a quota made right after the CRD counts only
/// then, unless it is made anew once the CRD is known.
constexpr auto quota_deadline = 6min;
constexpr auto quota_recreate_every = 10s;
constexpr auto quota_poll = 250ms;

kube::ObjectRef namespace_ref(const std::string& slug) {
    return {&kube::kinds::namespace_, {}, domain::tenant_namespace(slug)};
}
kube::ObjectRef quota_ref(const std::string& slug) {
    return {&kube::kinds::resource_quota, domain::tenant_namespace(slug), std::string(quota_name)};
}

json::object labels_of(const std::string& slug) {
    return {{domain::tenant_label, slug},
            {"app.kubernetes.io/part-of", "storewright"},
            {"app.kubernetes.io/managed-by", "storewright"}};
}

json::object namespace_object(const domain::Tenant& tenant) {
    json::object labels = labels_of(tenant.slug);
    // Nothing runs in a tenant's namespace; should anything ever, it is held to the same standard.
    labels["pod-security.kubernetes.io/enforce"] = "restricted";
    return {{"apiVersion", "v1"},
            {"kind", "Namespace"},
            {"metadata",
             json::object{
                 {"name", domain::tenant_namespace(tenant.slug)},
                 {"labels", std::move(labels)},
                 {"annotations",
                  json::object{{domain::plans_annotation, fmt::format("{}", fmt::join(tenant.plans, ","))},
                               {domain::domains_annotation, fmt::format("{}", fmt::join(tenant.domains, ","))}}}}}};
}

json::object quota_object(const std::string& slug, int max_stores) {
    return {{"apiVersion", "v1"},
            {"kind", "ResourceQuota"},
            {"metadata",
             json::object{
                 {"name", quota_name}, {"namespace", domain::tenant_namespace(slug)}, {"labels", labels_of(slug)}}},
            {"spec", json::object{{"hard", json::object{{quota_key, std::to_string(max_stores)}}}}}};
}

/// The number under that key of a quantity map ("spec.hard", "status.used"), or nothing.
std::optional<int> count_in(const json::object& quota, std::string_view map) {
    const auto* quantities = kube::value_at(quota, map);
    const auto* value =
        quantities && quantities->is_object() ? quantities->as_object().if_contains(quota_key) : nullptr;
    if (!value || !value->is_string()) return std::nullopt;
    return std::atoi(value->as_string().c_str());
}

bool counts(const json::object& quota) {
    const auto used = count_in(quota, "status.used"), hard = count_in(quota, "status.hard");
    return used && hard && hard == count_in(quota, "spec.hard");
}

}  // namespace

Result<std::vector<api::TenantView>> KubernetesStoreService::tenants() {
    std::vector<api::TenantView> all;
    views_.namespaces().for_each([&](const auto&, const NamespaceView& ns) {
        if (!ns.tenant.empty()) all.push_back({.tenant = {ns.tenant, ns.plans, ns.domains, ns.terminating}});
    });
    for (auto& view : all) {
        views_.stores().for_each_in(domain::tenant_namespace(view.tenant.slug),
                                    [&](const auto&, const Store&) { ++view.stores; });
        const auto quota = client_.get(quota_ref(view.tenant.slug));
        if (!quota && quota.error().code != ErrorCode::not_found) return std::unexpected(quota.error());
        if (!quota) continue;
        view.max_stores = count_in(*quota, "spec.hard").value_or(0);
        view.quota_counts = counts(*quota);
    }
    return all;
}

Result<> KubernetesStoreService::check_tenant(const domain::Tenant& tenant) const {
    SW_TRY(domain::validate_tenant_slug(tenant.slug));
    for (const auto& plan : tenant.plans)
        if (const auto known = offer_.catalog.plan(plan); !known)
            return fail(ErrorCode::invalid_argument, fmt::format("plans: {}", known.error().message), "plans");
    for (std::size_t i = 0; i < tenant.domains.size(); ++i)
        SW_TRY(domain::validate_hostname(tenant.domains[i], config_.reserved_domains(), fmt::format("domains[{}]", i)));
    return {};
}

Result<api::TenantView> KubernetesStoreService::put_tenant(const domain::Tenant& tenant, int max_stores) {
    SW_TRY(check_tenant(tenant));
    SW_TRY_ASSIGN(const auto ns, client_.apply({namespace_ref(tenant.slug), namespace_object(tenant)}));
    views_.namespaces().saw(ns);
    const auto ref = quota_ref(tenant.slug);
    const auto quota = quota_object(tenant.slug, max_stores);
    const auto deadline = std::chrono::steady_clock::now() + quota_deadline;
    while (std::chrono::steady_clock::now() < deadline) {
        SW_TRY_ASSIGN(auto made, client_.apply({ref, quota}));
        const auto recreate_at = std::chrono::steady_clock::now() + quota_recreate_every;
        while (std::chrono::steady_clock::now() < recreate_at) {
            if (counts(made))
                return api::TenantView{tenant, max_stores, count_in(made, "status.used").value_or(0), true};
            std::this_thread::sleep_for(quota_poll);
            SW_TRY_ASSIGN(made, client_.get(ref));
        }
        SW_TRY(client_.remove(ref));
    }
    return fail(ErrorCode::unavailable,
                fmt::format("the quota of tenant {} does not count yet: is kube-controller-manager running? Try again",
                            tenant.slug));
}

Result<> KubernetesStoreService::remove_tenant(const std::string& slug) {
    const auto ns = views_.namespaces().get({}, domain::tenant_namespace(slug));
    if (!ns || ns->tenant != slug) return fail(ErrorCode::not_found, fmt::format("there is no tenant '{}'", slug));
    std::size_t stores = 0;
    views_.stores().for_each_in(domain::tenant_namespace(slug), [&](const auto&, const Store&) { ++stores; });
    if (stores > 0)
        return fail(ErrorCode::conflict,
                    fmt::format("tenant '{}' still has {} stores: delete them first", slug, stores));
    SW_TRY(client_.remove(namespace_ref(slug), {.uid = ns->uid}));
    return {};
}

}  // namespace storewright::app
