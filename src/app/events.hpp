#pragma once
// Kubernetes events on the Store, written when there is nothing better to do: in a burst of stores they would make each
// of them take longer.

#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include "domain/store.hpp"
#include "kube/client.hpp"

namespace storewright::app {

/// Best effort: an event that cannot be written, or comes while too many wait, is logged and nothing else fails.
/// Thread-safe.
class EventReporter {
  public:
    explicit EventReporter(kube::Client& client, std::chrono::milliseconds longest_wait = std::chrono::seconds(5));
    /// Writes what waits, as long as that takes no longer than a moment.
    ~EventReporter();

    /// Tells of it when the phase or the failure changed, or something came up that its owner has to see to.
    void report_change(const domain::Store& before, const domain::StoreStatus& after, TimePoint now);
    /// No store is being worked on: what waits may be written. Without this it waits for longest_wait.
    void pause_came();

  private:
    struct Event {
        kube::ObjectRef ref;
        boost::json::object object;
        std::string store;
        std::chrono::steady_clock::time_point due;
    };
    void report_phase(const domain::Store& before, const domain::StoreStatus& after, TimePoint now);
    void submit_event(const domain::Store& store, bool warning, std::string_view reason, std::string_view message,
                      TimePoint now);
    void submit(Event event);
    void work();

    kube::Client client_;
    const std::chrono::milliseconds longest_wait_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<Event> waiting_;
    std::size_t released_ = 0;  ///< how many of them, from the front, waited when the pause came
    bool closed_ = false;
    std::jthread thread_;
};

}  // namespace storewright::app
