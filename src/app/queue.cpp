#include "app/queue.hpp"

namespace storewright::app {

void Queue::add(const domain::StoreKey& key) {
    {
        const std::lock_guard lock(mutex_);
        if (!queued_.insert(key).second) return;
        if (working_.contains(key)) return;
        ready_.push_back(key);
    }
    changed_.notify_one();
}

void Queue::add_after(const domain::StoreKey& key, std::chrono::milliseconds delay) {
    if (delay <= std::chrono::milliseconds::zero()) return add(key);
    {
        const std::lock_guard lock(mutex_);
        const auto due = Clock::now() + delay;
        const auto [known, is_new] = due_of_.try_emplace(key, due);
        if (!is_new) {
            if (known->second <= due) return;
            later_.erase({known->second, key});
            known->second = due;
        }
        later_.emplace(due, key);
    }
    changed_.notify_one();
}

void Queue::promote_due() {
    const auto now = Clock::now();
    while (!later_.empty() && later_.begin()->first <= now) {
        const domain::StoreKey key = later_.begin()->second;
        later_.erase(later_.begin());
        due_of_.erase(key);
        if (queued_.insert(key).second && !working_.contains(key)) ready_.push_back(key);
    }
}

std::optional<domain::StoreKey> Queue::get() {
    std::unique_lock lock(mutex_);
    while (true) {
        if (closed_) return std::nullopt;
        promote_due();
        if (!ready_.empty()) break;
        if (later_.empty()) changed_.wait(lock);
        else changed_.wait_until(lock, later_.begin()->first);
    }
    domain::StoreKey key = std::move(ready_.front());
    ready_.pop_front();
    queued_.erase(key);
    working_.insert(key);
    if (!ready_.empty()) changed_.notify_one();
    return key;
}

void Queue::done(const domain::StoreKey& key) {
    {
        const std::lock_guard lock(mutex_);
        working_.erase(key);
        if (!queued_.contains(key)) return;
        ready_.push_back(key);
    }
    changed_.notify_one();
}

void Queue::close() {
    {
        const std::lock_guard lock(mutex_);
        closed_ = true;
    }
    changed_.notify_all();
}

std::size_t Queue::depth() const {
    const std::lock_guard lock(mutex_);
    return ready_.size();
}

bool Queue::idle() const {
    const std::lock_guard lock(mutex_);
    return ready_.empty() && working_.empty();
}

}  // namespace storewright::app
