#include "http/client.hpp"

#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>
#include <cerrno>
#include <deque>
#include <future>
#include <thread>

#include "http/origin.hpp"
#include "http/target.hpp"

namespace storewright::http {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace bhttp = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;
using Deadline = std::chrono::steady_clock::time_point;
using TlsStream = beast::ssl_stream<beast::tcp_stream>;
constexpr auto as_tuple = asio::as_tuple(asio::use_awaitable);

std::unexpected<Error> unavailable(const Origin& origin, std::string_view doing, const error_code& error) {
    const bool late =
        error == beast::error::timeout || error == asio::error::operation_aborted || error == asio::error::timed_out;
    return fail(ErrorCode::unavailable,
                fmt::format("{} {}: {}", doing, origin.text(), late ? "no answer in time" : error.message()));
}

/// One TCP or TLS connection.
struct Connection {
    explicit Connection(asio::io_context& io) : plain(std::in_place, io) {}
    Connection(asio::io_context& io, asio::ssl::context& tls) : secure(std::in_place, io, tls) {}

    beast::tcp_stream& tcp_layer() { return secure ? beast::get_lowest_layer(*secure) : *plain; }
    /// Calls f with whichever stream it is.
    template <typename F>
    auto with_stream(F f) {
        return secure ? f(*secure) : f(*plain);
    }

