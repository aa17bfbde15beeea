#include "app/steps.hpp"

#include <fmt/format.h>
#include <sodium.h>

#include <algorithm>

#include "kube/client.hpp"
#include "reconcile/status.hpp"

namespace storewright::app {
namespace {

namespace json = boost::json;
using domain::ReadyState;

/// The latest that the Store can have been created: its creationTimestamp leaves out the fraction of the second, most
/// of which would else count as acceptance.
TimePoint created(const domain::Store& store) {
    const auto& accepted = store.status.timings.accepted;
    return accepted ? std::min(store.created + std::chrono::milliseconds(999), *accepted) : store.created;
}

/// "2 of 5 ready; waiting for Deployment backend: 0 of 1 replicas ready"
std::string progress(const reconcile::Observed& o) {
    const auto ready =
        std::ranges::count(o.objects, ReadyState::ready, [](const auto& x) { return x.readiness.state; });
    std::string text = fmt::format("{} of {} ready", ready, o.objects.size());
    for (const auto& object : o.objects)
        if (object.readiness.state != ReadyState::ready)
            text += fmt::format("; {} {}: {}", object.kind, object.name, object.readiness.message);
    return text;
}

api::Step step(std::string name, bool done, std::string message, std::optional<TimePoint> started,
               std::optional<TimePoint> ended) {
    return {std::move(name), done ? "done" : (started ? "running" : "pending"), std::move(message), started,
            done ? ended : std::nullopt};
}

Result<std::string> from_base64(std::string_view encoded) {
    std::string bytes(encoded.size(), '\0');
    std::size_t length = 0;
    if (sodium_base642bin(reinterpret_cast<unsigned char*>(bytes.data()), bytes.size(), encoded.data(), encoded.size(),
                          nullptr, &length, nullptr, sodium_base64_VARIANT_ORIGINAL) != 0)
        return fail(ErrorCode::internal, "a Secret's value is no base64");
    bytes.resize(length);
    return bytes;
}

}  // namespace

std::vector<api::Step> steps_of(const reconcile::Observed& o) {
    const auto& status = o.store.status;
    const auto& t = status.timings;
    const auto* accepted = domain::find_condition(status, reconcile::conditions::accepted);
    const bool workloads_ready = t.applied && std::ranges::all_of(o.objects, [](const auto& x) {
                                     return x.readiness.state == ReadyState::ready;
                                 });
    // The steps are those of the creation: parts that were made anew since then do not count.
    const std::optional<TimePoint> answering_from =
        workloads_ready ? std::optional(t.workloads_ready.value_or(t.ready.value_or(o.now))) : std::nullopt;

    std::vector<api::Step> steps{
        step("Accepted", t.accepted.has_value(), accepted ? accepted->message : "", created(o.store), t.accepted),
        step("Applied", t.applied.has_value(), t.applied ? fmt::format("{} objects", o.objects.size()) : "", t.accepted,
             t.applied),
        step("Workloads", workloads_ready, t.applied ? progress(o) : "", t.applied, answering_from),
        step("Answering", t.ready.has_value(), o.probe && !o.probe->ok ? o.probe->message : "", answering_from,
             t.ready),
    };
    if (!status.failure) return steps;
    const auto unfinished = std::ranges::find_if(steps, [](const auto& s) { return s.state != "done"; });
    if (unfinished != steps.end()) {
        unfinished->state = "failed";
        unfinished->message = status.failure->message;
    }
    return steps;
}

api::StoreEvent decode_event(const json::object& event) {
    api::StoreEvent e{.type = std::string(kube::text_at(event, "type")),
                      .reason = std::string(kube::text_at(event, "reason")),
                      .message = std::string(kube::text_at(event, "message"))};
    for (const std::string_view path : {"lastTimestamp", "eventTime", "firstTimestamp", "metadata.creationTimestamp"})
        if (const auto at = parse_time(kube::text_at(event, path))) {
            e.at = *at;
            break;
        }
    const auto* object = kube::value_at(event, "involvedObject");
    if (object && object->is_object() && kube::text_at(object->as_object(), "kind") != "Store")
        e.message = fmt::format("{} {}: {}", kube::text_at(object->as_object(), "kind"),
                                kube::text_at(object->as_object(), "name"), e.message);
    if (const auto* count = kube::value_at(event, "count"); count && count->is_int64())
        e.count = static_cast<int>(count->as_int64());
    return e;
}

Result<api::Credentials> decode_credentials(const domain::Store& store, const json::object& secret) {
    api::Credentials credentials{store.status.url, store.status.admin_url, {}};
    const auto* data = kube::value_at(secret, "data");
    if (!data || !data->is_object()) return credentials;
    for (const auto& [name, value] : data->as_object()) {
        if (!value.is_string()) continue;
        SW_TRY_ASSIGN(auto text, from_base64(std::string_view(value.as_string())));
        credentials.entries.emplace_back(name, std::move(text));
    }
    return credentials;
}

}  // namespace storewright::app
