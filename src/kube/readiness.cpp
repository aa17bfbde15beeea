#include "kube/readiness.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>

#include "kube/client.hpp"

namespace storewright::kube {
namespace {

namespace json = boost::json;

/// The condition of that type if its status is as wanted, or nullptr.
const json::object* condition(const json::object& o, std::string_view type, std::string_view status) {
    for (const auto& item : array_at(o, "status.conditions")) {
        const auto* c = item.if_object();
        if (c && text_at(*c, "type") == type && text_at(*c, "status") == status) return c;
    }
    return nullptr;
}

Readiness progressing(std::string message) { return {ReadyState::progressing, std::move(message)}; }
Readiness failed(std::string message) { return {ReadyState::failed, std::move(message)}; }

bool observed(const json::object& o) {
    return number_at(o, "status.observedGeneration", 0) >= number_at(o, "metadata.generation", 0);
}

Readiness of_deployment(const json::object& o) {
    if (!observed(o)) return progressing("not noticed yet");
    const auto wanted = number_at(o, "spec.replicas", 1);
    if (const auto* c = condition(o, "ReplicaFailure", "True")) return failed(std::string(text_at(*c, "message")));
    if (const auto* c = condition(o, "Progressing", "False")) return failed(std::string(text_at(*c, "message")));
    const auto updated = number_at(o, "status.updatedReplicas", 0),
               available = number_at(o, "status.availableReplicas", 0);
    const auto all = number_at(o, "status.replicas", 0);
    if (updated < wanted) return progressing(fmt::format("{} of {} replicas updated", updated, wanted));
    if (all > updated) return progressing(fmt::format("{} old replicas still end", all - updated));
    if (available < wanted) return progressing(fmt::format("{} of {} replicas ready", available, wanted));
    return {};
}

Readiness of_stateful_set(const json::object& o) {
    if (!observed(o)) return progressing("not noticed yet");
    const auto wanted = number_at(o, "spec.replicas", 1), ready = number_at(o, "status.readyReplicas", 0);
    if (ready < wanted) return progressing(fmt::format("{} of {} replicas ready", ready, wanted));
    if (number_at(o, "status.replicas", 0) > wanted) return progressing("surplus replicas still end");
    if (wanted > 0 && text_at(o, "status.currentRevision") != text_at(o, "status.updateRevision"))
        return progressing("its replicas are being updated");
    return {};
}

Readiness of_job(const json::object& o) {
    if (condition(o, "Complete", "True")) return {};
    if (const auto* c = condition(o, "Failed", "True"))
        return failed(fmt::format("{}: {}", text_at(*c, "reason"), text_at(*c, "message")));
    const auto tries = number_at(o, "status.failed", 0);
    return progressing(tries > 0 ? fmt::format("running, {} tries failed", tries) : "running");
}

Readiness of_claim(const json::object& o) {
    const auto phase = text_at(o, "status.phase");
    if (phase == "Bound") return {};
    if (phase == "Lost") return failed("its volume is lost");
    // A claim whose class waits for the first consumer is pending until its pod is scheduled: the pod tells what is
    // wrong.
    return progressing("waiting for its volume");
}

Readiness of_pod(const json::object& o) {
    const auto phase = text_at(o, "status.phase");
    if (phase == "Succeeded" || condition(o, "Ready", "True")) return {};
    if (phase == "Failed") return failed(std::string(text_at(o, "status.message")));
    return progressing("not ready");
}

Readiness of_namespace(const json::object& o) {
    return text_at(o, "status.phase") == "Active" ? Readiness{} : progressing("not active");
}

using Rule = std::pair<std::string_view, Readiness (*)(const json::object&)>;
constexpr std::array<Rule, 6> rules{{{"Deployment", of_deployment},
                                     {"StatefulSet", of_stateful_set},
                                     {"Job", of_job},
                                     {"PersistentVolumeClaim", of_claim},
                                     {"Pod", of_pod},
                                     {"Namespace", of_namespace}}};

/// A termination message, which may be the end of a log: its last line that says something, and of that no more than a
/// person reads. What came before it stays out of statuses, as logs hold more than their writers mean to tell.
std::string last_line(std::string_view message) {
    constexpr std::size_t most = 300;
    const auto end = message.find_last_not_of(" \t\r\n");
    if (end == std::string_view::npos) return {};
    message = message.substr(0, end + 1);
    message = message.substr(message.find_last_of('\n') + 1);
    if (message.size() <= most) return std::string(message);
    // Not in the middle of a character of UTF-8.
    std::size_t cut = most;
    while (cut > 0 && (static_cast<unsigned char>(message[cut]) & 0xC0U) == 0x80U) --cut;
    return std::string(message.substr(0, cut)) + "...";
}

/// What the waiting or last terminated state of a container says; the first container with something to say wins.
void look_at_container(const json::object& status, PodFacts& facts) {
    facts.restarts += static_cast<int>(number_at(status, "restartCount", 0));
    const bool waiting = value_at(status, "state.waiting") != nullptr;
    const auto reason = text_at(status, "state.waiting.reason");
    const bool harmless = reason == "PodInitializing" || reason == "ContainerCreating";
    const json::value* ended = value_at(status, "state.terminated");
    if (!ended) ended = value_at(status, "lastState.terminated");
    if (ended && ended->is_object() && facts.last_words.empty())
        facts.last_words = last_line(text_at(ended->as_object(), "message"));
    const bool went_wrong = ended && ended->is_object() && number_at(ended->as_object(), "exitCode", 0) != 0;
    const bool speaks = (waiting && !harmless) || went_wrong;
    if (!speaks || !facts.container.empty()) return;
    facts.container = text_at(status, "name");
    facts.image = text_at(status, "image");
    facts.waiting_reason = harmless ? std::string_view{} : reason;
    facts.waiting_message = text_at(status, "state.waiting.message");
    if (!went_wrong) return;
    facts.terminated_reason = text_at(ended->as_object(), "reason");
    facts.exit_code = static_cast<int>(number_at(ended->as_object(), "exitCode", 0));
}

/// Whether all that the pod was made for is done, and well. Its phase says so a second or two later: kubelet takes the
/// sandbox down first.
bool has_succeeded(const json::object& pod) {
    const auto phase = text_at(pod, "status.phase");
    if (phase == "Succeeded") return true;
    // What is evicted or deleted may end well all the same: its Job tries again.
    if (phase == "Failed" || value_at(pod, "metadata.deletionTimestamp")) return false;
    if (const auto policy = text_at(pod, "spec.restartPolicy"); policy != "Never" && policy != "OnFailure")
        return false;
    const auto& statuses = array_at(pod, "status.containerStatuses");
    return !statuses.empty() && statuses.size() == array_at(pod, "spec.containers").size() &&
           std::ranges::all_of(statuses, [](const auto& status) {
               return status.is_object() && number_at(status.as_object(), "state.terminated.exitCode", -1) == 0;
           });
}

}  // namespace

Readiness readiness_of(const json::object& object) {
    if (value_at(object, "metadata.deletionTimestamp")) return progressing("being deleted");
    const auto kind = text_at(object, "kind");
    for (const auto& [name, rule] : rules)
        if (name == kind) return rule(object);
    return {};
}

PodFacts pod_facts(const json::object& pod) {
    PodFacts facts;
    facts.name = text_at(pod, "metadata.name");
    facts.component = label(pod, "app.kubernetes.io/component");
    facts.ready = condition(pod, "Ready", "True") != nullptr;
    facts.succeeded = has_succeeded(pod);
    facts.terminating = value_at(pod, "metadata.deletionTimestamp") != nullptr;
    if (const auto* c = condition(pod, "PodScheduled", "False")) facts.unschedulable = text_at(*c, "message");
    for (const std::string_view list : {"status.initContainerStatuses", "status.containerStatuses"})
        for (const auto& status : array_at(pod, list))
            if (const auto* o = status.if_object()) look_at_container(*o, facts);
    return facts;
}

}  // namespace storewright::kube
