#include "http/server.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <condition_variable>
#include <future>
#include <mutex>
#include <thread>

#include "base/log.hpp"
#include "http/target.hpp"

namespace storewright::http {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace bhttp = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;
constexpr auto as_tuple = asio::as_tuple(asio::use_awaitable);

/// A connection that is given up is read on for this long, so that its peer sees the answer before the end (RFC
/// 9112, 9.6).
constexpr std::chrono::milliseconds linger{500};
constexpr std::chrono::milliseconds accept_pause{100};

/// RFC 9457 problem details of what this layer itself refuses; the texts are constants that need no escaping.
ServerResponse problem(unsigned status, std::string_view title, std::string_view detail) {
    return {.status = status,
            .headers = {{"Content-Type", "application/problem+json"}},
            .body = fmt::format(R"({{"type":"about:blank","title":"{}","status":{},"detail":"{}"}})", title, status,
                                detail)};
}

ServerResponse busy() {
    auto response = problem(503, "Busy", "Too many connections at once; try again in a moment.");
    response.headers.emplace_back("Retry-After", "1");
    return response;
}

/// The answer to a request that could not even be read.
ServerResponse refusal(const error_code& error) {
    if (error == bhttp::error::header_limit)
        return problem(431, "Header too large", "The request's header is too large.");
    if (error == bhttp::error::body_limit) return problem(413, "Body too large", "The request's body is too large.");
    return problem(400, "Not HTTP", "The request is no HTTP/1.1.");
}

/// Beast takes a request whose last transfer encoding is not chunked for one without a body. Something before us may
/// not: what follows would be one request to it and another to us (RFC 9112, 6.3 and 11.2).
bool has_unknown_framing(const bhttp::request<bhttp::string_body>& message) {
    const auto fields = message.count(bhttp::field::transfer_encoding);
    return fields > 1 || (fields == 1 && !beast::iequals(message[bhttp::field::transfer_encoding], "chunked"));
}

class BeastServer final : public Server {
  public:
    BeastServer(ServerOptions options, Handler handler)
        : options_(std::move(options)),
          handler_(std::move(handler)),
          acceptor_(io_),
          workers_(options_.workers),
          stream_workers_(options_.max_streams) {}

    ~BeastServer() override { stop(std::chrono::milliseconds(0)); }

    Result<> listen() {
        error_code error;
        const auto address = asio::ip::make_address(options_.address, error);
        if (error)
            return fail(ErrorCode::invalid_argument, fmt::format("'{}' is no address to listen on", options_.address));
        const tcp::endpoint endpoint(address, options_.port);
        acceptor_.open(endpoint.protocol(), error);
        if (!error) acceptor_.set_option(tcp::acceptor::reuse_address(true), error);
        if (!error) acceptor_.bind(endpoint, error);
        if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
        if (error)
            return fail(ErrorCode::unavailable,
                        fmt::format("listening on {}:{}: {}", options_.address, options_.port, error.message()));
        asio::co_spawn(io_, accept(), asio::detached);
        thread_ = std::jthread([this] { io_.run(); });
        return {};
    }

    unsigned short port() const override { return acceptor_.local_endpoint().port(); }

    void stop(std::chrono::milliseconds deadline) override {
        if (stopping_.exchange(true)) return;
        streams_.request_stop();
        if (thread_.joinable()) {
            asio::post(io_, asio::use_future([this] { close_idle(); })).get();
            const auto until = std::chrono::steady_clock::now() + deadline;
            std::unique_lock lock(mutex_);
            drained_.wait_until(lock, until, [this] { return connections_.empty(); });
            lock.unlock();
            io_.stop();
            thread_.join();
        }
        workers_.join();
        stream_workers_.join();
    }

  private:
    struct Connection {
        explicit Connection(tcp::socket socket) : stream(std::move(socket)) {}
        beast::tcp_stream stream;
        bool idle = true;  ///< between two requests
    };

    asio::awaitable<void> accept() {
        while (!stopping_) {
            auto [error, socket] = co_await acceptor_.async_accept(as_tuple);
            if (error == asio::error::operation_aborted) co_return;
            if (error) {
                // Out of file descriptors, most likely: asking again at once would only burn the processor.
                asio::steady_timer pause(io_, accept_pause);
                co_await pause.async_wait(as_tuple);
                continue;
            }
            auto connection = std::make_shared<Connection>(std::move(socket));
            asio::co_spawn(io_, serve(connection), asio::detached);
        }
    }

