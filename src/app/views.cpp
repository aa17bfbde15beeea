#include "app/views.hpp"

#include <fmt/format.h>

#include "base/digest.hpp"
#include "domain/catalog.hpp"
#include "domain/store_json.hpp"
#include "kube/owned_fields.hpp"
#include "kube/readiness.hpp"

namespace storewright::app {
namespace {

namespace json = boost::json;
using kube::annotation;
using kube::label;
using kube::text_at;
using kube::value_at;

std::string text(const json::object& object, std::string_view path) { return std::string(text_at(object, path)); }

bool is_terminating(const json::object& o) { return value_at(o, "metadata.deletionTimestamp") != nullptr; }

/// What the namespace controller says of a deletion that does not end: the messages of conditions that are True.
std::string blocked_by(const json::object& ns) {
    const auto* conditions = value_at(ns, "status.conditions");
    if (!conditions || !conditions->is_array()) return {};
    std::string all;
    for (const auto& condition : conditions->as_array()) {
        if (!condition.is_object() || text_at(condition.as_object(), "status") != "True") continue;
        if (!all.empty()) all += "; ";
        all += text_at(condition.as_object(), "message");
    }
    return all;
}

Result<NamespaceView> namespace_view(const json::object& o) {
    return NamespaceView{.uid = text(o, "metadata.uid"),
                         .store_id = std::string(label(o, domain::store_label)),
                         .tenant = std::string(label(o, domain::tenant_label)),
                         .owner_uid = std::string(annotation(o, domain::owner_uid_annotation)),
                         .owner_namespace = std::string(annotation(o, domain::owner_namespace_annotation)),
                         .owner_name = std::string(annotation(o, domain::owner_name_annotation)),
                         .plans = domain::parse_list(annotation(o, domain::plans_annotation)),
                         .domains = domain::parse_list(annotation(o, domain::domains_annotation)),
                         .terminating = is_terminating(o),
                         .blocked = blocked_by(o)};
}

Result<ReservationView> reservation_view(const json::object& o) {
    return ReservationView{
        text(o, "metadata.uid"), text(o, "spec.storeUID"), {text(o, "spec.storeNamespace"), text(o, "spec.storeName")}};
}

Result<ObjectView> object_view(const json::object& o) {
    return ObjectView{text(o, "metadata.uid"), kube::owned_fields_digest(o, domain::field_manager),
                      kube::readiness_of(o), is_terminating(o)};
}

Result<PodView> pod_view(const json::object& o) { return PodView{kube::pod_facts(o)}; }

Result<VolumeView> volume_view(const json::object& o) { return VolumeView{text(o, "spec.claimRef.namespace")}; }

Result<StorageClassView> storage_class_view(const json::object& o) {
    return StorageClassView{annotation(o, "storageclass.kubernetes.io/is-default-class") == "true",
                            text_at(o, "reclaimPolicy") == "Retain"};
}

}  // namespace

struct Views::AppliedKind {
    AppliedKind(const kube::Kind* of, kube::Cache<ObjectView>::Listener listener)
        : kind(of), cache(object_view, std::move(listener)) {}
    const kube::Kind* kind;
    kube::Cache<ObjectView> cache;
};

std::vector<const kube::Kind*> Views::applied_kinds() {
    using namespace kube::kinds;
    return {&config_map,
            &service,
            &service_account,
            &persistent_volume_claim,
            &resource_quota,
            &limit_range,
            &deployment,
            &stateful_set,
            &job,
            &cron_job,
            &ingress,
            &network_policy,
            &pod_disruption_budget,
            &horizontal_pod_autoscaler,
            &role_binding};
}

template <typename T>
typename kube::Cache<T>::Listener Views::owner_listener() {
    return [this](const typename kube::Cache<T>::Key& key, const T*, const T*) { notify_owner_of(key.first); };
}

Views::Views(kube::Client& client, std::function<void(const domain::StoreKey&)> changed)
    : client_(client),
      changed_(std::move(changed)),
      stores_(domain::store_from_json, [this](const auto& key, const domain::Store*,
                                              const domain::Store*) { changed_({key.first, key.second}); }),
      namespaces_(namespace_view,
                  [this](const auto& key, const NamespaceView* before, const NamespaceView* after) {
                      const NamespaceView& ns = after ? *after : *before;
                      if (!ns.owner_name.empty()) changed_({ns.owner_namespace, ns.owner_name});
                      if (!ns.tenant.empty())
                          stores_.for_each_in(key.second, [this](const auto& store, const domain::Store&) {
                              changed_({store.first, store.second});
                          });
                  }),
      reservations_(reservation_view,
                    [this](const auto&, const ReservationView* before, const ReservationView* after) {
                        changed_(after ? after->store : before->store);
                    }),
      pods_(pod_view, owner_listener<PodView>()),
      volumes_(volume_view,
               [this](const auto&, const VolumeView* before, const VolumeView* after) {
                   notify_owner_of(after ? after->claim_namespace : before->claim_namespace);
               }),
      storage_classes_(storage_class_view, [](const auto&, const StorageClassView*, const StorageClassView*) {}) {
    for (const auto* kind : applied_kinds())
        applied_.push_back(std::make_unique<AppliedKind>(kind, owner_listener<ObjectView>()));
}

Views::~Views() { stop(); }

void Views::stop() {
    decltype(reflectors_) ending;
    {
        const std::lock_guard lock(mutex_);
        ending.swap(reflectors_);
    }
}

void Views::notify_owner_of(const std::string& namespace_) const {
    const auto ns = namespaces_.get({}, namespace_);
    if (ns && !ns->owner_name.empty()) changed_({ns->owner_namespace, ns->owner_name});
}

void Views::start() {
    const std::lock_guard lock(mutex_);
    const auto watch = [this](const kube::Kind& kind, std::string selector, kube::WatchHandler& handler) {
        kube::WatchOptions options;
        options.label_selector = std::move(selector);
        reflectors_.emplace_back(&kind, std::make_unique<kube::Reflector>(client_, kind, std::move(options), handler));
    };
    const std::string of_stores(domain::store_label);
    watch(kube::kinds::store, "", stores_);
    // Namespaces of stores and of tenants: an OR, which selectors cannot say.
    watch(kube::kinds::namespace_, "", namespaces_);
    watch(kube::kinds::hostname_reservation, "", reservations_);
    watch(kube::kinds::pod, of_stores, pods_);
    watch(kube::kinds::persistent_volume, "", volumes_);
    watch(kube::kinds::storage_class, "", storage_classes_);
    for (const auto& applied : applied_) watch(*applied->kind, of_stores, applied->cache);
}

Result<> Views::synced() const {
    const std::lock_guard lock(mutex_);
    std::string missing;
    for (const auto& [kind, reflector] : reflectors_)
        if (!reflector->synced()) missing += (missing.empty() ? "" : ", ") + std::string(kind->resource);
    if (missing.empty() && !reflectors_.empty()) return {};
    return fail(ErrorCode::unavailable,
                missing.empty() ? "the watches have not begun" : "waiting for the first list of " + missing);
}

std::optional<std::chrono::steady_clock::time_point> Views::stale_since() const {
    const std::lock_guard lock(mutex_);
    std::optional<std::chrono::steady_clock::time_point> oldest;
    for (const auto& [kind, reflector] : reflectors_)
        if (const auto since = reflector->stale_since(); since && (!oldest || *since < *oldest)) oldest = since;
    return oldest;
}

kube::Cache<ObjectView>* Views::objects(const kube::Kind& kind) {
    for (const auto& applied : applied_)
        if (*applied->kind == kind) return &applied->cache;
    return nullptr;
}

void Views::for_each_applied(
    const std::string& namespace_,
    const std::function<void(const kube::Kind&, const std::string&, const ObjectView&)>& visit) const {
    for (const auto& applied : applied_)
        applied->cache.for_each_in(namespace_, [&](const auto& key, const ObjectView& object) {
            if (!object.digest.empty()) visit(*applied->kind, key.second, object);
        });
}

std::string Views::live_digest(const std::string& namespace_) const {
    std::string all;
    for_each_applied(namespace_, [&](const kube::Kind& kind, const std::string& name, const ObjectView& object) {
        if (!object.terminating) all += fmt::format("{}/{}={}\n", kind.kind, name, object.digest);
    });
    return all.empty() ? std::string() : digest_hex(all);
}

}  // namespace storewright::app
