#include "app/events.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <string>
#include <thread>
#include <vector>

#include "kube/test_api_server.hpp"

namespace storewright::app {
namespace {

using namespace std::chrono_literals;
namespace json = boost::json;
using testing::ElementsAre;

class EventReporterTest : public testing::Test {
  protected:
    void become(domain::Phase phase) {
        domain::StoreStatus after = store.status;
        after.phase = phase;
        events->report_change(store, after, TimePoint{});
        store.status = after;
    }

    std::vector<std::string> written() const {
        std::vector<std::string> reasons;
        for (const auto& request : api.requests())
            reasons.emplace_back(json::parse(request.body).at("reason").as_string());
        return reasons;
    }

    /// For as long as a reporter that does not wait would need many times over.
    void expect_nothing_more_than(std::size_t count) const {
        const auto until = std::chrono::steady_clock::now() + 100ms;
        while (std::chrono::steady_clock::now() < until) {
            ASSERT_EQ(written().size(), count);
            std::this_thread::sleep_for(5ms);
        }
    }

    std::vector<std::string> written_once_there_are(std::size_t count) const {
        const auto until = std::chrono::steady_clock::now() + 5s;
        while (written().size() < count && std::chrono::steady_clock::now() < until) std::this_thread::sleep_for(1ms);
        return written();
    }

    domain::Store store{.key = {"tenant-demo", "shoes"}, .uid = "uid-1"};
    kube::TestApiServer api{[](const http::ServerRequest&) { return kube::json_answer(json::object{}, 201); }};
    std::unique_ptr<kube::Client> client = api.client();
    std::unique_ptr<EventReporter> events = std::make_unique<EventReporter>(*client, 1h);
};

TEST_F(EventReporterTest, they_wait_for_a_pause_in_the_work_and_come_in_order) {
    become(domain::Phase::provisioning);
    become(domain::Phase::ready);
    expect_nothing_more_than(0);
    events->pause_came();
    EXPECT_THAT(written_once_there_are(2), ElementsAre("Provisioning", "Ready"));
    become(domain::Phase::failed);
    expect_nothing_more_than(2);
}

TEST_F(EventReporterTest, a_pause_with_nothing_to_write_is_none) {
    events->pause_came();
    become(domain::Phase::ready);
    expect_nothing_more_than(0);
}

TEST_F(EventReporterTest, they_do_not_wait_for_ever) {
    events = std::make_unique<EventReporter>(*client, 1ms);
    become(domain::Phase::ready);
    EXPECT_THAT(written_once_there_are(1), ElementsAre("Ready"));
}

TEST_F(EventReporterTest, what_waits_at_the_end_is_written) {
    become(domain::Phase::ready);
    events.reset();
    EXPECT_THAT(written(), ElementsAre("Ready"));
}

}  // namespace
}  // namespace storewright::app
