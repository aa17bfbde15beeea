// A first application against an API server that is a function: what is sent, in which order it may be, and what a
// refusal leaves behind. The charts are those of the test engine and the guardrails.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <boost/json.hpp>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <thread>

#include "app/act.hpp"
#include "app/config.hpp"
#include "app/values.hpp"
#include "helm/helm.hpp"
#include "http/server.hpp"

namespace storewright::app {
namespace {

namespace json = boost::json;
using testing::HasSubstr;
using namespace std::chrono_literals;

class NoProber final : public Prober {
  public:
    Result<> probe(const ProbeTarget&) override { return {}; }
};

const domain::Plan plan{.name = "small",
                        .display_name = "Small",
                        .size = "small",
                        .storage = "1Gi",
                        .max_volume_size = "2Gi",
                        .quota = {{"pods", "10"}}};

class ApplyReleaseTest : public testing::Test {
  protected:
    ApplyReleaseTest() {
        offer.guardrails_path = "charts/guardrails";
        auto& store = o.facts.store;
        store.key = {"tenant-demo", "shoes"};
        store.uid = "uid-1";
        store.resource_version = "7";
        store.spec.engine = "static";
        store.status.id = "abc";
        store.status.namespace_ = "store-abc";
        o.facts.now = clock.now();
        o.facts.desired.engine.name = "static";
        o.facts.desired.engine.chart_version = "0.1.0";
        o.facts.desired.engine.chart_path = "tests/engines/static";
        o.engine_values = engine_values(store, plan, {"shoes-demo.example.com"}, nullptr, config,
                                        {{"images", json::object{{"static", "localhost/static:1"}}}});
        o.guardrail_values = guardrail_values(store, plan, nullptr, config);
        views.namespaces().saw(
            {{"metadata", json::object{{"name", "store-abc"},
                                       {"uid", "ns"},
                                       {"resourceVersion", "1"},
                                       {"annotations", json::object{{domain::owner_uid_annotation, "uid-1"}}}}}});
    }

    http::ServerResponse kubernetes(const http::ServerRequest& request) {
        const std::string what = request.method + " " + request.path;
        if (!slow.empty() && what.find(slow) != std::string::npos) std::this_thread::sleep_for(50ms);
        const std::lock_guard lock(mutex);
        calls.push_back(what);
        if (!refused.empty() && what.find(refused) != std::string::npos)
            return {.status = 422, .body = R"({"kind":"Status","message":"it is refused","code":422})"};
        if (what == "GET /apis/storewright.dev/v1alpha1/namespaces/tenant-demo/stores/shoes")
            return {.body = R"({"metadata":{"name":"shoes","namespace":"tenant-demo","uid":"uid-1"}})"};
        const bool is_secret = request.path.find("/secrets") != std::string::npos;
        if (is_secret && request.method == "POST" && refusals > 0) {
            --refusals;
            return {.status = refusal,
                    .body = fmt::format(R"({{"kind":"Status","message":"not now","code":{}}})", refusal)};
        }
        if (is_secret && request.method != "POST" && record.empty())
            return {.status = 404, .body = R"({"kind":"Status","message":"there is none","code":404})"};
        if (request.method == "GET") return {.body = json::serialize(record)};
        auto object = json::parse(request.body).as_object();
        auto& metadata = object["metadata"].as_object();
        if (is_secret && metadata["name"].as_string().starts_with("sh.helm.release.")) {
            if (request.method == "POST" && !record.empty())
                return {.status = 409, .body = R"({"kind":"Status","message":"exists already","code":409})"};
            record = object;
        }
        metadata["uid"] = "u";
        metadata["resourceVersion"] = std::to_string(++version);
        return {.body = json::serialize(object)};
    }

    std::size_t position(std::string_view call) {
        const auto found =
            std::ranges::find_if(calls, [&](const auto& c) { return c.find(call) != std::string::npos; });
        EXPECT_NE(found, calls.end()) << call;
        return static_cast<std::size_t>(found - calls.begin());
    }
    std::string state_of_record() const { return std::string(kube::text_at(record, "metadata.labels.status")); }
    Result<> apply() { return apply_release(context, o, {.revision = 1, .create_secrets = true}); }

