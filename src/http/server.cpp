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

ServerResponse plain(unsigned status, std::string_view text) {
    return {.status = status, .headers = {{"Content-Type", "text/plain; charset=utf-8"}}, .body = std::string(text) + "\n"};
}

/// The answer to a request that could not even be read.
ServerResponse refusal(const error_code& error) {
    if (error == bhttp::error::header_limit) return plain(431, "The request's header is too large.");
    if (error == bhttp::error::body_limit) return plain(413, "The request's body is too large.");
    return plain(400, "The request is no HTTP/1.1.");
}

class BeastServer final : public Server {
  public:
    BeastServer(ServerOptions options, Handler handler)
        : options_(std::move(options)), handler_(std::move(handler)), acceptor_(io_), workers_(options_.workers) {}

    ~BeastServer() override { stop(std::chrono::milliseconds(0)); }

    Result<> listen() {
        error_code error;
        const auto address = asio::ip::make_address(options_.address, error);
        if (error) return fail(ErrorCode::invalid_argument, fmt::format("'{}' is no address to listen on", options_.address));
        const tcp::endpoint endpoint(address, options_.port);
        acceptor_.open(endpoint.protocol(), error);
        if (!error) acceptor_.set_option(tcp::acceptor::reuse_address(true), error);
        if (!error) acceptor_.bind(endpoint, error);
        if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
        if (error) return fail(ErrorCode::unavailable, fmt::format("listening on {}:{}: {}", options_.address, options_.port, error.message()));
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
            if (error) continue;
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
            co_await write(*connection, plain(503, "Too many connections; try again in a moment."), false, false);
        } else {
            co_await converse(*connection);
        }
        error_code ignored;
        connection->stream.socket().shutdown(tcp::socket::shutdown_both, ignored);
        const std::lock_guard lock(mutex_);
        std::erase(connections_, connection);
        drained_.notify_all();
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
            keep = parser.get().keep_alive() && !stopping_;
            keep = co_await answer(connection, parser.get(), remote.address().to_string(), keep);
            connection.idle = true;
        }
    }

    /// Waits, up to the idle time, for the first byte of the next request; false when none comes.
    asio::awaitable<bool> begin_request(Connection& connection, beast::flat_buffer& buffer, bhttp::request_parser<bhttp::string_body>&) {
        if (buffer.size() > 0) co_return true;
        connection.stream.expires_after(options_.idle_timeout);
        auto [error, read] = co_await connection.stream.async_read_some(buffer.prepare(4096), as_tuple);
        if (error) co_return false;
        buffer.commit(read);
        co_return true;
    }

    asio::awaitable<bool> answer(Connection& connection, const bhttp::request<bhttp::string_body>& message, std::string remote, bool keep) {
        const bool head = message.method() == bhttp::verb::head;
        auto request = to_request(message, std::move(remote));
        if (!request) co_return co_await write(connection, plain(400, request.error().message), keep, head);
        // Handlers may block: they run on the workers; the connection waits for them without holding the I/O thread.
        auto response = co_await asio::co_spawn(workers_, handle(*request), asio::use_awaitable);
        if (response.stream) {
            co_await stream(connection, std::move(response));
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
            co_return plain(500, "Something went wrong on our side; the server's log says more.");
        }
    }

    static Result<ServerRequest> to_request(const bhttp::request<bhttp::string_body>& message, std::string remote) {
        ServerRequest request;
        request.method = std::string(message.method_string());
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

    /// The handler's stream function runs on a worker and hands pieces over one by one, waiting until each is written.
    asio::awaitable<void> stream(Connection& connection, ServerResponse response) {
        bhttp::response<bhttp::empty_body> head;
        head.result(response.status);
        head.version(11);
        for (const auto& [name, value] : response.headers) head.set(name, value);
        head.keep_alive(false);
        head.chunked(true);
        bhttp::response_serializer<bhttp::empty_body> serializer(head);
        connection.stream.expires_after(options_.request_timeout);
        auto [error, written] = co_await bhttp::async_write_header(connection.stream, serializer, as_tuple);
        if (error) co_return;
        const StreamWriter writer = [this, &connection](std::string_view piece) {
            if (stopping_ || piece.empty()) return !stopping_.load();
            return asio::co_spawn(io_, write_chunk(connection, piece), asio::use_future).get();
        };
        co_await asio::co_spawn(workers_, run_stream(response.stream, writer), asio::use_awaitable);
        connection.stream.expires_after(options_.request_timeout);
        co_await asio::async_write(connection.stream, bhttp::make_chunk_last(), as_tuple);
    }

    asio::awaitable<void> run_stream(const std::function<void(const StreamWriter&, std::stop_token)>& body, const StreamWriter& writer) {
        try {
            body(writer, streams_.get_token());
        } catch (const std::exception& e) {
            log::error("a stream ended with an exception", {{"error", e.what()}});
        }
        co_return;
    }

    asio::awaitable<bool> write_chunk(Connection& connection, std::string_view piece) {
        connection.stream.expires_after(options_.request_timeout);
        auto [error, written] = co_await asio::async_write(connection.stream, bhttp::make_chunk(asio::buffer(piece)), as_tuple);
        co_return !error;
    }

    ServerOptions options_;
    Handler handler_;
    asio::io_context io_{1};
    tcp::acceptor acceptor_;
    asio::thread_pool workers_;
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
