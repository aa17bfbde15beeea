#include "base/backoff.hpp"

#include <algorithm>

#include "base/random.hpp"

namespace storewright {

std::chrono::milliseconds Backoff::after(unsigned failures) const {
    const unsigned doublings = std::min(failures > 0 ? failures - 1 : 0U, 30U);
    return std::min(most, std::chrono::milliseconds(first.count() << doublings));
}

std::chrono::milliseconds Backoff::jittered(unsigned failures) const {
    const auto full = after(failures);
    return full - full * static_cast<int>(random_below(201)) / 1000;
}

}  // namespace storewright
