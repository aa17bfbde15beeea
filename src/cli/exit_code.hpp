#pragma once
#include "base/result.hpp"

namespace storewright::cli {

/// docs/cli.md has the same table.
enum ExitCode : int {
    ok = 0,
    internal_error = 1,
    usage = 2,
    not_found = 3,
    conflict = 4,
    not_allowed = 5,
    unavailable = 6,
    store_failed = 7,
    timed_out = 8,
    interrupted = 130,  ///< as shells say it: 128 + SIGINT
};

ExitCode exit_code_of(ErrorCode code);

}  // namespace storewright::cli
