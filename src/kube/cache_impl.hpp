#pragma once
// The bodies of Cache's members; included by cache.hpp only.

namespace storewright::kube {

template <typename T>
std::optional<T> Cache<T>::get(const std::string& namespace_, const std::string& name) const {
    const std::shared_lock lock(mutex_);
    const auto found = entries_.find(Key{namespace_, name});
    if (found == entries_.end()) return std::nullopt;
    return found->second.value;
}

template <typename T>
void Cache<T>::for_each_in(const std::string& namespace_,
                           const std::function<void(const Key&, const T&)>& visit) const {
    const std::shared_lock lock(mutex_);
    for (auto it = entries_.lower_bound(Key{namespace_, ""}); it != entries_.end() && it->first.first == namespace_;
         ++it)
        visit(it->first, it->second.value);
}

template <typename T>
void Cache<T>::for_each(const std::function<void(const Key&, const T&)>& visit) const {
    const std::shared_lock lock(mutex_);
    for (const auto& [key, entry] : entries_) visit(key, entry.value);
}

template <typename T>
void Cache<T>::for_each_after(const Key& position, const std::function<bool(const Key&, const T&)>& visit) const {
    const std::shared_lock lock(mutex_);
    for (auto it = entries_.upper_bound(position); it != entries_.end(); ++it)
        if (!visit(it->first, it->second.value)) return;
}

template <typename T>
std::size_t Cache<T>::size() const {
    const std::shared_lock lock(mutex_);
    return entries_.size();
}

template <typename T>
void Cache<T>::saw(const boost::json::object& object) {
    upserted(object);
}

template <typename T>
void Cache<T>::saw_gone(const std::string& namespace_, const std::string& name) {
    erase(Key{namespace_, name}, std::numeric_limits<std::uint64_t>::max());
}

template <typename T>
void Cache<T>::erase(const Key& key, std::uint64_t version) {
    std::optional<T> before;
    {
        const std::unique_lock lock(mutex_);
        const auto found = entries_.find(key);
        if (found == entries_.end() || found->second.resource_version > version) return;
        before = std::move(found->second.value);
        entries_.erase(found);
    }
    listen_(key, &*before, nullptr);
}

template <typename T>
void Cache<T>::upserted(const boost::json::object& object) {
    const Key key = key_of(object);
    const auto version = resource_version_of(object);
    // The event that follows a write of ours brings nothing that its answer had not.
    if (knows(key, version)) return;
    auto projected = project_(object);
    if (!projected) {
        log::error("an object cannot be read and is passed over",
                   {{"object", key.first + "/" + key.second}, {"error", projected.error().message}});
        return;
    }
    std::optional<T> before;
    const T after = *projected;
    {
        const std::unique_lock lock(mutex_);
        auto& entry = entries_[key];
        if (entry.resource_version >= version && entry.resource_version != 0) return;
        if (entry.resource_version != 0) before = std::move(entry.value);
        entry = {version, *std::move(projected)};
    }
    if (!before || *before != after) listen_(key, before ? &*before : nullptr, &after);
}

template <typename T>
bool Cache<T>::knows(const Key& key, std::uint64_t version) const {
    const std::shared_lock lock(mutex_);
    const auto found = entries_.find(key);
    return found != entries_.end() && found->second.resource_version != 0 && found->second.resource_version >= version;
}

template <typename T>
void Cache<T>::removed(const boost::json::object& object) {
    // The deletion of an older object must not take out the one of the same name that we have made since.
    erase(key_of(object), resource_version_of(object));
}

template <typename T>
void Cache<T>::listed(const std::set<ObjectKey>& present, std::uint64_t version) {
    std::vector<Key> gone;
    {
        const std::shared_lock lock(mutex_);
        for (const auto& [key, entry] : entries_)
            if (!present.contains(key)) gone.push_back(key);
    }
    // What we wrote after the list was made is not in it and stays.
    for (const auto& key : gone) erase(key, version);
}

}  // namespace storewright::kube
