#include "app/prober.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <mutex>
#include <set>
#include <string>

#include "http/server.hpp"

namespace storewright::app {
namespace {

using testing::HasSubstr;
using testing::UnorderedElementsAre;
using namespace std::chrono_literals;

class HttpProberTest : public testing::Test {
  protected:
    http::ServerResponse shop(const http::ServerRequest& request) {
        const std::lock_guard lock(mutex);
        asked.insert(request.path);
        const auto found = answers.find(request.path);
        return found == answers.end() ? http::ServerResponse{.body = "it is me"} : found->second;
    }

    Result<> probe() {
        asked.clear();
        HttpProber prober(*http::Client::create({.origin = "http://127.0.0.1:" + std::to_string(server->port())}));
        return prober.probe(
            {.hostname = "shoes.example.com",
             .probes = {{.name = "backend", .path = "/ready", .status = 200, .contains = "me", .timeout = 5s},
                        {.name = "admin", .path = "/app", .status = 200, .contains = "me", .timeout = 5s},
                        {.name = "storefront", .path = "/", .status = 200, .contains = "me", .timeout = 5s}}});
    }

    std::mutex mutex;
    std::set<std::string> asked;
    std::map<std::string, http::ServerResponse> answers;
    std::unique_ptr<http::Server> server = *http::Server::start(
        {.address = "127.0.0.1", .port = 0}, [this](const http::ServerRequest& request) { return shop(request); });
};

TEST_F(HttpProberTest, asks_everything_of_a_shop_that_answers) {
    EXPECT_TRUE(probe());
    EXPECT_THAT(asked, UnorderedElementsAre("/ready", "/app", "/"));
}

TEST_F(HttpProberTest, asks_nothing_more_while_the_first_question_fails) {
    answers["/ready"] = {.status = 503};
    EXPECT_THAT(probe().error().message, HasSubstr("backend (/ready): answered 503 instead of 200"));
    EXPECT_THAT(asked, UnorderedElementsAre("/ready"));
}

TEST_F(HttpProberTest, names_the_first_of_what_fails_in_the_order_of_the_engine) {
    answers["/app"] = {.body = "another"};
    answers["/"] = {.status = 502};
    EXPECT_THAT(probe().error().message, HasSubstr("admin (/app): the answer lacks 'me'"));
    EXPECT_THAT(asked, UnorderedElementsAre("/ready", "/app", "/"));
}

}  // namespace
}  // namespace storewright::app
