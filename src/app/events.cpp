#include "app/events.hpp"

#include <fmt/format.h>

#include "base/log.hpp"
#include "base/random.hpp"

namespace storewright::app {
namespace {

namespace json = boost::json;

json::object event_object(const domain::Store& store, bool warning, std::string_view reason, std::string_view message,
                          TimePoint now) {
    const std::string at = format_time(now);
    return {{"apiVersion", "v1"},
            {"kind", "Event"},
            {"metadata", json::object{{"name", fmt::format("{}.{}", store.key.name, random_text(16, hex_alphabet))},
                                      {"namespace", store.key.namespace_}}},
            {"involvedObject", json::object{{"apiVersion", domain::api_version},
                                            {"kind", "Store"},
                                            {"namespace", store.key.namespace_},
                                            {"name", store.key.name},
                                            {"uid", store.uid},
                                            {"resourceVersion", store.resource_version}}},
            {"type", warning ? "Warning" : "Normal"},
            {"reason", reason},
            {"message", message},
            {"firstTimestamp", at},
            {"lastTimestamp", at},
            {"count", 1},
            {"source", json::object{{"component", "storewright-controller"}}},
            {"reportingComponent", "storewright-controller"},
            {"reportingInstance", ""}};
}

}  // namespace

void report_change(kube::Client& client, const domain::Store& before, const domain::StoreStatus& after, TimePoint now) {
    const bool new_failure =
        after.failure && (!before.status.failure || before.status.failure->reason != after.failure->reason);
    if (!new_failure && after.phase == before.status.phase) return;
    const std::string reason = new_failure ? after.failure->reason : std::string(domain::to_string(after.phase));
    const auto* ready = domain::find_condition(after, "Ready");
    const std::string message =
        new_failure ? after.failure->message : (ready ? ready->message : "The store is accepted");
    const auto event = event_object(before, new_failure, reason, message, now);
    const kube::ObjectRef ref{&kube::kinds::event, before.key.namespace_,
                              std::string(kube::text_at(event, "metadata.name"))};
    if (const auto written = client.create(ref, event); !written)
        log::warning("an event could not be written",
                     {{"store", before.key.text()}, {"error", written.error().message}});
}

}  // namespace storewright::app
