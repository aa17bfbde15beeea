#pragma once
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace storewright::http {

/// Scheme, host and port: where a client connects (RFC 6454, 4).
struct Origin {
    std::string scheme;  ///< "http" or "https"
    std::string host;    ///< a name or an address, IPv6 without brackets
    std::string port;    ///< digits
    /// As in the Host header: the port only when it is not the scheme's own.
    std::string host_header() const;
    /// "https://host:port"
    std::string text() const;
};

/// Errors: invalid_argument when it has another scheme, no host, a port that is none, or anything beside them.
Result<Origin> parse_origin(std::string_view text);

}  // namespace storewright::http
