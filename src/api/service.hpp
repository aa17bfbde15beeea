#pragma once
// What the API's handlers ask of the platform: the narrow interface between api/ and app/.

#include <boost/json/value.hpp>
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "domain/catalog.hpp"
#include "domain/store.hpp"

namespace storewright::api {

struct Page {
    std::size_t limit = 20;
    std::string cursor;  ///< opaque, from the last page; empty: the first
};

struct StorePage {
    std::vector<domain::Store> stores;
    std::string next_cursor;  ///< empty: no more
};

struct Credentials {
    std::string url, admin_url;
    std::vector<std::pair<std::string, std::string>> entries;  ///< e.g. email, password
};

struct StoreEvent {
    TimePoint at{};
    std::string type;  ///< Normal or Warning
    std::string reason;
    std::string message;
    int count = 1;
};

/// What a store is doing right now, step by step, for `create --wait`; computed from its status and the watch caches.
struct Step {
    std::string name;   ///< Accepted, Namespace, Applied, Workloads, Answering
    std::string state;  ///< pending, running, done, failed
    std::string message;
    std::optional<TimePoint> started, ended;
};

struct TenantView {
    domain::Tenant tenant;
    int max_stores = 0;
    int stores = 0;
    bool quota_counts =
        false;  ///< the API server has begun to count (see cluster docs: takes up to minutes after a CRD is new)
};

/// Thread-safe. tenant is a slug; a store of another tenant is not_found.
class StoreService {
  public:
    virtual ~StoreService() = default;
    /// A mail password, if there is one, goes into a Secret of its own, which the spec then names.
    virtual Result<domain::Store> create(const domain::StoreKey& key, const domain::StoreSpec& spec,
                                         const std::string& mail_password) = 0;
    virtual Result<StorePage> list(const std::optional<std::string>& tenant, const Page& page) = 0;
    virtual Result<domain::Store> get(const domain::StoreKey& key) = 0;
    /// Merge patch on the spec (RFC 7396); conflict unless if_match is empty or the current resourceVersion.
    virtual Result<domain::Store> update(const domain::StoreKey& key, const boost::json::object& spec_patch,
                                         const std::string& mail_password, const std::string& if_match) = 0;
    /// Begins the teardown; success again while it is under way (deleting twice is fine), not_found afterwards;
    /// conflict unless if_match is empty or the current resourceVersion.
    virtual Result<domain::Store> remove(const domain::StoreKey& key, const std::string& if_match) = 0;
    virtual Result<std::vector<Step>> steps(const domain::StoreKey& key) = 0;
    /// What the reconciler would do now, and why: the Plan of decide(), as JSON.
    virtual Result<boost::json::value> plan(const domain::StoreKey& key) = 0;
    virtual Result<Credentials> credentials(const domain::StoreKey& key) = 0;
    virtual Result<std::vector<StoreEvent>> events(const domain::StoreKey& key) = 0;

    virtual Result<std::vector<TenantView>> tenants() = 0;
    /// Creates or updates the tenant's namespace and quota, and waits until the quota counts (at most the deadline).
    virtual Result<TenantView> put_tenant(const domain::Tenant& tenant, int max_stores) = 0;
    /// Refused with conflict while it has stores.
    virtual Result<> remove_tenant(const std::string& slug) = 0;

    virtual std::vector<domain::Engine> engines() = 0;
    virtual std::vector<domain::Plan> plans() = 0;
    virtual std::vector<domain::Fit> fits() = 0;
    virtual std::vector<std::string> reserved_domains() = 0;

    /// Blocks until the store's resourceVersion differs from `seen` or the timeout passes; the store as it then is.
    virtual Result<domain::Store> wait_for_change(const domain::StoreKey& key, const std::string& seen,
                                                  std::chrono::milliseconds timeout) = 0;
    /// Whether the caches are filled; the message says what is missing. Once they are, reads are served even while
    /// Kubernetes does not answer: that is stale(), not unready.
    virtual Result<> ready() = 0;
    /// Whether what is read may be old, because Kubernetes does not answer.
    virtual bool stale() = 0;
    /// Prometheus text exposition.
    virtual std::string metrics() = 0;
};

}  // namespace storewright::api
