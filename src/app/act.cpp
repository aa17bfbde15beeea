#include "app/act.hpp"

#include <fmt/format.h>

#include "app/secrets.hpp"
#include "app/store_secrets.hpp"
#include "base/log.hpp"
#include "domain/store_json.hpp"

namespace storewright::app {
namespace {

namespace json = boost::json;
using kube::ObjectRef;

/// The Pod Security Standard's version is pinned: a cluster upgrade must not change what stores may do.
constexpr std::string_view pod_security_version = "v1.31";

ObjectRef ref_of(const domain::Store& store) { return {&kube::kinds::store, store.key.namespace_, store.key.name}; }
ObjectRef ref_of_namespace(const std::string& name) { return {&kube::kinds::namespace_, {}, name}; }
ObjectRef ref_of_reservation(const std::string& hostname) { return {&kube::kinds::hostname_reservation, {}, hostname}; }

/// The API server accepts a status only for the version it has: for so long, that acceptance is a live read.
constexpr std::chrono::seconds as_good_as_read{1};

/// Of a store that is being deleted.
constexpr std::chrono::seconds pods_end_within{1};

Result<> verify_namespace(ActContext& context, const domain::Store& store) {
    const auto ns = context.views.namespaces().get({}, store.status.namespace_);
    if (ns && ns->owner_uid == store.uid) return {};
    return fail(ErrorCode::conflict, fmt::format("the namespace {} is not this store's", store.status.namespace_));
}

class Actor {
  public:
    Actor(ActContext& context, const Observation& o) : c_(context), o_(o), store_(o.facts.store) {}

    Result<> operator()(const reconcile::AddFinalizer&) {
        json::array finalizers(store_.finalizers.begin(), store_.finalizers.end());
        finalizers.emplace_back(domain::teardown_finalizer);
        return patch_finalizers(std::move(finalizers));
    }

    Result<> operator()(const reconcile::RemoveFinalizer&) {
        json::array rest;
        for (const auto& finalizer : store_.finalizers)
            if (finalizer != domain::teardown_finalizer) rest.emplace_back(finalizer);
        auto done = patch_finalizers(std::move(rest));
        if (!done && done.error().code == ErrorCode::not_found) return {};
        return done;
    }

    Result<> operator()(const reconcile::WriteStatus& action) {
        const json::object object{{"apiVersion", domain::api_version},
                                  {"kind", "Store"},
                                  {"metadata", json::object{{"name", store_.key.name},
                                                            {"namespace", store_.key.namespace_},
                                                            {"uid", store_.uid},
                                                            {"resourceVersion", store_.resource_version}}},
                                  {"spec", domain::spec_to_json(store_.spec)},
                                  {"status", domain::status_to_json(action.status)}};
        SW_TRY_ASSIGN(const auto written, c_.client.replace(ref_of(store_), object, "status"));
        c_.views.stores().saw(written);
        c_.memory.update(store_.key, store_.uid, [&](Remembered& r) {
            r.written_version = kube::text_at(written, "metadata.resourceVersion");
            r.written_at = std::chrono::steady_clock::now();
        });
        c_.events.report_change(store_, action.status, c_.clock.now());
        return {};
    }

    Result<> operator()(const reconcile::ReserveHostnames& action) {
        for (const auto& hostname : action.hostnames) SW_TRY(reserve(hostname, action.id));
        return {};
    }

    Result<> operator()(const reconcile::ReleaseHostnames& action) {
        for (const auto& hostname : action.hostnames) {
            const auto held = c_.views.reservations().get({}, hostname);
            if (!held || held->store_uid != store_.uid) continue;
            SW_TRY(c_.client.remove(ref_of_reservation(hostname), {.uid = held->uid}));
            c_.views.reservations().saw_gone({}, hostname);
        }
        return {};
    }

