#pragma once
// What the controller remembers of a store between passes. Losing it (a crash) costs some work, never correctness.

#include <chrono>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "reconcile/observed.hpp"

namespace storewright::app {

struct Remembered {
    std::string uid;  ///< of the Store: another UID is another store
    std::optional<reconcile::Applied> applied;
    std::optional<reconcile::ProbeOutcome> probe;
    std::optional<reconcile::SecretFacts> secrets;
    std::optional<reconcile::ActError> last_error;
    std::optional<TimePoint> probing;  ///< since when the shop is being asked
    std::string written_version;       ///< the Store's resourceVersion after our last write of its status
    std::chrono::steady_clock::time_point written_at{};
};

/// Thread-safe.
class Memory {
  public:
    /// What is remembered of this very Store.
    Remembered recall(const domain::StoreKey& key, const std::string& uid) const;
    /// Changes it under the lock; starts afresh when the UID differs.
    template <typename Change>
    void update(const domain::StoreKey& key, const std::string& uid, Change change) {
        const std::lock_guard lock(mutex_);
        auto& entry = entries_[key];
        if (entry.uid != uid) entry = Remembered{.uid = uid};
        change(entry);
    }
    void forget(const domain::StoreKey& key);

  private:
    mutable std::mutex mutex_;
    std::map<domain::StoreKey, Remembered> entries_;
};

}  // namespace storewright::app
