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
    if (request.path == "/slow") std::this_thread::sleep_for(300ms);
    return {.headers = {{"X-Path", request.path}, {"X-Query", request.query}},
            .body = request.method + " " + request.body};
}

class HttpTest : public testing::Test {
  protected:
    explicit HttpTest(ServerOptions options = {}) {
        options.address = "127.0.0.1";
        options.port = 0;
        server = *Server::start(options, echo);
        client = *Client::create({.origin = "http://127.0.0.1:" + std::to_string(server->port())});
    }

    Result<std::unique_ptr<Client>> another_client() {
        return Client::create({.origin = "http://127.0.0.1:" + std::to_string(server->port())});
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
    auto small =
        *Client::create({.origin = "http://127.0.0.1:" + std::to_string(server->port()), .max_body_bytes = 1000});
    EXPECT_EQ(small->send({.target = "/big"}).error().code, ErrorCode::internal);
}

TEST_F(HttpTest, a_stream_arrives_piece_by_piece_and_may_be_left) {
    std::string all;
    const auto done = client->stream({.target = "/stream"}, 5s,
                                     [&](std::string_view piece) {
                                         all += piece;
                                         return true;
                                     },
                                     {});
    ASSERT_TRUE(done) << done.error().message;
    EXPECT_EQ(all, "piece0\npiece1\npiece2\n");
    EXPECT_TRUE(client->stream({.target = "/endless"}, 5s, [](std::string_view) { return false; }, {}));
    std::stop_source stop;
    const auto stopped = client->stream(
        {.target = "/endless"}, 5s,
        [&](std::string_view) {
            stop.request_stop();
            return true;
        },
        stop.get_token());
    EXPECT_FALSE(stopped);
}

TEST_F(HttpTest, bad_requests_are_answered_not_crashed_on) {
    EXPECT_THAT(raw("nonsense\r\n\r\n"), StartsWith("HTTP/1.1 400"));
    EXPECT_THAT(raw("GET /a%2Fb HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"), StartsWith("HTTP/1.1 400"));
    EXPECT_THAT(raw("GET / HTTP/1.1\r\nHost: x\r\nX: " + std::string(20000, 'y') + "\r\n\r\n"),
                StartsWith("HTTP/1.1 431"));
    EXPECT_THAT(raw("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 999999\r\n\r\n"), StartsWith("HTTP/1.1 413"));
}

TEST_F(HttpTest, a_body_has_one_length) {
    const std::string end = "\r\n\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n";
    for (const char* framing :
         {"Content-Length: 5\r\nTransfer-Encoding: chunked", "Transfer-Encoding: chunked\r\nContent-Length: 5",
          "Content-Length: 5\r\nContent-Length: 6", "Content-Length: -1", "Content-Length: 5, 5x",
          "Transfer-Encoding: chunked, gzip", "Transfer-Encoding: gzip"}) {
        const std::string answer = raw("POST / HTTP/1.1\r\nHost: x\r\n" + std::string(framing) + end);
        EXPECT_THAT(answer, testing::AnyOf(StartsWith("HTTP/1.1 400"), StartsWith("HTTP/1.1 501"))) << framing;
        EXPECT_THAT(answer, testing::Not(HasSubstr("smuggled"))) << framing;
    }
    EXPECT_THAT(raw("POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: "
                    "chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"),
                HasSubstr("POST abc"));
}

TEST_F(HttpTest, a_request_names_one_host) {
    EXPECT_THAT(raw("GET / HTTP/1.1\r\nConnection: close\r\n\r\n"), StartsWith("HTTP/1.1 400"));
    EXPECT_THAT(raw("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\nConnection: close\r\n\r\n"), StartsWith("HTTP/1.1 400"));
}

TEST_F(HttpTest, refusals_are_problem_details) {
    EXPECT_THAT(raw("nonsense\r\n\r\n"),
                testing::AllOf(HasSubstr("application/problem+json"), HasSubstr("\"status\":400")));
}

TEST_F(HttpTest, who_sends_too_much_still_reads_the_answer) {
    const std::string body(600'000, 'x');
    const auto response = client->send({.method = "PUT", .target = "/", .body = body});
    ASSERT_TRUE(response) << response.error().message;
    EXPECT_EQ(response->status, 413U);
}

TEST_F(HttpTest, a_head_answer_has_no_body_even_where_a_get_streams) {
    EXPECT_EQ(client->send({.method = "HEAD", .target = "/stream"})->status, 200U);
    EXPECT_EQ(client->send({.target = "/after"})->header("X-Path"), "/after");
}

TEST_F(HttpTest, the_first_piece_of_a_stream_is_empty_and_says_that_it_is_open) {
    std::vector<std::string> pieces;
    ASSERT_TRUE(client->stream({.target = "/stream"}, 5s,
                               [&](std::string_view piece) {
                                   pieces.emplace_back(piece);
                                   return true;
                               },
                               {}));
    EXPECT_EQ(pieces.front(), "");
}

class StreamingHttpTest : public HttpTest {
  protected:
    StreamingHttpTest() : HttpTest(ServerOptions{.workers = 1, .max_streams = 2}) {}

    /// Follows /endless until told to stop; returns once it runs.
    std::jthread listener(std::stop_source& stop) {
        auto open = std::make_shared<std::atomic<bool>>(false);
        std::jthread thread([this, &stop, open] {
            auto own = *another_client();
            static_cast<void>(own->stream(
                {.target = "/endless"}, 5s, [&](std::string_view) { return *open = true; }, stop.get_token()));
        });
        while (!*open) std::this_thread::yield();
        return thread;
    }
};

TEST_F(StreamingHttpTest, streams_leave_the_handlers_their_threads_and_are_bounded) {
    std::stop_source stop;
    const auto one = listener(stop), two = listener(stop);
    EXPECT_EQ(client->send({.target = "/x"})->status, 200U);
    const auto third = client->stream({.target = "/endless"}, 5s, [](std::string_view) { return true; }, {});
    ASSERT_TRUE(third) << third.error().message;
    EXPECT_EQ(third->status, 503U);
    EXPECT_EQ(third->header("Retry-After"), "1");
    stop.request_stop();
}

TEST_F(StreamingHttpTest, a_stop_ends_streams_and_does_not_wait_for_their_clients) {
    std::stop_source stop;
    const auto one = listener(stop);
    const auto began = std::chrono::steady_clock::now();
    server->stop(2s);
    EXPECT_LT(std::chrono::steady_clock::now() - began, 2s);
    stop.request_stop();
}

TEST_F(StreamingHttpTest, a_hard_stop_amid_a_stream_returns) {
    std::stop_source stop;
    const auto one = listener(stop);
    server->stop(0s);
    server.reset();
    stop.request_stop();
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

/// A POST may not be repeated, so it must not be sent into a connection whose end has come already.
TEST_F(SlowHttpTest, a_post_is_not_sent_into_a_connection_that_was_closed_while_idle) {
    ASSERT_TRUE(client->send({.target = "/1"}));
    std::this_thread::sleep_for(400ms);
    const auto posted = client->send({.method = "POST", .target = "/2", .body = "x"});
    ASSERT_TRUE(posted) << posted.error().message;
    EXPECT_EQ(posted->body, "POST x");
}

TEST_F(HttpTest, an_answer_that_does_not_come_in_time_is_unavailable) {
    const auto late = client->send({.target = "/slow", .timeout = 50ms});
    ASSERT_FALSE(late);
    EXPECT_EQ(late.error().code, ErrorCode::unavailable);
    EXPECT_THAT(late.error().message, HasSubstr("no answer in time"));
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
    for (const char* text : {"", "example.com", "ftp://x", "http://", "http://x/path", "http://x:0", "http://x:99999",
                             "http://x:99999999999", "http://user@x", "http://x?y", "http://x#y"}) {
        const auto origin = parse_origin(text);
        ASSERT_FALSE(origin) << text;
        EXPECT_EQ(origin.error().code, ErrorCode::invalid_argument) << text;
    }
}

TEST(TargetTest, control_characters_and_slashes_cannot_hide) {
    EXPECT_EQ(split_target("/a%20b?c=%2F")->path, "/a b");
    for (const char* text : {"", "a", "/%2f", "/%00", "/%0a", "/%zz", "/%1"}) EXPECT_FALSE(split_target(text)) << text;
}

TEST(Encoding, leaves_only_unreserved_characters) { EXPECT_EQ(encode_component("a b/c=~"), "a%20b%2Fc%3D~"); }

}  // namespace
}  // namespace storewright::http
