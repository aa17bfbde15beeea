#include "reconcile/diagnose.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "reconcile/decide.hpp"

namespace storewright::reconcile {
namespace {

using domain::Failure;
using domain::PodFacts;
using domain::ReadyState;

/// Restarts after which a crash is no longer a part waiting for another one to come up.
constexpr int restarts_until_failed = 3;

std::string part_of(const PodFacts& pod) { return pod.component.empty() ? pod.name : pod.component; }

bool settled(const Observed& o) {
    const auto applied = o.store.status.timings.applied;
    return applied && o.now - *applied >= settle_time;
}

const PodFacts* find_pod(const Observed& o, bool (*matches)(const PodFacts&)) {
    const auto found = std::ranges::find_if(
        o.pods, [&](const PodFacts& pod) { return !pod.ready && !pod.succeeded && !pod.terminating && matches(pod); });
    return found == o.pods.end() ? nullptr : &*found;
}

/// ": what its container said last", or nothing.
std::string last_words(const PodFacts* pod) {
    return pod && !pod->last_words.empty() ? ": " + pod->last_words : std::string();
}

/// A pod of that Job that has ended badly.
const PodFacts* failed_pod_of(const Observed& o, const std::string& job) {
    const auto found = std::ranges::find_if(o.pods, [&](const PodFacts& pod) {
        return pod.exit_code != 0 && !pod.last_words.empty() && pod.name.starts_with(job + "-");
    });
    return found == o.pods.end() ? nullptr : &*found;
}

std::optional<Failure> image_pull(const Observed& o) {
    const auto* pod = find_pod(o, [](const PodFacts& p) {
        constexpr std::array reasons{"ErrImagePull", "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull"};
        return std::ranges::find(reasons, p.waiting_reason) != reasons.end();
    });
    if (!pod) return {};
    return Failure{
        "ImagePullFailed",
        fmt::format("The image {} of {} cannot be pulled: {}", pod->image, part_of(*pod),
                    pod->waiting_message.empty() ? pod->waiting_reason : pod->waiting_message),
        "The operator has to load this image into the cluster or correct its name; the store goes on by itself then.",
        o.now};
}

std::optional<Failure> configuration(const Observed& o) {
    const auto* pod = find_pod(o, [](const PodFacts& p) {
        return p.waiting_reason == "CreateContainerConfigError" || p.waiting_reason == "CreateContainerError" ||
               p.waiting_reason == "RunContainerError";
    });
    if (!pod || !settled(o)) return {};
    return Failure{"ContainerNotStarted", fmt::format("{} cannot be started: {}", part_of(*pod), pod->waiting_message),
                   "Something that the container needs is missing; the message names it.", o.now};
}

std::optional<Failure> out_of_memory(const Observed& o) {
    const auto* pod = find_pod(o, [](const PodFacts& p) { return p.terminated_reason == "OOMKilled"; });
    if (!pod) return {};
    return Failure{"OutOfMemory",
                   fmt::format("{} was ended because it needed more memory than its plan gives ({} restarts)",
                               part_of(*pod), pod->restarts),
                   "Choose a larger plan for this store.", o.now};
}

std::optional<Failure> crash_loop(const Observed& o) {
    const auto* pod = find_pod(o, [](const PodFacts& p) {
        return p.waiting_reason == "CrashLoopBackOff" && p.restarts >= restarts_until_failed;
    });
    if (!pod) return {};
    return Failure{"CrashLoop",
                   fmt::format("{} keeps ending with exit code {} ({} restarts){}", part_of(*pod), pod->exit_code,
                               pod->restarts, last_words(pod)),
                   "Its log says more; it is started again by itself, ever more slowly.", o.now};
}

std::optional<Failure> unschedulable(const Observed& o) {
    const auto* pod = find_pod(o, [](const PodFacts& p) { return !p.unschedulable.empty(); });
    if (!pod || !settled(o)) return {};
    return Failure{
        "NoRoom", fmt::format("No machine of the cluster can take {}: {}", part_of(*pod), pod->unschedulable),
        "The operator has to add capacity, or remove or suspend other stores; this one goes on by itself then.", o.now};
}

std::optional<Failure> failed_object(const Observed& o) {
    const auto found = std::ranges::find(o.objects, ReadyState::failed,
                                         [](const ObjectFact& object) { return object.readiness.state; });
    if (found == o.objects.end()) return {};
    const bool quota = found->readiness.message.find("exceeded quota") != std::string::npos;
    if (quota)
        return Failure{
            "QuotaExceeded",
            fmt::format("{} {} does not fit the plan's limits: {}", found->kind, found->name, found->readiness.message),
            "Choose a larger plan for this store.", o.now};
    return Failure{"WorkloadFailed",
                   fmt::format("{} {} failed: {}{}", found->kind, found->name, found->readiness.message,
                               last_words(failed_pod_of(o, found->name))),
                   "See `storewright store events`; correcting the cause lets the store go on.", o.now};
}

std::optional<Failure> deadline(const Observed& o) {
    const auto& status = o.store.status;
    if (!status.timings.applied || status.timings.ready) return {};
    if (o.now - *status.timings.applied < o.desired.engine.provision_deadline) return {};
    const auto waiting = std::ranges::find_if(
        o.objects, [](const ObjectFact& object) { return object.readiness.state != ReadyState::ready; });
    return Failure{
        "DeadlineExceeded",
        waiting == o.objects.end()
            ? fmt::format("The shop did not answer within {} s: {}", o.desired.engine.provision_deadline.count(),
                          o.probe ? o.probe->message : "it was not asked yet")
            : fmt::format("{} {} was not ready within {} s: {}", waiting->kind, waiting->name,
                          o.desired.engine.provision_deadline.count(), waiting->readiness.message),
        "It is still being tried; `storewright store events` shows what Kubernetes says.", o.now};
}

constexpr std::array causes{image_pull,    configuration, out_of_memory, crash_loop,
                            unschedulable, failed_object, deadline};

}  // namespace

std::optional<Failure> diagnose(const Observed& observed) {
    for (const auto cause : causes) {
        auto failure = cause(observed);
        if (!failure) continue;
        // The same cause keeps the time at which it was first seen: a status that only ages is no news.
        const auto& known = observed.store.status.failure;
        if (known && known->reason == failure->reason) failure->at = known->at;
        return failure;
    }
    return {};
}

}  // namespace storewright::reconcile
