#include "app/sweeper.hpp"

#include <algorithm>

#include "base/log.hpp"

namespace storewright::app {
namespace {

using reconcile::Orphan;
constexpr std::chrono::seconds sweep_interval{60};

}  // namespace

void Sweeper::start() {
    thread_ = std::jthread([this](std::stop_token stop) {
        std::unique_lock lock(mutex_);
        while (!stop.stop_requested()) {
            lock.unlock();
            sweep_once();
            lock.lock();
            changed_.wait_for(lock, stop, sweep_interval, [] { return false; });
        }
    });
}

void Sweeper::stop() {
    if (!thread_.joinable()) return;
    thread_.request_stop();
    thread_.join();
}

/// By the cache first; a Store that seems gone is looked for live before anything is called an orphan.
bool Sweeper::owner_is_gone(const std::string& uid, const domain::StoreKey& key) const {
    const auto cached = c_.views.stores().get(key.namespace_, key.name);
    if (cached && cached->uid == uid) return false;
    const auto live = c_.client.get({&kube::kinds::store, key.namespace_, key.name});
    if (live) return kube::text_at(*live, "metadata.uid") != uid;
    return live.error().code == ErrorCode::not_found;
}

std::vector<Orphan> Sweeper::orphaned_namespaces() {
    std::vector<std::pair<Orphan, domain::StoreKey>> candidates;
    c_.views.namespaces().for_each([&](const auto& key, const NamespaceView& ns) {
        if (ns.store_id.empty() || ns.owner_uid.empty() || ns.terminating) return;
        const auto store = c_.views.stores().get(ns.owner_namespace, ns.owner_name);
        if (!store || store->uid != ns.owner_uid)
            candidates.push_back({{key.second, ns.uid, ns.owner_uid, {}}, {ns.owner_namespace, ns.owner_name}});
    });
    std::vector<Orphan> orphans;
    for (auto& [orphan, owner] : candidates)
        if (owner_is_gone(orphan.owner_uid, owner)) orphans.push_back(std::move(orphan));
    return orphans;
}

std::vector<Orphan> Sweeper::orphaned_reservations() {
    std::vector<std::pair<Orphan, domain::StoreKey>> candidates;
    c_.views.reservations().for_each([&](const auto& key, const ReservationView& held) {
        const auto store = c_.views.stores().get(held.store.namespace_, held.store.name);
        if (!store || store->uid != held.store_uid)
            candidates.push_back({{key.second, held.uid, held.store_uid, {}}, held.store});
    });
    std::vector<Orphan> orphans;
    for (auto& [orphan, owner] : candidates)
        if (owner_is_gone(orphan.owner_uid, owner)) orphans.push_back(std::move(orphan));
    return orphans;
}

reconcile::SweepPlan Sweeper::judge(std::vector<Orphan> orphans, std::string_view what) {
    const auto now = c_.clock.now();
    for (auto& orphan : orphans) orphan.since = seen_since_.try_emplace(orphan.uid, now).first->second;
    auto plan = reconcile::decide_sweep({now, orphans});
    metrics_.sweep(what, orphans.size(), plan.braked);
    if (plan.braked)
        log::error("the sweep has stopped: too many orphans at once for leftovers; look before removing any",
                   {{"what", std::string(what)}, {"count", std::to_string(orphans.size())}});
    return plan;
}

void Sweeper::count_stores() {
    std::map<domain::Phase, std::size_t> counts;
    for (int p = 0; p <= static_cast<int>(domain::Phase::deleting); ++p) counts[static_cast<domain::Phase>(p)] = 0;
    c_.views.stores().for_each([&](const auto&, const domain::Store& store) { ++counts[store.status.phase]; });
    for (const auto& [phase, count] : counts) metrics_.stores(domain::to_string(phase), count);
}

/// What is no orphan any more has its whole grace again should it become one later.
void Sweeper::forget_all_but(const std::vector<Orphan>& namespaces, const std::vector<Orphan>& reservations) {
    std::erase_if(seen_since_, [&](const auto& seen) {
        const auto is_it = [&](const Orphan& orphan) { return orphan.uid == seen.first; };
        return std::ranges::none_of(namespaces, is_it) && std::ranges::none_of(reservations, is_it);
    });
}

void Sweeper::sweep_once() {
    count_stores();
    auto namespaces = orphaned_namespaces();
    auto reservations = orphaned_reservations();
    forget_all_but(namespaces, reservations);
    for (const auto& orphan : judge(std::move(namespaces), "namespaces").remove) {
        log::warning("sweeping a namespace without a Store", {{"namespace", orphan.name}});
        if (auto done = c_.client.remove({&kube::kinds::namespace_, {}, orphan.name}, {.uid = orphan.uid}); !done)
            log::warning("sweeping failed", {{"namespace", orphan.name}, {"error", done.error().message}});
    }
    for (const auto& orphan : judge(std::move(reservations), "hostname reservations").remove) {
        if (auto done = c_.client.remove({&kube::kinds::hostname_reservation, {}, orphan.name}, {.uid = orphan.uid});
            !done)
            log::warning("sweeping failed", {{"hostname", orphan.name}, {"error", done.error().message}});
    }
}

}  // namespace storewright::app
