// The steps by which a store comes to be and stays.

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "reconcile/decide.hpp"
#include "reconcile/diagnose.hpp"
#include "reconcile/errors.hpp"
#include "reconcile/status.hpp"

namespace storewright::reconcile {
namespace {

using namespace std::chrono_literals;
using domain::Phase;
using domain::ReadyState;
using domain::StoreStatus;

/// The controller acts again when a watch tells it to; these are for what no watch tells.
constexpr std::chrono::milliseconds recheck_refusal = 60s, recheck_waiting = 5s;
constexpr std::chrono::milliseconds first_probe_retry = 250ms, last_probe_retry = 15s;
constexpr std::chrono::milliseconds opening_retry = 100ms;
constexpr unsigned opening_tries = 10;
/// How long the shop's answer may take before what is known without it is written down.
constexpr std::chrono::milliseconds answer_awaited = 250ms;

/// A store that is refused before anything of it exists gets nothing, no finalizer either; an existing one keeps
/// running.
std::optional<Plan> accepted(const Observed& o) {
    if (!o.desired.refusal) return {};
    const Error& refusal = *o.desired.refusal;
    const bool for_operator = refusal.code == ErrorCode::unavailable;
    const domain::Failure failure{
        "NotAccepted", refusal.message,
        for_operator ? "The operator has to put back what is missing; then the store goes on by itself."
                     : "Correct the Store; `storewright engine list` and `storewright plan list` show what there is.",
        o.now};
    StoreStatus status = failed_status(o, failure);
    mark(status, o, conditions::accepted, false, "NotAccepted", refusal.message);
    Plan plan = plan_with_status(o, std::move(status), "it is refused: " + refusal.message);
    plan.requeue_after = recheck_refusal;
    return plan;
}

std::optional<Plan> finalizer(const Observed& o) {
    if (o.store.has_finalizer()) return {};
    return Plan{.why = "it must not vanish without its teardown", .actions = {AddFinalizer{}}};
}

/// What is wanted of the hostnames: those to take, and the first that another Store holds.
struct Wanted {
    std::vector<std::string> missing;
    std::optional<std::string> taken;
};

Wanted wanted_hostnames(const Observed& o) {
    Wanted wanted;
    for (const auto& hostname : o.desired.hostnames) {
        const auto held = o.reservations.find(hostname);
        if (held == o.reservations.end()) wanted.missing.push_back(hostname);
        else if (held->second != o.store.uid && !wanted.taken) wanted.taken = hostname;
    }
    return wanted;
}

/// A store's first id is derived from its UID: what was made under it before it was written down is found again. So its
/// hostnames and its namespace need not wait for that writing.
std::vector<Action> beginnings(const Observed& o, const std::string& namespace_, bool adopt) {
    auto wanted = wanted_hostnames(o);
    if (wanted.taken) return {};
    std::vector<Action> actions;
    if (!wanted.missing.empty())
        actions.emplace_back(ReserveHostnames{std::move(wanted.missing), domain::id_of_namespace(namespace_)});
    if (!adopt) actions.emplace_back(CreateNamespace{namespace_});
    return actions;
}

std::optional<Plan> identity(const Observed& o) {
    const bool adopt = o.store.status.id.empty() && o.adoptable && !o.adoptable->terminating;
    const bool known = !o.store.status.id.empty();
    const std::string& pinned = o.store.status.version;
    if (known && pinned == o.desired.engine.chart_version && o.store.status.url == o.desired.url) return {};

    StoreStatus status = o.store.status;
    status.observed_generation = o.store.generation;
    std::vector<Action> more;
    if (!known) {
        status.namespace_ = adopt ? o.adoptable->name : domain::store_namespace(o.seed_id);
        status.id = domain::id_of_namespace(status.namespace_);
        status.phase = Phase::provisioning;
        status.timings.accepted = o.now;
        more = beginnings(o, status.namespace_, adopt);
    }
    status.version = o.desired.engine.chart_version;
    status.url = o.desired.url;
    status.admin_url = o.desired.url + o.desired.engine.admin_path;
    mark(status, o, conditions::accepted, true, "Accepted",
         fmt::format("{} {} on plan {}", o.desired.engine.display_name, status.version, o.store.spec.plan));
    const std::string why = adopt   ? "its namespace exists already: taken up again"
                            : known ? "version or address changed"
                                    : "it gets its id";
    Plan plan = plan_with_status(o, std::move(status), why, std::move(more));
    plan.at_once = !known;
    return plan;
}

/// Names held by another Store are a refusal; free ones are taken before anything is built for them.
std::optional<Plan> hostnames(const Observed& o) {
    auto wanted = wanted_hostnames(o);
    if (wanted.taken) {
        const std::string message = fmt::format("The hostname {} belongs to another store", *wanted.taken);
        const bool generated = *wanted.taken == o.desired.hostnames.front();
        StoreStatus status = failed_status(
            o,
            {"HostnameTaken", message, generated ? "Choose another store name." : "Choose another hostname.", o.now});
        mark(status, o, conditions::hostnames_reserved, false, "HostnameTaken", message);
        Plan plan = plan_with_status(o, std::move(status), message);
        plan.requeue_after = recheck_refusal;
        return plan;
    }
    if (wanted.missing.empty()) return {};
    return Plan{.why = "its hostnames must be its own",
                .actions = {ReserveHostnames{std::move(wanted.missing), o.store.status.id}}};
}

std::optional<Plan> own_namespace(const Observed& o) {
    const std::string& name = o.store.status.namespace_;
    if (!o.namespace_) return Plan{.why = "it needs its namespace", .actions = {CreateNamespace{name}}};
    if (o.namespace_->terminating) {
        const std::string message = fmt::format("The namespace {} is being deleted: {}", name, o.namespace_->blocked);
        Plan plan = plan_with_status(
            o,
            failed_status(o, {"NamespaceTerminating", message,
                              "It is created anew when the old one is gone; its data is lost.", o.now}),
            message);
        plan.requeue_after = recheck_waiting;
        return plan;
    }
    if (o.namespace_->owner_uid == o.store.uid) return {};
    if (o.adoptable && o.adoptable->name == name)
        return Plan{.why = "it was made for a Store of this name that no longer is",
                    .actions = {AdoptNamespace{name, o.namespace_->uid}}};
    const std::string message = fmt::format("The namespace {} belongs to another store", name);
    Plan plan = plan_with_status(
        o, failed_status(o, {"NamespaceTaken", message, "Delete this Store and create it anew.", o.now}), message);
    plan.requeue_after = recheck_refusal;
    return plan;
}

/// Secrets are not watched: what depends on one waits until it has been looked at.
std::optional<Plan> secrets(const Observed& o) {
    if (!o.secrets_due) return {};
    return Plan{.why = "its Secrets have to be looked at", .actions = {LookAtSecrets{}}};
}

void mark_mail(StoreStatus& status, const Observed& o) {
    const auto& mail = o.desired.mail;
    mark(status, o, conditions::mail, mail.on, mail.reason, mail.message);
}

/// Reservations that the spec no longer wants go once nothing serves them any more, and before the status says that
/// this generation has been seen to: they are looked for only until then.
std::optional<Plan> surplus_hostnames(const Observed& o) {
    const auto& served = o.applied ? o.applied->release : o.store.status.release;
    if (served.inputs_digest != o.desired.inputs_digest) return {};
    std::vector<std::string> surplus;
    for (const auto& [hostname, holder] : o.reservations)
        if (holder == o.store.uid && std::ranges::find(o.desired.hostnames, hostname) == o.desired.hostnames.end())
            surplus.push_back(hostname);
    if (surplus.empty()) return {};
    return Plan{.why = "it no longer wants these hostnames", .actions = {ReleaseHostnames{std::move(surplus)}}};
}

/// What was applied has to be written down before it counts, also when the process that applied it forgets.
std::optional<Plan> record(const Observed& o) {
    if (!o.applied || o.applied->release == o.store.status.release ||
        o.applied->release.inputs_digest != o.desired.inputs_digest)
        return {};
    StoreStatus status = o.store.status;
    const bool first = !status.timings.applied;
    status.observed_generation = o.store.generation;
    status.release = o.applied->release;
    status.hostnames = o.desired.hostnames;
    status.failure.reset();
    if (first) status.timings.applied = o.applied->at;
    if (status.phase != Phase::ready || status.release.inputs_digest != o.store.status.release.inputs_digest)
        status.phase = status.timings.ready ? Phase::updating : Phase::provisioning;
    mark(status, o, conditions::hostnames_reserved, true, "Reserved", fmt::format("{}", o.desired.hostnames.front()));
    mark(status, o, conditions::applied, true, "Applied", fmt::format("Revision {}", status.release.revision));
    mark_mail(status, o);
    if (status.phase != Phase::ready)
        mark(status, o, conditions::ready, false, "RollingOut", "Waiting for its parts to start");
    return plan_with_status(o, std::move(status), "what was applied is written down");
}

std::optional<Plan> release(const Observed& o) {
    const auto& recorded = o.store.status.release;
    const bool outdated = recorded.inputs_digest != o.desired.inputs_digest;
    const bool drifted = !outdated && recorded.live_digest != o.live_digest;
    if (!outdated && !drifted) return {};
    if (drifted && o.applied && o.now - o.applied->at < drift_interval) {
        Plan plan{.why = "somebody changed its objects again right after they were put right"};
        plan.requeue_after = o.applied->at + drift_interval - o.now;
        return plan;
    }
    return Plan{.why = outdated ? "its objects are not what it should be" : "somebody changed its objects",
                .actions = {ApplyRelease{.revision = outdated ? recorded.revision + 1 : recorded.revision,
                                         .create_secrets = recorded.secrets_digest.empty()}}};
}

std::string waiting_for(const Observed& o) {
    std::string text;
    for (const auto& object : o.objects) {
        if (object.readiness.state == ReadyState::ready) continue;
        if (!text.empty()) text += "; ";
        text += fmt::format("{} {}: {}", object.kind, object.name, object.readiness.message);
    }
    return text;
}

std::optional<Plan> workloads(const Observed& o) {
    const std::string waiting = waiting_for(o);
    if (waiting.empty()) return {};
    if (auto failure = diagnose(o)) {
        const std::string message = failure->message;
        StoreStatus status = failed_status(o, *std::move(failure));
        mark(status, o, conditions::workloads_ready, false, status.failure->reason, message);
        Plan plan = plan_with_status(o, std::move(status), message);
        plan.requeue_after = recheck_waiting;
        return plan;
    }
    // A status that follows every replica would cost a write each: the API computes progress from the watch caches.
    StoreStatus status = o.store.status;
    if (status.phase == Phase::ready || status.phase == Phase::suspended) {
        status.phase = not_ready_phase(o);
        mark(status, o, conditions::workloads_ready, false, "Waiting", waiting);
        mark(status, o, conditions::ready, false, "WorkloadsNotReady", waiting);
    }
    Plan plan = plan_with_status(o, std::move(status), "waiting for " + waiting);
    plan.requeue_after = recheck_waiting;
    return plan;
}

std::optional<Plan> suspended(const Observed& o) {
    if (!o.store.spec.suspended) return {};
    StoreStatus status = o.store.status;
    status.phase = Phase::suspended;
    status.observed_generation = o.store.generation;
    status.failure.reset();
    mark(status, o, conditions::ready, false, "Suspended", "Suspended by its owner; its data is kept");
    return plan_with_status(o, std::move(status), "it is suspended");
}

/// How soon a shop that did not answer is asked again, doubling. One that opens for the first time is asked at short
/// intervals at first: the ingress controller may not have heard of its pods yet.
std::chrono::milliseconds probe_retry(const Observed& o) {
    const unsigned failures = o.probe->failures;
    const bool opening = !o.store.status.timings.ready;
    if (opening && failures <= opening_tries) return opening_retry;
    const unsigned before = opening ? opening_tries + 1 : 1;
    const unsigned doublings = std::min(failures > before ? failures - before : 0U, 10U);
    return std::min(last_probe_retry, std::chrono::milliseconds(first_probe_retry.count() << doublings));
}

/// Whether the shop has been asked since something about it changed: what it answered before then says nothing.
bool probed_since_change(const Observed& o) {
    if (!o.probe) return false;
    if (o.applied && o.probe->asked < o.applied->at) return false;
    const auto* ready = domain::find_condition(o.store.status, conditions::ready);
    return !ready || ready->status || o.probe->asked >= ready->since;
}

/// They were found ready when the shop was asked whether it answers.
void mark_parts_ready(StoreStatus& status, const Observed& o) {
    auto& timings = status.timings;
    if (!timings.workloads_ready && !timings.ready)
        timings.workloads_ready = o.probing ? *o.probing : (o.probe ? o.probe->asked : o.now);
    mark(status, o, conditions::workloads_ready, true, "Ready", "Every part is running");
}

/// That the parts are ready is written together with what the shop answers, if that comes soon; a shop that is slow to
/// answer has its parts ready all the same.
Plan ask(const Observed& o) {
    constexpr std::string_view why = "its parts are ready: does the shop answer?";
    if (!o.probing) return {.why = std::string(why), .actions = {Probe{}}, .requeue_after = answer_awaited};
    const auto until = *o.probing + answer_awaited;
    if (o.now < until) return {.why = std::string(why), .requeue_after = until - o.now};
    StoreStatus status = o.store.status;
    mark_parts_ready(status, o);
    return plan_with_status(o, std::move(status), std::string(why));
}

std::optional<Plan> answering(const Observed& o) {
    if (!probed_since_change(o)) return ask(o);
    const auto due = o.probe->at + (o.probe->ok ? std::chrono::milliseconds(probe_interval) : probe_retry(o));
    if (o.probe->ok && o.now < due) return {};

    StoreStatus status = o.store.status;
    if (!o.probe->ok) {
        if (auto failure = diagnose(o)) {
            status = failed_status(o, *std::move(failure));
        } else if (status.phase == Phase::ready && o.probe->failures >= 3) {
            status = failed_status(
                o, {"NotAnswering", o.probe->message, "It is asked again by itself, at growing intervals.", o.now});
        }
        if (status != o.store.status || !domain::find_condition(status, conditions::answering))
            mark(status, o, conditions::answering, false, "NotAnswering", o.probe->message);
        const auto* parts = domain::find_condition(status, conditions::workloads_ready);
        if (!parts || !parts->status) mark_parts_ready(status, o);
    }
    Plan plan = plan_with_status(
        o, std::move(status), o.probe->ok ? "it is time to ask again" : "the shop did not answer: " + o.probe->message);
    if (o.now >= due) plan.actions.emplace_back(Probe{});
    else plan.requeue_after = due - o.now;
    return plan;
}

/// Until then, or until the Secrets are to be looked at again.
std::chrono::milliseconds until_next_look(const Observed& o, TimePoint otherwise) {
    const bool sooner = o.secrets && o.secrets->look_again;
    return std::max((sooner ? std::min(otherwise, *o.secrets->look_again) : otherwise) - o.now, 1ms);
}

/// A Secret that is gone is never drawn anew: its database was made with the old values, and so was the owner's login.
Plan secrets_gone(const Observed& o) {
    const std::string message = fmt::format("{} is gone", fmt::join(o.secrets->missing, ", "));
    StoreStatus status = failed_status(
        o, {"SecretMissing", message,
            "What runs goes on with what it has read. The operator has to put the Secret back, from a backup or from "
            "what is mounted in the store's running pods; it is not made anew, as its database has the old passwords.",
            o.now});
    mark(status, o, conditions::secrets, false, "SecretMissing", message);
    Plan plan = plan_with_status(o, std::move(status), message);
    plan.requeue_after = until_next_look(o, o.now + recheck_refusal);
    return plan;
}

std::optional<Plan> secrets_kept(const Observed& o) {
    if (!o.secrets) return {};
    if (!o.secrets->missing.empty()) return secrets_gone(o);
    if (o.secrets->digest.empty() || o.secrets->digest == o.store.status.release.secrets_digest) return {};
    StoreStatus status = o.store.status;
    status.release.secrets_digest = o.secrets->digest;
    mark(status, o, conditions::secrets, true, "SecretChanged",
         "A Secret of the store was changed by hand: each part takes the new values when it is started the next time");
    return plan_with_status(o, std::move(status), "somebody changed its Secrets");
}

/// What the set-up job has to tell the owner, or nothing.
std::string said_at_set_up(const Observed& o) {
    constexpr std::string_view set_up = "setup";
    for (const auto& pod : o.pods)
        if (pod.succeeded && pod.component == set_up && !pod.last_words.empty()) return "; " + pod.last_words;
    return {};
}

std::optional<Plan> ready(const Observed& o) {
    StoreStatus status = o.store.status;
    if (const auto* kept = domain::find_condition(status, conditions::secrets); kept && !kept->status)
        mark(status, o, conditions::secrets, true, "Kept", "The Secrets of the store are there");
    status.phase = Phase::ready;
    status.observed_generation = o.store.generation;
    status.failure.reset();
    mark_parts_ready(status, o);
    if (!status.timings.ready) status.timings.ready = o.now;
    mark(status, o, conditions::answering, true, "Answering", "The shop and its admin answer");
    mark_mail(status, o);
    mark(status, o, conditions::ready, true, "Ready", "The shop is open" + said_at_set_up(o));
    Plan plan = plan_with_status(o, std::move(status), "the shop is open");
    plan.requeue_after = until_next_look(o, o.probe->at + probe_interval);
    return plan;
}

constexpr std::array steps{
    Step{"wait-after-error", wait_after_error},
    Step{"accepted", accepted},
    Step{"finalizer", finalizer},
    Step{"identity", identity},
    Step{"hostnames", hostnames},
    Step{"namespace", own_namespace},
    Step{"secrets", secrets},
    Step{"surplus-hostnames", surplus_hostnames},
    Step{"record", record},
    Step{"release", release},
    Step{"workloads", workloads},
    Step{"suspended", suspended},
    Step{"answering", answering},
    Step{"secrets-kept", secrets_kept},
    Step{"ready", ready},
};

}  // namespace

std::span<const Step> provision_steps() { return steps; }

}  // namespace storewright::reconcile