    std::optional<beast::tcp_stream> plain;
    std::optional<TlsStream> secure;
    beast::flat_buffer buffer;
    bool used = false;  ///< has carried an exchange
    std::chrono::steady_clock::time_point idle_since{};
};

/// Servers close idle connections (kube-apiserver after 90 s). A request sent into such a one may not be repeated if it
/// is a POST, so what has been idle for long, or has anything to be read (the end, or an answer nobody asked for), is
/// not used again.
constexpr std::chrono::seconds longest_idle{60};

bool is_reusable(Connection& connection) {
    if (std::chrono::steady_clock::now() - connection.idle_since > longest_idle) return false;
    char byte = 0;
    const auto got = recv(connection.tcp_layer().socket().native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    return got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

bhttp::request<bhttp::string_body> to_beast(const Request& request, const Origin& origin,
                                            const ClientOptions& options) {
    bhttp::request<bhttp::string_body> out;
    out.method_string(request.method);
    out.target(request.target);
    out.version(11);
    out.set(bhttp::field::host, origin.host_header());
    out.set(bhttp::field::user_agent, options.user_agent);
    if (options.bearer_token)
        if (const std::string token = options.bearer_token(); !token.empty())
            out.set(bhttp::field::authorization, "Bearer " + token);
    for (const auto& [name, value] : request.headers) out.set(name, value);
    out.body() = request.body;
    out.prepare_payload();
    return out;
}

template <typename Message>
Response from_beast(const Message& message) {
    Response response;
    response.status = message.result_int();
    for (const auto& field : message) response.headers.emplace_back(field.name_string(), field.value());
    return response;
}

/// A peer that vanished without a word, as when its machine dies, is found out by the kernel within half a minute
/// (tcp(7)): silence alone says nothing on a watch of something that does not change.
void notice_dead_links(tcp::socket& socket) {
    constexpr int idle_seconds = 15, interval_seconds = 5, probes = 3;
    error_code ignored;
    socket.set_option(asio::socket_base::keep_alive(true), ignored);
    for (const auto& [option, value] :
         {std::pair{TCP_KEEPIDLE, idle_seconds}, {TCP_KEEPINTVL, interval_seconds}, {TCP_KEEPCNT, probes}})
        setsockopt(socket.native_handle(), IPPROTO_TCP, option, &value, sizeof value);
}

/// Opens connections to one origin.
class Dialler {
  public:
    Dialler(Origin origin, const ClientOptions& options, asio::ssl::context* tls)
        : origin_(std::move(origin)),
          tls_(tls),
          connect_timeout_(options.connect_timeout),
          server_name_(options.tls && !options.tls->server_name.empty() ? options.tls->server_name : origin_.host) {}

    const Origin& origin() const { return origin_; }

    asio::awaitable<Result<std::unique_ptr<Connection>>> dial(asio::io_context& io, Deadline deadline) const {
        auto connection = tls_ ? std::make_unique<Connection>(io, *tls_) : std::make_unique<Connection>(io);
        auto& layer = connection->tcp_layer();
        const auto until = std::min(deadline, std::chrono::steady_clock::now() + connect_timeout_);
        layer.expires_at(until);
        auto [resolve_error, endpoints] = co_await resolve(io, until);
        if (resolve_error) co_return unavailable(origin_, "resolving", resolve_error);
        auto [connect_error, endpoint] = co_await layer.async_connect(endpoints, as_tuple);
        if (connect_error) co_return unavailable(origin_, "connecting to", connect_error);
        error_code ignored;
        layer.socket().set_option(tcp::no_delay(true), ignored);
        notice_dead_links(layer.socket());
        if (connection->secure) {
            const auto error = co_await handshake(*connection->secure);
            if (error) co_return unavailable(origin_, "TLS with", error);
        }
        co_return std::move(connection);
    }

  private:
    using Endpoints = std::vector<tcp::endpoint>;
    using Resolved = std::tuple<error_code, Endpoints>;

    asio::awaitable<Resolved> resolve(asio::io_context& io, Deadline until) const {
        const auto port = static_cast<unsigned short>(std::stoi(origin_.port));
        // RFC 6761, 6.3: names under localhost are the loopback addresses, whatever the resolver says.
        if (origin_.host == "localhost" || origin_.host.ends_with(".localhost"))
            co_return Resolved{{},
                               {{asio::ip::address_v4::loopback(), port}, {asio::ip::address_v6::loopback(), port}}};
        error_code is_name;
        const auto address = asio::ip::make_address(origin_.host, is_name);
        if (!is_name) co_return Resolved{{}, {{address, port}}};
        co_return co_await look_up(io, until);
    }

    /// getaddrinfo() knows no deadline and cannot be interrupted: whoever waits is woken at the deadline, and a late
    /// answer is dropped.
    asio::awaitable<Resolved> look_up(asio::io_context& io, Deadline until) const {
        struct Lookup {
            explicit Lookup(asio::io_context& of) : resolver(of), answered(of) {}
            tcp::resolver resolver;
            asio::steady_timer answered;
            error_code error = asio::error::timed_out;
            Endpoints endpoints;
        };
        const auto lookup = std::make_shared<Lookup>(io);
        lookup->answered.expires_at(until);
        lookup->resolver.async_resolve(origin_.host, origin_.port,
                                       [lookup](const error_code& error, const tcp::resolver::results_type& results) {
                                           lookup->error = error;
                                           for (const auto& entry : results)
                                               lookup->endpoints.push_back(entry.endpoint());
                                           lookup->answered.cancel();
                                       });
        co_await lookup->answered.async_wait(as_tuple);
        co_return Resolved{lookup->error, lookup->endpoints};
    }

    asio::awaitable<error_code> handshake(TlsStream& stream) const {
        error_code is_name;
        asio::ip::make_address(server_name_, is_name);
        if (is_name) SSL_set_tlsext_host_name(stream.native_handle(), server_name_.c_str());
        stream.set_verify_callback(asio::ssl::host_name_verification(server_name_));
        auto [error] = co_await stream.async_handshake(asio::ssl::stream_base::client, as_tuple);
        co_return error;
    }

    Origin origin_;
    asio::ssl::context* tls_;
    std::chrono::milliseconds connect_timeout_;
    std::string server_name_;
};

Result<std::unique_ptr<asio::ssl::context>> make_tls(const Tls& tls) {
    auto context = std::make_unique<asio::ssl::context>(asio::ssl::context::tls_client);
    SSL_CTX_set_min_proto_version(context->native_handle(), TLS1_2_VERSION);
    context->set_verify_mode(asio::ssl::verify_peer);
    try {
        if (tls.ca_pem.empty()) context->set_default_verify_paths();
        else context->add_certificate_authority(asio::buffer(tls.ca_pem));
        if (!tls.client_cert_pem.empty()) {
            context->use_certificate_chain(asio::buffer(tls.client_cert_pem));
            context->use_private_key(asio::buffer(tls.client_key_pem), asio::ssl::context::pem);
        }
    } catch (const boost::system::system_error& e) {
        return fail(ErrorCode::invalid_argument, fmt::format("the TLS certificates cannot be used: {}", e.what()));
    }
    return context;
}

/// RFC 9110, 9.2.2; and a server-side apply may be repeated as well.
bool may_repeat(const Request& request) { return request.method != "POST"; }

class BeastClient final : public Client {
  public:
    BeastClient(ClientOptions options, Origin origin, std::unique_ptr<asio::ssl::context> tls)
        : options_(std::move(options)),
          tls_(std::move(tls)),
          dialler_(std::move(origin), options_, tls_.get()),
          work_(asio::make_work_guard(io_)),
          thread_([this] { io_.run(); }) {}

    ~BeastClient() override {
        work_.reset();
        io_.stop();
    }

    Result<Response> send(const Request& request) override {
        return asio::co_spawn(io_, exchange(request), asio::use_future).get();
    }

    std::vector<Result<Response>> send_all(std::span<const Request> requests) override {
        std::vector<std::future<Result<Response>>> under_way;
        under_way.reserve(requests.size());
        for (const auto& request : requests)
            under_way.push_back(asio::co_spawn(io_, exchange(request), asio::use_future));
        std::vector<Result<Response>> answers;
        answers.reserve(requests.size());
        for (auto& one : under_way) answers.push_back(one.get());
        return answers;
    }

    Result<Response> stream(const Request& request, std::chrono::milliseconds idle_timeout,
                            const std::function<bool(std::string_view)>& sink, std::stop_token stop) override;

  private:
    asio::awaitable<Result<Response>> exchange(const Request& request);
    asio::awaitable<Result<Response>> exchange_on(Connection& connection, const Request& request, Deadline deadline,
                                                  bool& answered, bool& keep);
    asio::awaitable<bool> take_turn(Deadline deadline);
    void pass_turn();
    std::unique_ptr<Connection> take_idle();
    void keep_idle(std::unique_ptr<Connection> connection);

    ClientOptions options_;
    std::unique_ptr<asio::ssl::context> tls_;
    asio::io_context io_{1};
    Dialler dialler_;
    // Touched only on the I/O thread:
    std::vector<std::unique_ptr<Connection>> idle_;
    std::size_t busy_ = 0;
    std::deque<asio::steady_timer*> waiting_;
    asio::executor_work_guard<asio::io_context::executor_type> work_;
    std::jthread thread_;
};

/// At most max_connections exchanges run; the others wait here, first come first served, until their deadline.
asio::awaitable<bool> BeastClient::take_turn(Deadline deadline) {
    if (busy_ < options_.max_connections) {
        ++busy_;
        co_return true;
    }
    asio::steady_timer timer(io_, deadline);
    waiting_.push_back(&timer);
    auto [error] = co_await timer.async_wait(as_tuple);
    // Cancelled by pass_turn(): the turn is ours. Expired: nobody gave it.
    if (error) co_return true;
    std::erase(waiting_, &timer);
    co_return false;
}

void BeastClient::pass_turn() {
    if (waiting_.empty()) {
        --busy_;
        return;
    }
    auto* next = waiting_.front();
    waiting_.pop_front();
    // A timer that has expired already will not see the cancellation: then its turn goes to the next.
    if (next->cancel() == 0) pass_turn();
}

/// An idle connection that still is one, or nullptr.
std::unique_ptr<Connection> BeastClient::take_idle() {
    while (!idle_.empty()) {
        auto connection = std::move(idle_.back());
        idle_.pop_back();
        if (is_reusable(*connection)) return connection;
    }
    return nullptr;
}

void BeastClient::keep_idle(std::unique_ptr<Connection> connection) {
    connection->idle_since = std::chrono::steady_clock::now();
    idle_.push_back(std::move(connection));
}

asio::awaitable<Result<Response>> BeastClient::exchange(const Request& request) {
    const auto deadline = std::chrono::steady_clock::now() + request.timeout;
    if (!co_await take_turn(deadline))
        co_return fail(ErrorCode::unavailable,
                       fmt::format("{}: no connection became free in time", dialler_.origin().text()));
    Result<Response> result = fail(ErrorCode::unavailable, "");
    for (bool again = true; again;) {
        again = false;
        auto connection = take_idle();
        if (!connection) {
            auto fresh = co_await dialler_.dial(io_, deadline);
            if (!fresh) {
                result = std::unexpected(std::move(fresh).error());
                break;
            }
            connection = *std::move(fresh);
        }
        bool answered = false, keep = false;
        const bool reused = connection->used;
        result = co_await exchange_on(*connection, request, deadline, answered, keep);
        if (keep) keep_idle(std::move(connection));
        // The server may have closed an idle connection just as we took it.
        again = !result && reused && !answered && may_repeat(request) && std::chrono::steady_clock::now() < deadline;
    }
    pass_turn();
    co_return result;
}

asio::awaitable<Result<Response>> BeastClient::exchange_on(Connection& connection, const Request& request,
                                                           Deadline deadline, bool& answered, bool& keep) {
    connection.used = true;
    connection.tcp_layer().expires_at(deadline);
    auto message = to_beast(request, dialler_.origin(), options_);
    auto [write_error, written] =
        co_await connection.with_stream([&](auto& s) { return bhttp::async_write(s, message, as_tuple); });
    if (write_error) co_return unavailable(dialler_.origin(), "sending to", write_error);
    bhttp::response_parser<bhttp::string_body> parser;
    parser.body_limit(options_.max_body_bytes);
    if (request.method == "HEAD") parser.skip(true);
    auto [read_error, read] = co_await connection.with_stream(
        [&](auto& s) { return bhttp::async_read(s, connection.buffer, parser, as_tuple); });
    answered = parser.got_some();
    if (read_error == bhttp::error::body_limit)
        co_return fail(ErrorCode::internal, fmt::format("{} answered more than {} bytes", dialler_.origin().text(),
                                                        options_.max_body_bytes));
    if (read_error) co_return unavailable(dialler_.origin(), "reading from", read_error);
    // Bytes beyond the answer would be taken for the next one.
    keep = parser.keep_alive() && connection.buffer.size() == 0;
    Response response = from_beast(parser.get());
    response.body = std::move(parser.get().body());
    co_return response;
}

/// One streamed exchange, on the caller's thread with an event loop of its own, so that handling the stream holds up
/// nobody.
class StreamedExchange {
  public:
    StreamedExchange(const Dialler& dialler, const ClientOptions& options, const Request& request,
                     std::chrono::milliseconds idle_timeout, const std::function<bool(std::string_view)>& sink)
        : dialler_(dialler), options_(options), request_(request), idle_timeout_(idle_timeout), sink_(sink) {}

    Result<Response> run(const std::stop_token& stop) {
        Result<Response> result = fail(ErrorCode::unavailable, "the stream was stopped");
        const std::stop_callback on_stop(stop, [this] { io_.stop(); });
        if (stop.stop_requested()) return result;
        asio::co_spawn(io_, go(), [&](const std::exception_ptr& e, Result<Response> r) {
            result =
                e ? Result<Response>(fail(ErrorCode::internal, "the stream ended with an exception")) : std::move(r);
        });
        io_.run();
        return result;
    }

  private:
    asio::awaitable<Result<Response>> go() {
        auto dialled = co_await dialler_.dial(io_, std::chrono::steady_clock::now() + request_.timeout);
        if (!dialled) co_return std::unexpected(std::move(dialled).error());
        Connection& c = **dialled;
        c.tcp_layer().expires_after(request_.timeout);
        auto message = to_beast(request_, dialler_.origin(), options_);
        auto [write_error, written] =
            co_await c.with_stream([&](auto& s) { return bhttp::async_write(s, message, as_tuple); });
        if (write_error) co_return unavailable(dialler_.origin(), "sending to", write_error);
        bhttp::response_parser<bhttp::buffer_body> parser;
        parser.body_limit(boost::none);
        auto [header_error, read] =
            co_await c.with_stream([&](auto& s) { return bhttp::async_read_header(s, c.buffer, parser, as_tuple); });
        if (header_error) co_return unavailable(dialler_.origin(), "reading from", header_error);
        co_return co_await body(c, parser);
    }

    asio::awaitable<Result<Response>> body(Connection& c, bhttp::response_parser<bhttp::buffer_body>& parser) {
        Response response = from_beast(parser.get());
        const bool wanted = response.status == 200;
        if (wanted && !sink_({})) co_return response;
        std::string piece(std::size_t{16} << 10, '\0');
        while (!parser.is_done()) {
            c.tcp_layer().expires_after(idle_timeout_);
            parser.get().body() = {piece.data(), piece.size(), true};
            auto [error, read] =
                co_await c.with_stream([&](auto& s) { return bhttp::async_read_some(s, c.buffer, parser, as_tuple); });
            const std::string_view got(piece.data(), piece.size() - parser.get().body().size);
            if (!got.empty()) {
                if (!wanted && response.body.size() < options_.max_body_bytes) response.body += got;
                if (wanted && !sink_(got)) co_return response;
            }
            if (error && error != bhttp::error::need_buffer)
                co_return unavailable(dialler_.origin(), "reading from", error);
        }
        co_return response;
    }

    const Dialler& dialler_;
    const ClientOptions& options_;
    const Request& request_;
    std::chrono::milliseconds idle_timeout_;
    const std::function<bool(std::string_view)>& sink_;
    asio::io_context io_{1};
};

Result<Response> BeastClient::stream(const Request& request, std::chrono::milliseconds idle_timeout,
                                     const std::function<bool(std::string_view)>& sink, std::stop_token stop) {
    return StreamedExchange(dialler_, options_, request, idle_timeout, sink).run(stop);
}

}  // namespace

std::string_view Response::header(std::string_view name) const { return find_header(headers, name); }

Result<std::unique_ptr<Client>> Client::create(ClientOptions options) {
    SW_TRY_ASSIGN(Origin origin, parse_origin(options.origin));
    std::unique_ptr<asio::ssl::context> tls;
    if (origin.scheme == "https") {
        SW_TRY_ASSIGN(tls, make_tls(options.tls.value_or(Tls{})));
    }
    return std::make_unique<BeastClient>(std::move(options), std::move(origin), std::move(tls));
}

}  // namespace storewright::http
