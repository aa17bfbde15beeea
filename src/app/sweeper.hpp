#pragma once
// The orphan sweep: every minute, looks for namespaces and hostname reservations whose Store is gone.

#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>

#include "app/act.hpp"
#include "app/metrics.hpp"
#include "reconcile/sweep.hpp"

namespace storewright::app {

class Sweeper {
  public:
    Sweeper(ActContext& context, Metrics& metrics) : c_(context), metrics_(metrics) {}
    ~Sweeper() { stop(); }
    void start();
    void stop();
    /// One sweep; public for tests.
    void sweep_once();

  private:
    std::vector<reconcile::Orphan> orphaned_namespaces();
    std::vector<reconcile::Orphan> orphaned_reservations();
    reconcile::SweepPlan judge(std::vector<reconcile::Orphan> orphans, std::string_view what);
    void forget_all_but(const std::vector<reconcile::Orphan>& namespaces,
                        const std::vector<reconcile::Orphan>& reservations);
    bool owner_is_gone(const std::string& uid, const domain::StoreKey& key) const;
    void count_stores();

    ActContext& c_;
    Metrics& metrics_;
    std::map<std::string, TimePoint> seen_since_;  ///< by UID of the orphan
    std::mutex mutex_;
    std::condition_variable_any changed_;
    std::jthread thread_;
};

}  // namespace storewright::app
