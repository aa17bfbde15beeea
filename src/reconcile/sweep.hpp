#pragma once
// Namespaces and hostname reservations whose Store is gone: who may be removed, and when to stop instead.

#include <set>
#include <string>
#include <vector>

#include "base/time.hpp"

namespace storewright::reconcile {

struct Orphan {
    std::string name;  ///< of the namespace, or the hostname
    std::string uid;
    std::string owner_uid;
    TimePoint since{};  ///< since when it has been seen without a Store
    bool operator==(const Orphan&) const = default;
};

struct SweepObserved {
    TimePoint now{};
    std::vector<Orphan> orphans;
};

struct SweepPlan {
    std::vector<Orphan> remove;
    bool braked = false;  ///< too many at once: none is removed, an operator has to look
    bool operator==(const SweepPlan&) const = default;
};

/// An orphan is left alone this long: a Store may be on its way back from a backup.
inline constexpr std::chrono::minutes sweep_grace{15};
/// More orphans than this at once are taken for a disaster (a restored etcd, a lost CRD), not for leftovers.
inline constexpr std::size_t sweep_brake = 3;

SweepPlan decide_sweep(const SweepObserved& observed);

}  // namespace storewright::reconcile
