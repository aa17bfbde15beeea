#include "app/events.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <mutex>
#include <thread>

#include "http/server.hpp"

namespace storewright::app {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;

class EventsTest : public testing::Test {
  protected:
    std::vector<std::string> written() {
        const std::lock_guard lock(mutex);
        return bodies;
    }
    /// Tells that the store has come to that phase.
    void report(EventReporter& reporter, domain::Phase phase) {
        domain::StoreStatus after = store.status;
        after.phase = phase;
        reporter.report_change(store, after, system_clock().now());
    }

    std::mutex mutex;
    std::vector<std::string> bodies;
    std::unique_ptr<http::Server> server = *http::Server::start(
        {.address = "127.0.0.1", .port = 0}, [this](const http::ServerRequest& request) -> http::ServerResponse {
            const std::lock_guard lock(mutex);
            bodies.push_back(request.body);
            return {.status = 201, .body = "{}"};
        });
    kube::Client client{*http::Client::create({.origin = "http://127.0.0.1:" + std::to_string(server->port())})};
    domain::Store store{.key = {"tenant-demo", "shoes"}, .uid = "uid-1"};
};

TEST_F(EventsTest, they_wait_a_moment_and_keep_their_order) {
    EventReporter reporter(client);
    const auto began = std::chrono::steady_clock::now();
    report(reporter, domain::Phase::provisioning);
    report(reporter, domain::Phase::ready);
    while (written().empty() && std::chrono::steady_clock::now() < began + 10s) std::this_thread::sleep_for(5ms);
    EXPECT_GE(std::chrono::steady_clock::now() - began, 900ms);
    while (written().size() < 2 && std::chrono::steady_clock::now() < began + 10s) std::this_thread::sleep_for(5ms);
    EXPECT_THAT(written(), ElementsAre(HasSubstr(R"("reason":"Provisioning")"), HasSubstr(R"("reason":"Ready")")));
}

TEST_F(EventsTest, the_end_does_not_wait_for_them) {
    const auto began = std::chrono::steady_clock::now();
    {
        EventReporter reporter(client);
        report(reporter, domain::Phase::provisioning);
    }
    EXPECT_EQ(written().size(), 1U) << "it is written all the same";
    EXPECT_LT(std::chrono::steady_clock::now() - began, 900ms);
}

}  // namespace
}  // namespace storewright::app
