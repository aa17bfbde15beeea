#pragma once
#include <chrono>
#include <thread>

#include "base/backoff.hpp"
#include "base/result.hpp"

namespace storewright::app {

/// Rights that a RoleBinding gives are there some moments after it: so long a 403 is not believed.
inline constexpr std::chrono::seconds binding_patience{5};

/// Tries again while the answer is 403 and a RoleBinding may not have been noticed yet.
template <typename Call>
auto patiently(Call call) -> decltype(call()) {
    constexpr Backoff backoff{std::chrono::milliseconds(5), std::chrono::milliseconds(500)};
    const auto deadline = std::chrono::steady_clock::now() + binding_patience;
    for (unsigned tries = 1;; ++tries) {
        auto answer = call();
        if (answer || answer.error().code != ErrorCode::forbidden || std::chrono::steady_clock::now() > deadline)
            return answer;
        std::this_thread::sleep_for(backoff.jittered(tries));
    }
}

}  // namespace storewright::app
