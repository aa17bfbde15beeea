#pragma once
#include "base/result.hpp"
#include "http/server.hpp"

namespace storewright::api {

/// RFC 9457 problem details for an error; the one table from ErrorCode to HTTP status.
http::ServerResponse problem(const Error& error);
http::ServerResponse problem(unsigned status, std::string_view title, const Error& error);

unsigned status_of(ErrorCode code);

}  // namespace storewright::api