    Result<> operator()(const reconcile::CreateNamespace& action) {
        auto made = c_.client.create(ref_of_namespace(action.name), namespace_object(action.name));
        if (!made && made.error().code == ErrorCode::conflict) made = c_.client.get(ref_of_namespace(action.name));
        if (!made) return std::unexpected(made.error());
        c_.views.namespaces().saw(*made);
        return {};
    }

    Result<> operator()(const reconcile::AdoptNamespace& action) {
        const json::object patch{
            {"metadata", json::object{{"uid", action.uid},
                                      {"annotations", json::object{{domain::owner_uid_annotation, store_.uid}}}}}};
        SW_TRY_ASSIGN(const auto adopted, c_.client.merge_patch(ref_of_namespace(action.name), patch));
        c_.views.namespaces().saw(adopted);
        return {};
    }

    Result<> operator()(const reconcile::ApplyRelease& action) { return apply_release(c_, o_, action); }

    Result<> operator()(const reconcile::LookAtSecrets&) { return look_at_secrets(c_, o_); }

    Result<> operator()(const reconcile::Probe&) {
        const auto key = store_.key;
        const auto uid = store_.uid;
        bool running = false;
        c_.memory.update(key, uid, [&](Remembered& r) {
            running = r.probing.has_value();
            if (!running) r.probing = c_.clock.now();
        });
        if (running) return {};
        c_.probes.submit({o_.facts.desired.hostnames.front(), c_.config.ingress_tls, o_.facts.desired.engine.probes},
                         [context = &c_, key, uid](const Result<>& outcome) {
                             context->memory.update(key, uid, [&](Remembered& r) {
                                 auto probe = outcome_of_probe(r, outcome, context->clock.now());
                                 if (!probe.ok && (!r.probe || r.probe->message != probe.message))
                                     log::info("a shop does not answer",
                                               {{"store", key.text()}, {"reason", probe.message}});
                                 r.probe = std::move(probe);
                                 r.probing.reset();
                             });
                             context->look_again(key);
                         });
        return {};
    }

    static reconcile::ProbeOutcome outcome_of_probe(const Remembered& before, const Result<>& outcome, TimePoint now) {
        const TimePoint asked = before.probing.value_or(now);
        if (outcome) return {now, true, "", 0, asked};
        return {now, false, outcome.error().message, (before.probe ? before.probe->failures : 0) + 1, asked};
    }

    Result<> operator()(const reconcile::DeleteNamespace& action) {
        SW_TRY(verify_live(c_, o_));
        SW_TRY_ASSIGN(const auto answer, c_.client.remove(ref_of_namespace(action.name), {.uid = action.uid}));
        if (!kube::value_at(answer, "metadata.deletionTimestamp")) return {};
        // It stays for a while, marked: the next pass must not ask for its deletion again.
        c_.views.namespaces().saw(answer);
        empty(action.name);
        return {};
    }

  private:
    /// Kubernetes empties a namespace that is being deleted five seconds later; where pods are left after that, it
    /// looks again only after half of the longest time that one of them may take to end. So pods and claims go at once:
    /// nothing makes pods in there any more, and what they would still write goes too. The namespace is the store's:
    /// its deletion carried its UID. Whatever is cut short or refused here only takes longer.
    void empty(const std::string& name) {
        const std::pair<const kube::Kind*, kube::DeleteOptions> all[] = {
            {&kube::kinds::pod, {.grace = pods_end_within}}, {&kube::kinds::persistent_volume_claim, {}}};
        for (const auto& [kind, options] : all)
            if (const auto removed = c_.client.remove_all(*kind, name, options); !removed)
                log::warning(
                    "a namespace that is being deleted is emptied by Kubernetes alone, which takes longer",
                    {{"namespace", name}, {"kind", std::string(kind->kind)}, {"error", removed.error().message}});
    }

