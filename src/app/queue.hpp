#pragma once
// The work queue: keys, never event contents. A key is there at most once; one that is added while it is being worked
// on comes again afterwards; so its bound is the number of stores.

#include <chrono>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <set>

#include "domain/store.hpp"

namespace storewright::app {

/// Thread-safe.
class Queue {
  public:
    using Clock = std::chrono::steady_clock;

    void add(const domain::StoreKey& key);
    /// Adds it after the delay; of several delays for a key the soonest counts.
    void add_after(const domain::StoreKey& key, std::chrono::milliseconds delay);
    /// Waits for a key; nothing when the queue is closed. Every key got must be given back by done().
    std::optional<domain::StoreKey> get();
    void done(const domain::StoreKey& key);
    /// Lets get() return at once, for ever.
    void close();
    /// Keys that could be worked on now.
    std::size_t depth() const;
    /// Whether no key is, and none is being worked on.
    bool idle() const;

  private:
    void promote_due();

    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<domain::StoreKey> ready_;
    std::set<domain::StoreKey> queued_;  ///< in ready_, or to be put there by done()
    std::set<domain::StoreKey> working_;
    std::map<domain::StoreKey, Clock::time_point> due_of_;
    std::set<std::pair<Clock::time_point, domain::StoreKey>> later_;
    bool closed_ = false;
};

}  // namespace storewright::app