    void close_idle() {
        error_code ignored;
        acceptor_.close(ignored);
        for (const auto& connection : connections_)
            if (connection->idle) connection->stream.close();
    }

    asio::awaitable<void> serve(std::shared_ptr<Connection> connection) {
        const bool full = connections_.size() >= options_.max_connections;
        {
            const std::lock_guard lock(mutex_);
            connections_.push_back(connection);
        }
        if (full) {
            connection->stream.expires_after(options_.request_timeout);
            co_await write(*connection, busy(), false, false);
        } else {
            co_await converse(*connection);
        }
        co_await finish(*connection);
        const std::lock_guard lock(mutex_);
        std::erase(connections_, connection);
        drained_.notify_all();
    }

    /// Closing a socket with unread bytes resets it, and the peer may lose our answer: what still comes is read first,
    /// within bounds.
    asio::awaitable<void> finish(Connection& connection) {
        error_code error;
        connection.stream.socket().shutdown(tcp::socket::shutdown_send, error);
        std::string dropped(std::size_t{16} << 10, '\0');
        connection.stream.expires_after(linger);
        for (std::size_t total = 0; !error && !stopping_ && total < options_.max_body_bytes;) {
            auto [read_error, read] = co_await connection.stream.async_read_some(asio::buffer(dropped), as_tuple);
            error = read_error;
            total += read;
        }
        connection.stream.socket().close(error);
    }

    asio::awaitable<void> converse(Connection& connection) {
        beast::flat_buffer buffer;
        error_code ignored;
        const auto remote = connection.stream.socket().remote_endpoint(ignored);
        for (bool keep = true; keep && !stopping_;) {
            bhttp::request_parser<bhttp::string_body> parser;
            parser.header_limit(static_cast<std::uint32_t>(options_.max_header_bytes));
            parser.body_limit(options_.max_body_bytes);
            if (!co_await begin_request(connection, buffer, parser)) co_return;
            connection.idle = false;
            connection.stream.expires_after(options_.request_timeout);
            auto [error, read] = co_await bhttp::async_read(connection.stream, buffer, parser, as_tuple);
            // Beast has closed the socket of one that took too long: there is nobody left to answer.
            if (error == beast::error::timeout || error == bhttp::error::end_of_stream) co_return;
            if (error) {
                co_await write(connection, refusal(error), false, false);
                co_return;
            }
            if (has_unknown_framing(parser.get())) {
                co_await write(connection, problem(501, "Not implemented", "The only transfer encoding is chunked."),
                               false, false);
                co_return;
            }
            keep = parser.get().keep_alive() && !stopping_;
            keep = co_await answer(connection, parser.get(), remote.address().to_string(), keep);
            connection.idle = true;
        }
    }

    /// Waits, up to the idle time, for the first byte of the next request; false when none comes.
    asio::awaitable<bool> begin_request(Connection& connection, beast::flat_buffer& buffer,
                                        bhttp::request_parser<bhttp::string_body>&) {
        if (buffer.size() > 0) co_return true;
        connection.stream.expires_after(options_.idle_timeout);
        auto [error, read] = co_await connection.stream.async_read_some(buffer.prepare(4096), as_tuple);
        if (error) co_return false;
        buffer.commit(read);
        co_return true;
    }

    asio::awaitable<bool> answer(Connection& connection, const bhttp::request<bhttp::string_body>& message,
                                 std::string remote, bool keep) {
        const bool head = message.method() == bhttp::verb::head;
        auto request = to_request(message, std::move(remote));
        if (!request)
            co_return co_await write(connection, problem(400, "Not valid", request.error().message), keep, head);
        // Handlers may block: they run on the workers; the connection waits for them without holding the I/O thread.
        auto response = co_await asio::co_spawn(workers_, handle(*request), asio::use_awaitable);
        if (response.stream && !head) {
            if (streaming_ < options_.max_streams) co_await stream(connection, std::move(response));
            else co_await write(connection, busy(), false, false);
            co_return false;
        }
        connection.stream.expires_after(options_.request_timeout);
        co_return co_await write(connection, std::move(response), keep, head);
    }

    asio::awaitable<ServerResponse> handle(const ServerRequest& request) {
        try {
            co_return handler_(request);
        } catch (const std::exception& e) {
            log::error("a handler threw", {{"path", request.path}, {"error", e.what()}});
            co_return problem(500, "Internal error", "Something went wrong on our side; the server's log says more.");
        }
    }

