#include "kube/lease.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <boost/json.hpp>

#include "kube/test_api_server.hpp"

namespace storewright::kube {
namespace {

namespace json = boost::json;
using namespace std::chrono_literals;

constexpr auto patience = 10s;

bool eventually(const std::function<bool()>& holds) {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (!holds() && std::chrono::steady_clock::now() < deadline) std::this_thread::sleep_for(5ms);
    return holds();
}

/// One Lease, with the API server's optimistic locking.
class LeaseTest : public testing::Test {
  protected:
    http::ServerResponse answer(const http::ServerRequest& request) {
        if (hang) std::this_thread::sleep_for(1s);  // far beyond a request's share of the deadline
        const std::lock_guard lock(mutex);
        if (down) return refusal(500, "etcd is away");
        if (request.method == "GET") return lease.empty() ? refusal(404, "not found") : json_answer(lease);
        auto sent = json::parse(request.body).as_object();
        const bool stale =
            request.method == "PUT" && text_at(sent, "metadata.resourceVersion") != std::to_string(version);
        if (stale || (request.method == "POST" && !lease.empty()) || conflicts > 0) {
            conflicts = std::max(conflicts - 1, 0);
            return refusal(409, "the object has been modified");
        }
        store(std::move(sent));
        return json_answer(lease);
    }
    void store(json::object sent) {
        sent["metadata"].as_object()["resourceVersion"] = std::to_string(++version);
        lease = std::move(sent);
    }
    void held_by(std::string_view holder, int seconds) {
        const std::lock_guard lock(mutex);
        store({{"metadata", json::object{{"name", "storewright-controller"}}},
               {"spec",
                json::object{{"holderIdentity", holder}, {"leaseDurationSeconds", seconds}, {"leaseTransitions", 4}}}});
    }
    std::string holder() {
        const std::lock_guard lock(mutex);
        return std::string(text_at(lease, "spec.holderIdentity"));
    }
    std::int64_t transitions() {
        const std::lock_guard lock(mutex);
        return value_at(lease, "spec.leaseTransitions")->as_int64();
    }
    std::unique_ptr<LeaderElector> elect(std::string identity) {
        return std::make_unique<LeaderElector>(
            *client,
            LeaseOptions{.namespace_ = "system",
                         .identity = std::move(identity),
                         .duration = 2s,
                         .renew_deadline = 800ms,
                         .retry_period = 20ms},
            [this] { ++started; }, [this] { ++stopped; });
    }

    std::mutex mutex;
    json::object lease;
    int version = 0;
    int conflicts = 0;
    bool down = false;
    std::atomic<bool> hang = false;
    std::atomic<int> started = 0, stopped = 0;
    TestApiServer api{[this](const http::ServerRequest& request) { return answer(request); }};
    std::unique_ptr<Client> client = api.client();
};

TEST_F(LeaseTest, the_first_takes_it_and_gives_it_back) {
    auto elector = elect("a");
    ASSERT_TRUE(eventually([&] { return started == 1; }));
    EXPECT_TRUE(elector->leading());
    EXPECT_EQ(holder(), "a");
    elector.reset();
    EXPECT_EQ(holder(), "");
    EXPECT_EQ(stopped, 0);
}

TEST_F(LeaseTest, a_holder_that_renews_is_left_alone_and_one_that_does_not_is_succeeded) {
    held_by("other", 1);
    auto elector = elect("a");
    for (int i = 0; i < 10; ++i) {
        std::this_thread::sleep_for(100ms);
        held_by("other", 1);
    }
    EXPECT_EQ(started, 0);
    ASSERT_TRUE(eventually([&] { return started == 1; }));
    EXPECT_EQ(holder(), "a");
    EXPECT_EQ(transitions(), 5);
}

TEST_F(LeaseTest, a_restarted_holder_goes_on_at_once) {
    held_by("a", 3600);
    auto elector = elect("a");
    ASSERT_TRUE(eventually([&] { return started == 1; }));
    EXPECT_EQ(transitions(), 4);
}

TEST_F(LeaseTest, whoever_loses_it_to_another_stops) {
    auto elector = elect("a");
    ASSERT_TRUE(eventually([&] { return started == 1; }));
    held_by("usurper", 3600);
    ASSERT_TRUE(eventually([&] { return stopped == 1; }));
    EXPECT_FALSE(elector->leading());
    elector.reset();
    EXPECT_EQ(holder(), "usurper");
}

TEST_F(LeaseTest, a_conflict_alone_loses_nothing) {
    auto elector = elect("a");
    ASSERT_TRUE(eventually([&] { return started == 1; }));
    {
        const std::lock_guard lock(mutex);
        conflicts = 3;
    }
    ASSERT_TRUE(eventually([&] {
        const std::lock_guard lock(mutex);
        return conflicts == 0;
    }));
    const auto before = api.requests().size();
    ASSERT_TRUE(eventually([&] { return api.requests().size() > before + 4; }));
    EXPECT_TRUE(elector->leading());
    EXPECT_EQ(stopped, 0);
}

TEST_F(LeaseTest, whoever_cannot_renew_stops_before_the_lease_is_anothers) {
    auto elector = elect("a");
    ASSERT_TRUE(eventually([&] { return started == 1; }));
    const auto since = std::chrono::steady_clock::now();
    {
        const std::lock_guard lock(mutex);
        down = true;
    }
    ASSERT_TRUE(eventually([&] { return stopped == 1; }));
    EXPECT_LT(std::chrono::steady_clock::now() - since, 2s);
}

TEST_F(LeaseTest, an_api_server_that_does_not_answer_is_not_waited_for_beyond_the_lease) {
    auto elector = elect("a");
    ASSERT_TRUE(eventually([&] { return started == 1; }));
    const auto since = std::chrono::steady_clock::now();
    hang = true;
    ASSERT_TRUE(eventually([&] { return stopped == 1; }));
    EXPECT_LT(std::chrono::steady_clock::now() - since, 2s);
    hang = false;
}

}  // namespace
}  // namespace storewright::kube
