#pragma once
// The controller's view of the cluster: one watch cache per kind, each holding small projections selected by our
// labels.

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "domain/store.hpp"
#include "domain/workload.hpp"
#include "kube/cache.hpp"
#include "kube/client.hpp"
#include "kube/watch.hpp"

namespace storewright::app {

struct NamespaceView {
    std::string uid;
    std::string store_id;  ///< label, or empty
    std::string tenant;    ///< label, or empty
    std::string owner_uid, owner_namespace, owner_name;
    std::vector<std::string> plans, domains;
    bool terminating = false;
    std::string blocked;
    bool operator==(const NamespaceView&) const = default;
};

struct ReservationView {
    std::string uid;
    std::string store_uid;
    domain::StoreKey store;
    bool operator==(const ReservationView&) const = default;
};

/// An object of a store; objects that are not ours to apply (no fields of our field manager) have an empty digest.
struct ObjectView {
    std::string uid;
    std::string digest;
    domain::Readiness readiness;
    bool terminating = false;
    bool operator==(const ObjectView&) const = default;
};

struct PodView {
    domain::PodFacts facts;
    bool operator==(const PodView&) const = default;
};

struct VolumeView {
    std::string claim_namespace;
    bool operator==(const VolumeView&) const = default;
};

struct StorageClassView {
    bool is_default = false;
    bool retains = false;
    bool operator==(const StorageClassView&) const = default;
};

class Views {
  public:
    /// `changed` is called, on watch threads, with the key of each Store that something has happened to.
    Views(kube::Client& client, std::function<void(const domain::StoreKey&)> changed);
    ~Views();

    /// Starts the watches; returns at once.
    void start();
    /// Ends the watches; afterwards the listener is not called any more.
    void stop();
    /// Whether every cache has had its first list; the message names those that have not.
    Result<> synced() const;
    /// Since when some watch has been broken, or nothing: the views may be stale.
    std::optional<std::chrono::steady_clock::time_point> stale_since() const;

    kube::Cache<domain::Store>& stores() { return stores_; }
    kube::Cache<NamespaceView>& namespaces() { return namespaces_; }
    kube::Cache<ReservationView>& reservations() { return reservations_; }
    kube::Cache<PodView>& pods() { return pods_; }
    kube::Cache<VolumeView>& volumes() { return volumes_; }
    kube::Cache<StorageClassView>& storage_classes() { return storage_classes_; }
    /// The cache of an applied kind, or nullptr when the platform does not apply it.
    kube::Cache<ObjectView>* objects(const kube::Kind& kind);
    /// Every kind that may be applied into a store's namespace.
    static std::vector<const kube::Kind*> applied_kinds();

    /// Visits the objects of a namespace that we applied, kind by kind.
    void for_each_applied(
        const std::string& namespace_,
        const std::function<void(const kube::Kind&, const std::string& name, const ObjectView&)>& visit) const;
    /// A digest over kind, name and owned fields of all those that are not being deleted.
    std::string live_digest(const std::string& namespace_) const;

  private:
    struct AppliedKind;
    void notify_owner_of(const std::string& namespace_) const;
    template <typename T>
    typename kube::Cache<T>::Listener owner_listener();

    kube::Client& client_;
    std::function<void(const domain::StoreKey&)> changed_;
    kube::Cache<domain::Store> stores_;
    kube::Cache<NamespaceView> namespaces_;
    kube::Cache<ReservationView> reservations_;
    kube::Cache<PodView> pods_;
    kube::Cache<VolumeView> volumes_;
    kube::Cache<StorageClassView> storage_classes_;
    std::vector<std::unique_ptr<AppliedKind>> applied_;
    mutable std::mutex mutex_;  ///< of reflectors_: the API asks whether they have synced while they are being started
    std::vector<std::pair<const kube::Kind*, std::unique_ptr<kube::Reflector>>> reflectors_;
};

}  // namespace storewright::app