    static Result<ServerRequest> to_request(const bhttp::request<bhttp::string_body>& message, std::string remote) {
        ServerRequest request;
        request.method = std::string(message.method_string());
        // RFC 9112, 3.2: exactly one.
        if (message.count(bhttp::field::host) != 1 && message.version() >= 11)
            return fail(ErrorCode::invalid_argument, "The request must name one Host.");
        SW_TRY_ASSIGN(auto target, split_target(std::string_view(message.target())));
        request.path = std::move(target.path);
        request.query = std::move(target.query);
        for (const auto& field : message) request.headers.emplace_back(field.name_string(), field.value());
        request.body = message.body();
        request.remote_address = std::move(remote);
        return request;
    }

    asio::awaitable<bool> write(Connection& connection, ServerResponse response, bool keep, bool head) {
        bhttp::response<bhttp::string_body> message;
        message.result(response.status);
        message.version(11);
        for (const auto& [name, value] : response.headers) message.set(name, value);
        message.keep_alive(keep);
        const auto length = response.body.size();
        if (!head) message.body() = std::move(response.body);
        if (response.status != 204 && response.status != 304) message.content_length(length);
        auto [error, written] = co_await bhttp::async_write(connection.stream, message, as_tuple);
        co_return !error && keep;
    }

    /// The handler's stream function runs on a thread of its own pool, as it lives as long as its client cares to
    /// listen, and hands pieces over one by one, waiting until each is written.
    asio::awaitable<void> stream(Connection& connection, ServerResponse response) {
        bhttp::response<bhttp::empty_body> head;
        head.result(response.status);
        head.version(11);
        for (const auto& [name, value] : response.headers) head.set(name, value);
        head.keep_alive(false);
        head.chunked(true);
        bhttp::response_serializer<bhttp::empty_body> serializer(head);
        connection.stream.expires_after(options_.request_timeout);
        ++streaming_;
        auto [error, written] = co_await bhttp::async_write_header(connection.stream, serializer, as_tuple);
        const StreamWriter writer = [this, &connection](std::string_view piece) {
            return hand_over(connection, piece);
        };
        if (!error) co_await asio::co_spawn(stream_workers_, run_stream(response.stream, writer), asio::use_awaitable);
        --streaming_;
        connection.stream.expires_after(options_.request_timeout);
        if (!error) co_await asio::async_write(connection.stream, bhttp::make_chunk_last(), as_tuple);
    }

    /// Called on a stream's thread. The I/O thread may stop while the piece is with it: then nobody says that it was
    /// written.
    bool hand_over(Connection& connection, std::string_view piece) {
        if (stopping_ || piece.empty()) return !stopping_.load();
        auto written = asio::co_spawn(io_, write_chunk(connection, std::string(piece)), asio::use_future);
        while (written.wait_for(std::chrono::milliseconds(100)) != std::future_status::ready)
            if (io_.stopped()) return false;
        return written.get();
    }

    asio::awaitable<void> run_stream(const std::function<void(const StreamWriter&, std::stop_token)>& body,
                                     const StreamWriter& writer) {
        try {
            body(writer, streams_.get_token());
        } catch (const std::exception& e) {
            log::error("a stream ended with an exception", {{"error", e.what()}});
        }
        co_return;
    }

    asio::awaitable<bool> write_chunk(Connection& connection, std::string piece) {
        connection.stream.expires_after(options_.request_timeout);
        auto [error, written] =
            co_await asio::async_write(connection.stream, bhttp::make_chunk(asio::buffer(piece)), as_tuple);
        co_return !error;
    }

    ServerOptions options_;
    Handler handler_;
    asio::io_context io_{1};
    tcp::acceptor acceptor_;
    asio::thread_pool workers_, stream_workers_;
    std::size_t streaming_ = 0;  ///< touched on the I/O thread only
    std::stop_source streams_;
    std::atomic<bool> stopping_ = false;
    std::mutex mutex_;
    std::condition_variable drained_;
    std::vector<std::shared_ptr<Connection>> connections_;  ///< changed on the I/O thread, under the mutex
    std::jthread thread_;
};

}  // namespace

std::string_view ServerRequest::header(std::string_view name) const { return find_header(headers, name); }

Result<std::unique_ptr<Server>> Server::start(ServerOptions options, Handler handler) {
    auto server = std::make_unique<BeastServer>(std::move(options), std::move(handler));
    SW_TRY(server->listen());
    return server;
}

}  // namespace storewright::http