    Result<> patch_finalizers(json::array finalizers) {
        const json::object patch{{"metadata", json::object{{"uid", store_.uid},
                                                           {"resourceVersion", store_.resource_version},
                                                           {"finalizers", std::move(finalizers)}}}};
        SW_TRY_ASSIGN(const auto patched, c_.client.merge_patch(ref_of(store_), patch));
        // The last finalizer taken off a deleted object makes it vanish: the next pass must not take it off again.
        const auto* left = kube::value_at(patched, "metadata.finalizers");
        const bool vanished = store_.deletion_requested && (!left || left->as_array().empty());
        if (vanished) c_.views.stores().saw_gone(store_.key.namespace_, store_.key.name);
        else c_.views.stores().saw(patched);
        return {};
    }

    Result<> reserve(const std::string& hostname, const std::string& id) {
        const json::object object{
            {"apiVersion", domain::api_version},
            {"kind", "HostnameReservation"},
            {"metadata", json::object{{"name", hostname}, {"labels", json::object{{domain::store_label, id}}}}},
            {"spec",
             json::object{
                 {"storeUID", store_.uid}, {"storeNamespace", store_.key.namespace_}, {"storeName", store_.key.name}}}};
        auto made = c_.client.create(ref_of_reservation(hostname), object);
        if (!made && made.error().code == ErrorCode::conflict) {
            SW_TRY_ASSIGN(const auto held, c_.client.get(ref_of_reservation(hostname)));
            const bool stale = kube::text_at(held, "spec.storeNamespace") == store_.key.namespace_ &&
                               kube::text_at(held, "spec.storeName") == store_.key.name &&
                               kube::text_at(held, "spec.storeUID") != store_.uid;
            if (!stale) {
                c_.views.reservations().saw(held);
                return {};
            }
            SW_TRY(c_.client.remove(ref_of_reservation(hostname),
                                    {.uid = std::string(kube::text_at(held, "metadata.uid"))}));
            made = c_.client.create(ref_of_reservation(hostname), object);
        }
        if (!made) return std::unexpected(made.error());
        c_.views.reservations().saw(*made);
        return {};
    }

    json::object namespace_object(const std::string& name) const {
        json::object labels = store_labels(store_, domain::id_of_namespace(name), "namespace");
        for (const std::string_view mode : {"enforce", "audit", "warn"}) {
            labels[fmt::format("pod-security.kubernetes.io/{}", mode)] = "restricted";
            labels[fmt::format("pod-security.kubernetes.io/{}-version", mode)] = pod_security_version;
        }
        return {{"apiVersion", "v1"},
                {"kind", "Namespace"},
                {"metadata",
                 json::object{{"name", name},
                              {"labels", std::move(labels)},
                              {"annotations", json::object{{domain::owner_uid_annotation, store_.uid},
                                                           {domain::owner_namespace_annotation, store_.key.namespace_},
                                                           {domain::owner_name_annotation, store_.key.name}}}}}};
    }

    ActContext& c_;
    const Observation& o_;
    const domain::Store& store_;
};

}  // namespace

Result<> act(ActContext& context, const Observation& o, const reconcile::Action& action) {
    return std::visit(Actor(context, o), action);
}

Result<> verify_current(ActContext& context, const Observation& o) {
    const auto& store = o.facts.store;
    const auto remembered = context.memory.recall(store.key, store.uid);
    const bool just_written = remembered.written_version == store.resource_version &&
                              std::chrono::steady_clock::now() - remembered.written_at < as_good_as_read;
    return just_written ? verify_namespace(context, store) : verify_live(context, o);
}

Result<> verify_live(ActContext& context, const Observation& o) {
    const auto& store = o.facts.store;
    SW_TRY_ASSIGN(const auto live, context.client.get(ref_of(store)));
    const bool same = kube::text_at(live, "metadata.uid") == store.uid;
    const bool deleting = kube::value_at(live, "metadata.deletionTimestamp") != nullptr;
    if (!same || deleting != store.deletion_requested.has_value()) {
        context.views.stores().saw(live);
        return fail(ErrorCode::conflict,
                    fmt::format("the Store {} has changed since it was looked at", store.key.text()));
    }
    return verify_namespace(context, store);
}

}  // namespace storewright::app
