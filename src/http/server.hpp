#pragma once
// A small HTTP/1.1 server: bounded connections, header, body and time limits, keep-alive, streaming answers
// (Server-Sent Events), graceful stop. The only code that sees Boost.Beast's server side is server.cpp. TLS is the
// ingress's business.

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "http/client.hpp"

namespace storewright::http {

struct ServerRequest {
    std::string method;
    std::string path;   ///< decoded path, without the query; percent-encoded slashes are refused
    std::string query;  ///< raw, without '?'
    Headers headers;
    std::string body;
    std::string remote_address;
    std::string_view header(std::string_view name) const;
};

/// Writes one piece of a streamed body; false when the client is gone or the server stops.
using StreamWriter = std::function<bool(std::string_view)>;

struct ServerResponse {
    unsigned status = 200;
    Headers headers;
    std::string body;
    /// When set, the body is streamed: called on a thread for streams, ends the answer by returning.
    std::function<void(const StreamWriter&, std::stop_token)> stream;
};

struct ServerOptions {
    std::string address = "0.0.0.0";
    unsigned short port = 8080;  ///< 0: any free one
    unsigned workers = 8;        ///< handlers run here
    unsigned max_streams = 32;   ///< streamed answers at once, each on a thread of its own
    std::size_t max_connections = 1024;
    std::size_t max_header_bytes = 16UL << 10;
    std::size_t max_body_bytes = 256UL << 10;
    std::chrono::milliseconds request_timeout{15'000};
    std::chrono::milliseconds idle_timeout{60'000};
};

using Handler = std::function<ServerResponse(const ServerRequest&)>;

class Server {
  public:
    /// Listens at once; unavailable when the address cannot be had.
    static Result<std::unique_ptr<Server>> start(ServerOptions options, Handler handler);
    virtual ~Server() = default;
    virtual unsigned short port() const = 0;
    /// Stops accepting, lets running requests end within the deadline, then closes.
    virtual void stop(std::chrono::milliseconds deadline) = 0;
};

}  // namespace storewright::http