    std::mutex mutex;
    std::vector<std::string> calls;
    std::string slow;        ///< calls of which this is a part take a while
    std::string refused;     ///< calls of which this is a part are answered 422
    unsigned refusal = 409;  ///< how as many creations of Secrets are answered as
    int refusals = 0;        ///< says
    json::object record;     ///< the release's Secret, as it was written last
    int version = 10;
    std::unique_ptr<http::Server> server =
        *http::Server::start({.address = "127.0.0.1", .port = 0},
                             [this](const http::ServerRequest& request) { return kubernetes(request); });
    kube::Client client{*http::Client::create({.origin = "http://127.0.0.1:" + std::to_string(server->port())})};
    Config config;
    Offer offer;
    Memory memory;
    Views views{client, [](const domain::StoreKey&) {}};
    NoProber prober;
    ProbeRunner probes{prober, 1};
    EventReporter events{client};
    const Clock& clock = system_clock();
    ActContext context{client, views, memory, config, offer, clock, probes, events, [](const domain::StoreKey&) {}};
    Observation o;
};

TEST_F(ApplyReleaseTest, workloads_wait_for_all_that_they_stand_on) {
    for (const char* needed :
         {"/rolebindings/", "/resourcequotas/", "/limitranges/", "/networkpolicies/default-deny",
          "/persistentvolumeclaims/", "/serviceaccounts/", "POST /api/v1/namespaces/store-abc/secrets"}) {
        slow = needed;
        calls.clear();
        record.clear();
        const auto applied = apply();
        ASSERT_TRUE(applied) << applied.error().message;
        EXPECT_LT(position(needed), std::min(position("/deployments/"), position("/jobs/"))) << needed;
        EXPECT_EQ(state_of_record(), "deployed");
    }
    EXPECT_TRUE(memory.recall(o.facts.store.key, "uid-1").applied);
}

/// A copy of the test engine's chart in which the Deployment is to start first.
std::filesystem::path chart_that_starts_its_page_first() {
    namespace fs = std::filesystem;
    const fs::path copy = fs::temp_directory_path() / fmt::format("start-first-{}", getpid());
    fs::remove_all(copy);
    fs::copy("tests/engines/static", copy, fs::copy_options::recursive);
    const fs::path page = copy / "templates/page.yaml";
    std::string text = *read_file(page);
    const std::string before = "kind: Deployment\nmetadata:\n";
    const auto at = text.find(before);
    EXPECT_NE(at, std::string::npos);
    text.insert(at + before.size(), "  annotations: {storewright.dev/start: first}\n");
    std::ofstream(page) << text;
    return copy;
}

TEST_F(ApplyReleaseTest, what_starts_first_is_there_before_the_others_are_sent) {
    const auto chart = chart_that_starts_its_page_first();
    o.facts.desired.engine.chart_path = chart;
    slow = "/deployments/";
    const auto applied = apply();
    std::filesystem::remove_all(chart);
    ASSERT_TRUE(applied) << applied.error().message;
    EXPECT_LT(position("/deployments/"), position("/jobs/"));
}

TEST_F(ApplyReleaseTest, the_record_of_a_refused_workload_says_that_it_failed) {
    refused = "PATCH /apis/apps/v1/namespaces/store-abc/deployments/";
    const auto applied = apply();
    ASSERT_FALSE(applied);
    EXPECT_THAT(applied.error().message, HasSubstr("it is refused"));
    EXPECT_EQ(state_of_record(), "failed");
    EXPECT_FALSE(memory.recall(o.facts.store.key, "uid-1").applied);
    // The next try does not claim anything before it is so, and its success replaces the record.
    o.facts.last_error = reconcile::ActError{.error = applied.error(), .action = "ApplyRelease", .count = 1};
    calls.clear();
    EXPECT_FALSE(apply());
    EXPECT_EQ(state_of_record(), "failed");
    refused.clear();
    calls.clear();
    ASSERT_TRUE(apply());
    EXPECT_EQ(state_of_record(), "deployed");
    EXPECT_LT(position("/deployments/"),
              position("PUT /api/v1/namespaces/store-abc/secrets/sh.helm.release.v1.store.v1"));
}

TEST_F(ApplyReleaseTest, a_conflict_over_the_quota_or_rights_that_come_later_hold_no_secret_up) {
    for (const unsigned answer : {409U, 403U}) {
        refusal = answer;
        refusals = 2;
        record.clear();
        const auto applied = apply();
        EXPECT_TRUE(applied) << answer << ": " << applied.error().message;
        EXPECT_EQ(refusals, 0);
        EXPECT_EQ(state_of_record(), "deployed");
    }
    refusal = 409;
    refusals = 1000;
    record.clear();
    const auto applied = apply();
    ASSERT_FALSE(applied);
    EXPECT_THAT(applied.error().message, HasSubstr("not now"));
}

TEST_F(ApplyReleaseTest, a_status_just_written_is_as_good_as_a_live_read) {
    const std::string live_read = "GET /apis/storewright.dev/v1alpha1/namespaces/tenant-demo/stores/shoes";
    ASSERT_TRUE(apply());
    EXPECT_THAT(calls, testing::Contains(live_read));
    const auto wrote = [&](std::string written, std::chrono::steady_clock::duration ago) {
        memory.update(o.facts.store.key, "uid-1", [&](Remembered& r) {
            r.written_version = std::move(written);
            r.written_at = std::chrono::steady_clock::now() - ago;
        });
        calls.clear();
        EXPECT_TRUE(apply());
    };
    wrote("7", 0s);
    EXPECT_THAT(calls, testing::Not(testing::Contains(live_read)));
    wrote("6", 0s);
    EXPECT_THAT(calls, testing::Contains(live_read)) << "it was another version";
    wrote("7", 2s);
    EXPECT_THAT(calls, testing::Contains(live_read)) << "it was long ago";
}

}  // namespace
}  // namespace storewright::app
