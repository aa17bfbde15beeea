#pragma once
// The Kubernetes API as this project uses it: typed paths and errors over http::Client, objects as Boost.JSON.

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "http/client.hpp"

namespace storewright::kube {

/// A kind and where the API server has it.
struct Kind {
    std::string_view group;  ///< empty for the core group
    std::string_view version;
    std::string_view kind;
    std::string_view resource;  ///< plural, lower case
    bool namespaced = true;
    bool operator==(const Kind&) const = default;
    std::string api_version() const;
};

/// Every kind the platform reads or writes. A chart that renders another is refused with a message naming it.
namespace kinds {
extern const Kind store, hostname_reservation, namespace_, secret, config_map, service, service_account,
    persistent_volume_claim, persistent_volume, pod, event, resource_quota, limit_range, deployment, stateful_set, job,
    cron_job, ingress, network_policy, pod_disruption_budget, horizontal_pod_autoscaler, role_binding, lease,
    storage_class;
/// The kind of that apiVersion and kind, or nullptr.
const Kind* find(std::string_view api_version, std::string_view kind);
}  // namespace kinds

struct ObjectRef {
    const Kind* kind = nullptr;
    std::string namespace_;  ///< empty for cluster-scoped kinds
    std::string name;
    bool operator==(const ObjectRef&) const = default;
    /// "Deployment store-abc/backend"
    std::string text() const;
};

struct ApplyOptions {
    std::string field_manager = "storewright";
    bool force = true;
    bool dry_run = false;
    std::string subresource;  ///< e.g. "status"
};

struct ApplyRequest {
    ObjectRef ref;
    boost::json::object object;
};

struct DeleteOptions {
    std::string uid;               ///< precondition; empty: none
    std::string resource_version;  ///< precondition; empty: none
    std::string propagation = "Background";
    std::optional<std::chrono::seconds> grace;  ///< how long a pod has to end; absent: as long as its spec says
};

struct ListOptions {
    std::string label_selector;
    std::string field_selector;
    std::size_t limit = 500;  ///< page size; `continue` is followed to the end
};

struct List {
    std::vector<boost::json::object> items;
    std::string resource_version;
};

/// Thread-safe. Errors carry the API server's message: 400, 422 and admission refusals are invalid_argument, 401
/// unauthenticated, 403 forbidden, 404 not_found, 409 conflict, 410 conflict ("expired"), 429, 5xx and transport
/// unavailable. 429, and 5xx with Retry-After, are tried again as the server asks, within the request's deadline.
class Client {
  public:
    /// From $KUBECONFIG or the given file (current context; client certificates, tokens, token files; inline or by
    /// path), or from the pod's service account when path is empty and no KUBECONFIG is set.
    static Result<std::unique_ptr<Client>> create(const std::string& kubeconfig_path, std::string user_agent,
                                                  std::size_t max_connections = 16);
    explicit Client(std::shared_ptr<http::Client> http);

    /// The same connections, another deadline for each request.
    Client with_timeout(std::chrono::milliseconds timeout) const;

    Result<boost::json::object> get(const ObjectRef& ref);
    Result<List> list(const Kind& kind, std::string_view namespace_, const ListOptions& options = {});
    /// The same page by page, so that no more than one is held at a time; returns the list's resourceVersion.
    Result<std::string> list_each(const Kind& kind, std::string_view namespace_, const ListOptions& options,
                                  const std::function<void(boost::json::object)>& visit);
    Result<boost::json::object> create(const ObjectRef& ref, const boost::json::object& object);
    /// Server-side apply; `object` needs apiVersion, kind and metadata.name.
    Result<boost::json::object> apply(const ApplyRequest& request, const ApplyOptions& options = {});
    /// The same for many at once, in parallel; the answers stand in the requests' order.
    std::vector<Result<boost::json::object>> apply_all(std::span<const ApplyRequest> requests,
                                                       const ApplyOptions& options = {});
    /// JSON merge patch (RFC 7396).
    Result<boost::json::object> merge_patch(const ObjectRef& ref, const boost::json::object& patch,
                                            std::string_view subresource = {});
    /// PUT; conflict when metadata.resourceVersion in `object` is no longer the current one.
    Result<boost::json::object> replace(const ObjectRef& ref, const boost::json::object& object,
                                        std::string_view subresource = {});
    /// What the server answered: the object as it is now, if something still holds it. Success also, and empty, when it
    /// is gone already.
    Result<boost::json::object> remove(const ObjectRef& ref, const DeleteOptions& options = {});
    /// Everything of a kind in a namespace.
    Result<> remove_all(const Kind& kind, std::string_view namespace_, const DeleteOptions& options = {});
    /// "v1.36.3"
    Result<std::string> server_version();

    http::Client& http() { return *http_; }

  private:
    Result<http::Response> send(http::Request request);
    std::vector<Result<http::Response>> send_all(std::vector<http::Request> requests);

    std::shared_ptr<http::Client> http_;
    std::chrono::milliseconds timeout_{30'000};
};

/// Objects nest deeper than Boost.JSON's own limit of 32 allows for sure: managedFields repeat the depth of what they
/// describe. The value's parts share one arena, which lives until the last of them is gone: what is kept for long is
/// copied out of it.
Result<boost::json::value> parse_json(std::string_view text);

/// "metadata.name" and the like: the text at that dotted path, or empty.
std::string_view text_at(const boost::json::object& object, std::string_view dotted_path);
/// The text of a label or annotation, or empty: their names have dots, which text_at would split.
std::string_view label(const boost::json::object& object, std::string_view name);
std::string_view annotation(const boost::json::object& object, std::string_view name);
/// The whole number there, or `otherwise`.
std::int64_t number_at(const boost::json::object& object, std::string_view dotted_path, std::int64_t otherwise);
/// The array there, or an empty one.
const boost::json::array& array_at(const boost::json::object& object, std::string_view dotted_path);
/// The value at that dotted path, or nullptr.
const boost::json::value* value_at(const boost::json::object& object, std::string_view dotted_path);

}  // namespace storewright::kube
