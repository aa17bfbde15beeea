#include "app/memory.hpp"

namespace storewright::app {

Remembered Memory::recall(const domain::StoreKey& key, const std::string& uid) const {
    const std::lock_guard lock(mutex_);
    const auto found = entries_.find(key);
    if (found == entries_.end() || found->second.uid != uid) return {.uid = uid};
    return found->second;
}

void Memory::forget(const domain::StoreKey& key) {
    const std::lock_guard lock(mutex_);
    entries_.erase(key);
}

}  // namespace storewright::app
