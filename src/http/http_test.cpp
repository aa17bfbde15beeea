#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <thread>

#include "http/client.hpp"
#include "http/origin.hpp"
#include "http/server.hpp"
#include "http/target.hpp"

namespace storewright::http {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::StartsWith;

ServerResponse echo(const ServerRequest& request) {
    if (request.path == "/throw") throw std::runtime_error("secret detail");
    if (request.path == "/big") return {.body = std::string(3 << 20, 'x')};
    if (request.path == "/stream")
        return {.stream = [](const StreamWriter& write, std::stop_token) {
            for (int i = 0; i < 3; ++i)
                if (!write("piece" + std::to_string(i) + "\n")) return;
        }};
    if (request.path == "/endless")
        return {.stream = [](const StreamWriter& write, std::stop_token stop) {
            while (!stop.stop_requested() && write("tick\n")) std::this_thread::yield();
        }};
    return {.headers = {{"X-Path", request.path}, {"X-Query", request.query}}, .body = request.method + " " + request.body};
}

class HttpTest : public testing::Test {
  protected:
    explicit HttpTest(ServerOptions options = {}) {
        options.address = "127.0.0.1";
        options.port = 0;
        server = *Server::start(options, echo);
        client = *Client::create({.origin = "http://127.0.0.1:" + std::to_string(server->port())});
    }

    /// Sends raw bytes and reads until the server closes.
    std::string raw(std::string_view bytes) {
        const int fd = socket(AF_INET, SOCK_STREAM, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(server->port());
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        EXPECT_EQ(connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
        EXPECT_EQ(write(fd, bytes.data(), bytes.size()), static_cast<ssize_t>(bytes.size()));
        std::string answer;
        char piece[4096];
        for (ssize_t n = 0; (n = read(fd, piece, sizeof piece)) > 0;) answer.append(piece, static_cast<std::size_t>(n));
        close(fd);
        return answer;
    }

    std::unique_ptr<Server> server;
    std::unique_ptr<Client> client;
};

TEST_F(HttpTest, an_exchange_carries_method_path_query_and_body) {
    Request request{.method = "PUT", .target = "/a%20b?x=1", .body = "hello"};
    const auto response = client->send(request);
    ASSERT_TRUE(response) << response.error().message;
    EXPECT_EQ(response->status, 200U);
    EXPECT_EQ(response->body, "PUT hello");
    EXPECT_EQ(response->header("x-path"), "/a b");
    EXPECT_EQ(response->header("X-QUERY"), "x=1");
}

TEST_F(HttpTest, many_at_once_stand_in_order) {
    std::vector<Request> requests(200);
    for (std::size_t i = 0; i < requests.size(); ++i) requests[i].target = "/" + std::to_string(i);
    const auto answers = client->send_all(requests);
    for (std::size_t i = 0; i < answers.size(); ++i) EXPECT_EQ(answers[i]->header("X-Path"), "/" + std::to_string(i));
}

TEST_F(HttpTest, a_handler_that_throws_tells_nothing) {
    const auto response = client->send({.target = "/throw"});
    EXPECT_EQ(response->status, 500U);
    EXPECT_THAT(response->body, testing::Not(HasSubstr("secret")));
}

TEST_F(HttpTest, big_bodies_arrive_whole_or_are_refused) {
    EXPECT_EQ(client->send({.target = "/big"})->body.size(), 3U << 20);
    auto small = *Client::create({.origin = "http://127.0.0.1:" + std::to_string(server->port()), .max_body_bytes = 1000});
    EXPECT_EQ(small->send({.target = "/big"}).error().code, ErrorCode::internal);
}

TEST_F(HttpTest, a_stream_arrives_piece_by_piece_and_may_be_left) {
    std::string all;
    const auto done = client->stream({.target = "/stream"}, 5s, [&](std::string_view piece) { all += piece; return true; }, {});
    ASSERT_TRUE(done) << done.error().message;
    EXPECT_EQ(all, "piece0\npiece1\npiece2\n");
    EXPECT_TRUE(client->stream({.target = "/endless"}, 5s, [](std::string_view) { return false; }, {}));
    std::stop_source stop;
    const auto stopped = client->stream({.target = "/endless"}, 5s, [&](std::string_view) { stop.request_stop(); return true; }, stop.get_token());
    EXPECT_FALSE(stopped);
}

TEST_F(HttpTest, bad_requests_are_answered_not_crashed_on) {
    EXPECT_THAT(raw("nonsense\r\n\r\n"), StartsWith("HTTP/1.1 400"));
    EXPECT_THAT(raw("GET /a%2Fb HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"), StartsWith("HTTP/1.1 400"));
    EXPECT_THAT(raw("GET / HTTP/1.1\r\nHost: x\r\nX: " + std::string(20000, 'y') + "\r\n\r\n"), StartsWith("HTTP/1.1 431"));
    EXPECT_THAT(raw("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 999999\r\n\r\n"), StartsWith("HTTP/1.1 413"));
}

class SlowHttpTest : public HttpTest {
  protected:
    SlowHttpTest() : HttpTest(ServerOptions{.request_timeout = 200ms, .idle_timeout = 200ms}) {}
};

TEST_F(SlowHttpTest, a_request_that_does_not_end_is_cut_off) { EXPECT_EQ(raw("GET / HTTP/1.1\r\nHost: x\r\n"), ""); }

TEST_F(SlowHttpTest, a_connection_closed_while_idle_is_replaced) {
    ASSERT_TRUE(client->send({.target = "/1"}));
    std::this_thread::sleep_for(400ms);  // longer than the server keeps an idle connection
    const auto again = client->send({.target = "/2"});
    ASSERT_TRUE(again) << again.error().message;
}

TEST_F(HttpTest, a_server_that_is_gone_is_unavailable_and_deadlines_hold) {
    const auto port = server->port();
    server->stop(1s);
    auto fresh = *Client::create({.origin = "http://127.0.0.1:" + std::to_string(port)});
    EXPECT_EQ(fresh->send({}).error().code, ErrorCode::unavailable);
}

TEST_F(HttpTest, localhost_names_need_no_resolver) {
    auto local = *Client::create({.origin = "http://shop.test.localhost:" + std::to_string(server->port())});
    EXPECT_TRUE(local->send({}));
}

TEST(Origin, is_parsed_and_written) {
    EXPECT_EQ(parse_origin("https://[::1]:6443")->text(), "https://[::1]:6443");
    EXPECT_EQ(parse_origin("http://example.com")->host_header(), "example.com");
    for (const char* text : {"", "example.com", "ftp://x", "http://", "http://x/path"})
        EXPECT_EQ(parse_origin(text).error().code, ErrorCode::invalid_argument) << text;
}

TEST(TargetTest, control_characters_and_slashes_cannot_hide) {
    EXPECT_EQ(split_target("/a%20b?c=%2F")->path, "/a b");
    for (const char* text : {"", "a", "/%2f", "/%00", "/%0a", "/%zz", "/%1"}) EXPECT_FALSE(split_target(text)) << text;
}

TEST(Encoding, leaves_only_unreserved_characters) { EXPECT_EQ(encode_component("a b/c=~"), "a%20b%2Fc%3D~"); }

}  // namespace
}  // namespace storewright::http
