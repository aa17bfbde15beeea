#pragma once
// The HTTP API: /api/v1 and the endpoints for probes and Prometheus.

#include <string>

#include "api/service.hpp"
#include "http/server.hpp"

namespace storewright::api {

struct ApiOptions {
    std::string token;  ///< the bootstrap token, which may do everything
};

/// The service outlives the handler, which is thread-safe.
http::Handler make_handler(StoreService& service, ApiOptions options);

}  // namespace storewright::api
