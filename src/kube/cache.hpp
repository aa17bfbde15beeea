#pragma once
// A watch cache: what a Reflector sees of one kind, projected to T, indexed by namespace and name.

#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <shared_mutex>
#include <string>
#include <utility>

#include "base/log.hpp"
#include "kube/watch.hpp"

namespace storewright::kube {

/// Thread-safe. T is a small projection, never a whole object. Own writes are put in with `saw`, so that the next pass
/// reads them; an older event arriving later does not undo them.
template <typename T>
class Cache final : public WatchHandler {
  public:
    using Key = ObjectKey;
    using Projection = std::function<Result<T>(const boost::json::object&)>;
    /// Told of what changes a projection; before or after is nullptr when it was or is not there.
    using Listener = std::function<void(const Key&, const T* before, const T* after)>;

    Cache(Projection projection, Listener listener) : project_(std::move(projection)), listen_(std::move(listener)) {}

    std::optional<T> get(const std::string& namespace_, const std::string& name) const;
    /// Calls visit(key, value) for each in the namespace, in order of name, under the read lock: no calls back into the
    /// cache.
    void for_each_in(const std::string& namespace_, const std::function<void(const Key&, const T&)>& visit) const;
    void for_each(const std::function<void(const Key&, const T&)>& visit) const;
    /// Those whose keys come after `position`, in order, until visit says false.
    void for_each_after(const Key& position, const std::function<bool(const Key&, const T&)>& visit) const;
    std::size_t size() const;

    /// Puts in what a write of ours returned, unless a newer version is there already.
    void saw(const boost::json::object& object);
    /// Takes out what a read of ours found gone.
    void saw_gone(const std::string& namespace_, const std::string& name);

    void upserted(const boost::json::object& object) override;
    void removed(const boost::json::object& object) override;
    void listed(const std::set<ObjectKey>& present, std::uint64_t version) override;

  private:
    /// Whether that version, or a newer one, is there already.
    bool knows(const Key& key, std::uint64_t version) const;
    /// Takes the entry out unless it is newer than that version.
    void erase(const Key& key, std::uint64_t version);

    struct Entry {
        std::uint64_t resource_version = 0;
        T value;
    };
    Projection project_;
    Listener listen_;
    mutable std::shared_mutex mutex_;
    std::map<Key, Entry> entries_;
};

}  // namespace storewright::kube

#include "kube/cache_impl.hpp"
