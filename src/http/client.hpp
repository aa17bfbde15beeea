#pragma once
// An HTTP/1.1 client for one origin: pooled keep-alive connections, TLS with verification, deadlines on everything.
// Blocking outside (a call returns when it is done or its deadline has passed), asynchronous inside (one I/O thread
// serves every connection). The only code that sees Boost.Beast's client side is client.cpp.

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.hpp"

namespace storewright::http {

using Headers = std::vector<std::pair<std::string, std::string>>;

struct Request {
    std::string method = "GET";
    std::string target = "/";  ///< path and query, already encoded
    Headers headers;
    std::string body;
    std::chrono::milliseconds timeout{30'000};  ///< for the whole exchange, connecting included
};

struct Response {
    unsigned status = 0;
    Headers headers;
    std::string body;
    /// The first header of that name (compared without case), or empty.
    std::string_view header(std::string_view name) const;
};

struct Tls {
    std::string ca_pem;           ///< empty: the system's trust store
    std::string client_cert_pem;  ///< empty: no client certificate
    std::string client_key_pem;
    std::string server_name;  ///< SNI and verification; empty: the origin's host
};

struct ClientOptions {
    std::string origin;                         ///< "https://127.0.0.1:6443": scheme, host, port
    std::optional<Tls> tls;                     ///< wanted for https
    std::function<std::string()> bearer_token;  ///< asked for each request (tokens rotate); empty: none
    std::string user_agent = "storewright";
    std::size_t max_connections = 16;
    std::size_t max_body_bytes = 64UL << 20;
    std::chrono::milliseconds connect_timeout{5'000};
};

/// Thread-safe. A request that failed on a reused connection before any byte of the answer came is sent once more on a
/// fresh one when its method is idempotent (RFC 9110, 9.2.2). Errors: unavailable (no connection, deadline, TLS),
/// internal (the answer is no HTTP or too large). Any status is a Response, not an error. Names ending in ".localhost"
/// are the loopback addresses (RFC 6761, 6.3), whatever the resolver says; ::1 and 127.0.0.1 are both tried.
class Client {
  public:
    static Result<std::unique_ptr<Client>> create(ClientOptions options);
    virtual ~Client() = default;

    virtual Result<Response> send(const Request& request) = 0;

    /// Sends all, at most max_connections at once; the answers stand in the requests' order.
    virtual std::vector<Result<Response>> send_all(std::span<const Request> requests) = 0;

    /// Sends one request on a connection of its own and hands the body to `sink` as it arrives, until the server ends
    /// it, the sink returns false, `stop` is requested, or nothing came for `idle_timeout`. The first piece is empty: a
    /// 200 has come. A status other than 200 is returned with its body; after a 200 the body is empty.
    virtual Result<Response> stream(const Request& request, std::chrono::milliseconds idle_timeout,
                                    const std::function<bool(std::string_view)>& sink, std::stop_token stop) = 0;
};

/// Percent-encodes what may not stand in a path segment or query value (RFC 3986, 2.3: all but the unreserved
/// characters).
std::string encode_component(std::string_view text);

}  // namespace storewright::http
