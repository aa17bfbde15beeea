#include "app/observe.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <boost/json/serialize.hpp>
#include <utility>

#include "app/values.hpp"
#include "base/digest.hpp"
#include "domain/validation.hpp"

namespace storewright::app {
namespace {

/// Changes whenever this program applies the same values differently, so that an upgrade reaches existing stores.
constexpr std::string_view rendering_format = "1";

/// Secrets that nothing was wrong with are looked at now and then; each store's at a time of its own.
constexpr std::chrono::minutes secrets_least{45};
constexpr unsigned secrets_spread = 30 * 60;  ///< seconds on top of it

std::chrono::seconds secrets_interval(const std::string& uid) {
    return secrets_least + std::chrono::seconds(std::hash<std::string>{}(uid) % secrets_spread);
}

reconcile::NamespaceFacts facts_of(const std::string& name, const NamespaceView& view) {
    return {name, view.uid, view.owner_uid, view.terminating, view.blocked};
}

}  // namespace

std::optional<Observation> Observer::observe(const domain::StoreKey& key) {
    auto store = views_.stores().get(key.namespace_, key.name);
    if (!store) return std::nullopt;
    Observation o;
    auto& facts = o.facts;
    facts.now = clock_.now();
    facts.store = *std::move(store);
    facts.seed_id = domain::first_id(facts.store.uid);
    auto remembered = memory_.recall(key, facts.store.uid);
    facts.applied = std::move(remembered.applied);
    facts.probe = std::move(remembered.probe);
    facts.probing = remembered.probing;
    facts.secrets = std::move(remembered.secrets);
    facts.last_error = std::move(remembered.last_error);
    resolve(o);
    look_at_namespace(facts);
    look_at_reservations(facts);
    look_into_namespace(facts);
    return o;
}

void Observer::resolve(Observation& o) const {
    auto& desired = o.facts.desired;
    const auto& store = o.facts.store;
    desired.hostnames = {domain::generated_hostname(store.key, config_.base_domain)};
    std::ranges::copy(store.spec.hostnames, std::back_inserter(desired.hostnames));
    desired.url = config_.scheme() + "://" + desired.hostnames.front();

    const std::string& version = store.spec.version.empty() ? store.status.version : store.spec.version;
    auto engine = offer_.catalog.engine(store.spec.engine, version);
    auto plan = offer_.catalog.plan(store.spec.plan);
    if (!engine) desired.refusal = engine.error();
    else if (!plan) desired.refusal = plan.error();
    if (desired.refusal) return;
    desired.engine = *std::move(engine);
    o.plan = *std::move(plan);
    if (auto judged = acceptable(o); !judged) {
        desired.refusal = judged.error();
        return;
    }
    o.mail = mail_source(store, o.plan, config_);
    desired.mail = mail_outcome(o.mail, o.facts.secrets);
    o.facts.secrets_due = secrets_due(o);
    const MailSource* mail = desired.mail.on ? &*o.mail : nullptr;
    const auto overlay = offer_.overlays.find(desired.engine.name);
    o.engine_values = engine_values(store, o.plan, desired.hostnames, mail ? &mail->mail : nullptr, config_,
                                    overlay == offer_.overlays.end() ? boost::json::object{} : overlay->second);
    o.guardrail_values = guardrail_values(store, o.plan, mail, config_);
    const std::string mail_version = mail && mail->secret.kind && o.facts.secrets ? o.facts.secrets->mail_version : "";
    desired.inputs_digest =
        digest_hex(fmt::format("{}\n{}\n{}\n{}\n{}\n{}\n{}", rendering_format, desired.engine.chart_digest,
                               boost::json::serialize(o.engine_values), offer_.guardrails_digest,
                               boost::json::serialize(o.guardrail_values), mail_version, store.spec.suspended));
}

bool Observer::secrets_due(const Observation& o) const {
    const auto& store = o.facts.store;
    const auto& known = o.facts.secrets;
    const bool of_mail = o.mail && o.mail->secret.kind;
    if (of_mail && (!known || known->mail_secret != o.mail->text())) return true;
    if (known && known->look_again) return o.facts.now >= *known->look_again;
    if (store.status.release.secrets_digest.empty()) return false;
    const TimePoint last = known ? known->at : std::max(started_, store.status.timings.applied.value_or(started_));
    return o.facts.now - last >= secrets_interval(store.uid);
}

/// The rules that need the tenant and the cluster. The admission policies hold the first two as well; they are repeated
/// for a cluster whose policies were removed, and because a tenant's plans may change afterwards.
Result<> Observer::acceptable(const Observation& o) const {
    const auto& store = o.facts.store;
    const bool exists = !store.status.id.empty();
    // A store that exists outlives the offer, as long as it can be rendered.
    const auto& engine = o.facts.desired.engine;
    if (!engine.unavailable.empty() && (!exists || !engine.renderable))
        return fail(ErrorCode::unavailable,
                    fmt::format("spec.engine: {} is not available: {}", store.spec.engine, engine.unavailable),
                    "spec.engine");
    // What runs is left alone: only what is new, or asked for anew, has to fit.
    const auto& applied = store.status.release;
    const bool as_it_is = exists && store.status.version == engine.chart_version &&
                          (applied.plan.empty() || applied.plan == store.spec.plan);
    if (!as_it_is) SW_TRY(offer_.catalog.check_fit(engine, o.plan));
    const auto tenant = views_.namespaces().get({}, store.key.namespace_);
    if (!tenant || tenant->tenant.empty())
        return fail(ErrorCode::forbidden,
                    fmt::format("metadata.namespace: {} is no tenant's namespace", store.key.namespace_),
                    "metadata.namespace");
    if (std::ranges::find(tenant->plans, store.spec.plan) == tenant->plans.end())
        return fail(ErrorCode::forbidden,
                    fmt::format("spec.plan: this tenant may not use plan '{}' (given to it: {})", store.spec.plan,
                                tenant->plans.empty() ? "none" : fmt::format("{}", fmt::join(tenant->plans, ", "))),
                    "spec.plan");
    for (const auto& hostname : store.spec.hostnames)
        if (!domain::is_under(hostname, tenant->domains))
            return fail(
                ErrorCode::forbidden,
                fmt::format("spec.hostnames: {} lies in no domain of this tenant (its domains: {})", hostname,
                            tenant->domains.empty() ? "none" : fmt::format("{}", fmt::join(tenant->domains, ", "))),
                "spec.hostnames");
    bool retains = false;
    views_.storage_classes().for_each(
        [&](const auto&, const StorageClassView& c) { retains |= c.is_default && c.retains; });
    if (retains && !config_.allow_retained_volumes && !exists)
        return fail(
            ErrorCode::forbidden,
            "the default StorageClass keeps the volumes of deleted stores (reclaimPolicy: Retain); the operator has "
            "to choose one that deletes them, or set allowRetainedVolumes");
    return {};
}

void Observer::look_at_reservations(reconcile::Observed& facts) const {
    const auto& store = facts.store;
    const auto look = [&](const std::string& hostname, const ReservationView& held) {
        // Held by a Store of this name that no longer is (restored from a backup): as good as free.
        if (held.store == store.key && held.store_uid != store.uid) return;
        facts.reservations.emplace(hostname, held.store_uid);
    };
    for (const std::vector<std::string>* hostnames : {&std::as_const(facts.desired.hostnames), &store.status.hostnames})
        for (const auto& hostname : *hostnames)
            if (const auto held = views_.reservations().get({}, hostname)) look(hostname, *held);
    // A look at all of them costs with the number of stores: only when the spec has changed or the store goes.
    if (store.status.observed_generation == store.generation && !store.deletion_requested) return;
    views_.reservations().for_each([&](const auto& key, const ReservationView& held) {
        if (held.store_uid == store.uid) look(key.second, held);
    });
}

void Observer::look_at_namespace(reconcile::Observed& facts) const {
    const auto& store = facts.store;
    if (!store.status.namespace_.empty())
        if (const auto view = views_.namespaces().get({}, store.status.namespace_))
            facts.namespace_ = facts_of(store.status.namespace_, *view);
    const bool status_lost = store.status.namespace_.empty();
    const bool foreign = facts.namespace_ && facts.namespace_->owner_uid != store.uid;
    if (!status_lost && !foreign) return;
    views_.namespaces().for_each([&](const auto& key, const NamespaceView& view) {
        if (view.store_id.empty() || view.owner_namespace != store.key.namespace_ || view.owner_name != store.key.name)
            return;
        facts.adoptable = facts_of(key.second, view);
        // The status was lost after the namespace had been made.
        if (status_lost && store.deletion_requested) facts.namespace_ = facts.adoptable;
    });
}

void Observer::look_into_namespace(reconcile::Observed& facts) const {
    const bool foreign = facts.namespace_ && facts.namespace_->owner_uid != facts.store.uid;
    // Volumes outlive their namespace for a moment: they are looked for by its name. Another store's are not waited
    // for.
    if (facts.store.deletion_requested && !facts.store.status.namespace_.empty() && !foreign)
        views_.volumes().for_each([&](const auto& key, const VolumeView& volume) {
            if (volume.claim_namespace == facts.store.status.namespace_) facts.volumes.push_back(key.second);
        });
    if (!facts.namespace_) return;
    const std::string& name = facts.namespace_->name;
    views_.for_each_applied(name, [&](const kube::Kind& kind, const std::string& object, const ObjectView& view) {
        facts.objects.push_back({std::string(kind.kind), object, view.readiness});
    });
    facts.live_digest = views_.live_digest(name);
    views_.pods().for_each_in(name, [&](const auto&, const PodView& pod) { facts.pods.push_back(pod.facts); });
    reconcile::believe_succeeded_pods(facts);
}

}  // namespace storewright::app
