#pragma once
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "http/client.hpp"

namespace storewright::http {

struct Target {
    std::string path;   ///< decoded
    std::string query;  ///< raw
};

/// A request's target in origin form (RFC 9112, 3.2.1). Errors: invalid_argument for anything else, for a bad
/// percent-encoding, and for a path that decodes to a slash, a NUL or another control character where none was written.
Result<Target> split_target(std::string_view target);

/// The first header of that name, compared without case, or empty.
std::string_view find_header(const Headers& headers, std::string_view name);

}  // namespace storewright::http
