#include "cli/exit_code.hpp"

namespace storewright::cli {

ExitCode exit_code_of(ErrorCode code) {
    switch (code) {
        case ErrorCode::invalid_argument: return usage;
        case ErrorCode::not_found: return not_found;
        case ErrorCode::conflict: return conflict;
        case ErrorCode::forbidden:
        case ErrorCode::unauthenticated: return not_allowed;
        case ErrorCode::unavailable: return unavailable;
        case ErrorCode::internal: return internal_error;
    }
    return internal_error;
}

}  // namespace storewright::cli
