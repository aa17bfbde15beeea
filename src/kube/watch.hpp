#pragma once
// Reflector: lists, then watches one kind, for ever, and tells a handler. One thread and one connection per watched
// kind, whatever the number of stores.

#include <boost/json/object.hpp>
#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <utility>

#include "base/backoff.hpp"
#include "kube/client.hpp"

namespace storewright::kube {

using ObjectKey = std::pair<std::string, std::string>;  ///< namespace (empty if cluster-scoped), name
ObjectKey key_of(const boost::json::object& object);

/// The number in metadata.resourceVersion: comparable since Kubernetes 1.35 (KEP-5504), and in practice before. 0 if
/// none.
std::uint64_t resource_version_of(const boost::json::object& object);

/// Called on the reflector's thread, in order. Objects are whole; the handler keeps what it needs.
class WatchHandler {
  public:
    virtual ~WatchHandler() = default;
    virtual void upserted(const boost::json::object& object) = 0;
    virtual void removed(const boost::json::object& object) = 0;
    /// After each object of a complete list was upserted: what was not among them at that version is gone.
    virtual void listed(const std::set<ObjectKey>& present, std::uint64_t version) = 0;
};

struct WatchOptions {
    std::string namespace_;  ///< empty: all
    std::string label_selector;
    /// When the API server is asked to end a watch, which is then resumed.
    std::chrono::seconds server_timeout{540};
    /// Silence beyond this is a dead link. Kubernetes sends no bookmark while nothing has changed, so it has to be
    /// longer than the server's own timeout; links that are dead are noticed sooner by TCP keep-alive.
    std::chrono::milliseconds idle_timeout{570'000};
    std::chrono::milliseconds shortest{
        1'000};  ///< a watch that the server ends sooner is a failure, not an ordinary end
    Backoff backoff{std::chrono::milliseconds(200), std::chrono::milliseconds(15'000)};
};

/// Bookmarks are asked for; a broken connection resumes from the last resourceVersion seen, "410 Gone" lists anew.
class Reflector {
  public:
    Reflector(Client& client, const Kind& kind, WatchOptions options, WatchHandler& handler);
    ~Reflector();  ///< stops and joins
    Reflector(const Reflector&) = delete;
    Reflector& operator=(const Reflector&) = delete;

    /// Whether the first list has been handed over.
    bool synced() const;
    /// Since when the view may be stale: when the watch broke, or nothing while it runs.
    std::optional<std::chrono::steady_clock::time_point> stale_since() const;

  private:
    class Loop;
    std::unique_ptr<Loop> loop_;
};

}  // namespace storewright::kube
