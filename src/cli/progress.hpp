#pragma once
// Following a store until it is Ready, Failed or gone, and drawing its steps with their durations as they go.

#include <chrono>
#include <string>

#include "cli/api_client.hpp"

namespace storewright::cli {

struct Wait {
    std::string path;  ///< of the store
    std::string name;
    std::chrono::seconds timeout{900};
    bool draw = false;  ///< rewrite lines on a terminal; otherwise one line a change
    bool colour = false;
};

/// Prints progress on stderr. Returns the exit code: ok, store_failed, timed_out, interrupted, or that of an error.
int wait_until_ready(ApiClient& client, const Wait& wait);
int wait_until_gone(ApiClient& client, const Wait& wait);

}  // namespace storewright::cli
