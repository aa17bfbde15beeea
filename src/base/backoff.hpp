#pragma once
#include <chrono>

namespace storewright {

/// How long to wait before the next try: doubles from `first` up to `most`, minus up to a fifth at random, so that many
/// that failed together do not come back together (AWS Architecture Blog, "Exponential Backoff And Jitter", 2015).
struct Backoff {
    std::chrono::milliseconds first{200};
    std::chrono::milliseconds most{60'000};

    /// The wait after the n-th failure in a row, n from 1; without jitter.
    std::chrono::milliseconds after(unsigned failures) const;
    /// The same, minus the random fifth.
    std::chrono::milliseconds jittered(unsigned failures) const;
};

}  // namespace storewright
