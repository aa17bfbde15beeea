#include "app/events.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>

#include "base/log.hpp"
#include "base/random.hpp"

namespace storewright::app {
namespace {

namespace json = boost::json;
using namespace std::chrono_literals;

constexpr std::size_t most_waiting = 1000;
constexpr auto write_deadline = 5s;
/// Reasons of conditions that are news by themselves, whatever the phase.
constexpr std::array<std::string_view, 2> told_reasons{"MailSecretMissing", "SecretChanged"};
constexpr auto farewell = 2s;  ///< for what waits when the controller ends

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

EventReporter::EventReporter(kube::Client& client, std::chrono::milliseconds longest_wait)
    : client_(client.with_timeout(write_deadline)), longest_wait_(longest_wait), thread_([this] { work(); }) {}

EventReporter::~EventReporter() {
    {
        const std::lock_guard lock(mutex_);
        closed_ = true;
    }
    changed_.notify_all();
}

void EventReporter::report_change(const domain::Store& before, const domain::StoreStatus& after, TimePoint now) {
    report_phase(before, after, now);
    for (const auto& condition : after.conditions) {
        const auto* was = domain::find_condition(before.status, condition.type);
        const bool news = !was || was->reason != condition.reason || was->message != condition.message;
        if (news && std::ranges::find(told_reasons, condition.reason) != told_reasons.end())
            submit_event(before, true, condition.reason, condition.message, now);
    }
}

void EventReporter::report_phase(const domain::Store& before, const domain::StoreStatus& after, TimePoint now) {
    const bool new_failure =
        after.failure && (!before.status.failure || before.status.failure->reason != after.failure->reason);
    if (!new_failure && after.phase == before.status.phase) return;
    const std::string reason = new_failure ? after.failure->reason : std::string(domain::to_string(after.phase));
    const auto* ready = domain::find_condition(after, "Ready");
    const std::string message =
        new_failure ? after.failure->message : (ready ? ready->message : "The store is accepted");
    submit_event(before, new_failure, reason, message, now);
}

void EventReporter::submit_event(const domain::Store& store, bool warning, std::string_view reason,
                                 std::string_view message, TimePoint now) {
    auto object = event_object(store, warning, reason, message, now);
    kube::ObjectRef ref{&kube::kinds::event, store.key.namespace_, std::string(kube::text_at(object, "metadata.name"))};
    submit({std::move(ref), std::move(object), store.key.text(), std::chrono::steady_clock::now() + longest_wait_});
}

void EventReporter::submit(Event event) {
    {
        const std::lock_guard lock(mutex_);
        if (waiting_.size() >= most_waiting) {
            log::warning("an event is dropped, too many wait to be written", {{"store", event.store}});
            return;
        }
        waiting_.push_back(std::move(event));
    }
    changed_.notify_one();
}

void EventReporter::pause_came() {
    {
        const std::lock_guard lock(mutex_);
        released_ = waiting_.size();
    }
    changed_.notify_one();
}

void EventReporter::work() {
    std::unique_lock lock(mutex_);
    std::optional<std::chrono::steady_clock::time_point> give_up_at;
    while (true) {
        changed_.wait(lock, [this] { return closed_ || !waiting_.empty(); });
        if (waiting_.empty()) return;
        const auto due = waiting_.front().due;
        changed_.wait_until(lock, due, [this] { return closed_ || released_ > 0; });
        if (closed_ && !give_up_at) give_up_at = std::chrono::steady_clock::now() + farewell;
        if (give_up_at && std::chrono::steady_clock::now() > *give_up_at) return;
        const Event event = std::move(waiting_.front());
        waiting_.pop_front();
        if (released_ > 0) --released_;
        lock.unlock();
        if (const auto written = client_.create(event.ref, event.object); !written)
            log::warning("an event could not be written", {{"store", event.store}, {"error", written.error().message}});
        lock.lock();
    }
}

}  // namespace storewright::app
