#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <boost/json.hpp>

#include "kube/errors.hpp"
#include "kube/test_api_server.hpp"

namespace storewright::kube {
namespace {

namespace json = boost::json;
using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;

const ObjectRef pod{&kinds::pod, "shop", "web-0"};

json::object named(std::string_view name) {
    return {{"metadata", json::object{{"name", name}, {"namespace", "shop"}}}};
}

TEST(KubeClient, knows_where_each_kind_is) {
    TestApiServer api([](const auto&) { return json_answer(json::object{}); });
    const auto client = api.client();
    ASSERT_TRUE(client->get(pod));
    ASSERT_TRUE(client->get({&kinds::namespace_, "", "shop"}));
    ASSERT_TRUE(client->get({&kinds::store, "tenant-demo", "a b"}));
    ASSERT_TRUE(client->create({&kinds::deployment, "shop", "web"}, named("web")));
    ASSERT_TRUE(client->replace({&kinds::store, "tenant-demo", "shoes"}, named("shoes"), "status"));
    std::vector<std::string> asked;
    for (const auto& r : api.requests()) asked.push_back(r.method + " " + r.path);
    EXPECT_THAT(asked, ElementsAre("GET /api/v1/namespaces/shop/pods/web-0", "GET /api/v1/namespaces/shop",
                                   "GET /apis/storewright.dev/v1alpha1/namespaces/tenant-demo/stores/a b",
                                   "POST /apis/apps/v1/namespaces/shop/deployments",
                                   "PUT /apis/storewright.dev/v1alpha1/namespaces/tenant-demo/stores/shoes/status"));
    // The test's server refuses hidden slashes: what matters is that a name with one does not become another path.
    EXPECT_FALSE(client->get({&kinds::store, "tenant-demo", "../secrets/x"}));
    EXPECT_EQ(api.requests().size(), 5U);
}

TEST(KubeClient, applies_server_side_with_its_field_manager) {
    TestApiServer api([](const auto&) { return json_answer(json::object{}); });
    ASSERT_TRUE(api.client()->apply({pod, named("web-0")}, {.dry_run = true}));
    const auto request = api.requests().front();
    EXPECT_EQ(request.method, "PATCH");
    EXPECT_EQ(request.header("Content-Type"), "application/apply-patch+yaml");
    EXPECT_EQ(request.query, "fieldManager=storewright&force=true&dryRun=All");
}

TEST(KubeClient, deletes_only_what_the_preconditions_name_and_takes_gone_for_done) {
    TestApiServer api([](const auto& r) {
        return r.path.ends_with("gone") ? refusal(404, "not found") : json_answer(json::object{});
    });
    const auto client = api.client();
    EXPECT_TRUE(client->remove(pod, {.uid = "u1", .resource_version = "7"}));
    const auto body = json::parse(api.requests().front().body);
    EXPECT_EQ(body.at("preconditions"), (json::object{{"uid", "u1"}, {"resourceVersion", "7"}}));
    EXPECT_EQ(body.at("propagationPolicy"), "Background");
    EXPECT_TRUE(client->remove({&kinds::pod, "shop", "gone"}));
}

TEST(KubeClient, deletes_all_of_a_kind_in_a_namespace) {
    TestApiServer api([](const auto&) { return json_answer(json::object{{"items", json::array()}}); });
    EXPECT_TRUE(api.client()->remove_all(kinds::pod, "shop", {.grace = std::chrono::seconds(1)}));
    const auto request = api.requests().front();
    EXPECT_EQ(request.method + " " + request.path, "DELETE /api/v1/namespaces/shop/pods");
    EXPECT_EQ(json::parse(request.body).at("gracePeriodSeconds"), 1);
}

TEST(KubeClient, follows_a_list_to_its_end) {
    TestApiServer api([](const http::ServerRequest& r) {
        const bool second = r.query.find("continue=page%202") != std::string::npos;
        json::object metadata{{"resourceVersion", second ? "99" : "41"}};
        if (!second) metadata["continue"] = "page 2";
        return json_answer(json::object{{"metadata", metadata}, {"items", json::array{named(second ? "b" : "a")}}});
    });
    const auto all =
        api.client()->list(kinds::pod, "shop", {.label_selector = "a=b", .field_selector = {}, .limit = 1});
    ASSERT_TRUE(all) << all.error().message;
    EXPECT_EQ(all->items.size(), 2U);
    EXPECT_EQ(all->resource_version, "41");
    EXPECT_THAT(api.requests()[0].query, HasSubstr("labelSelector=a%3Db"));
}

TEST(KubeClient, waits_as_long_as_a_busy_server_asks_and_tries_again) {
    std::atomic<int> calls = 0;
    TestApiServer api([&](const auto&) {
        if (++calls > 1) return json_answer(named("web-0"));
        auto busy = refusal(429, "too many requests");
        busy.headers.emplace_back("Retry-After", "1");
        return busy;
    });
    const auto began = std::chrono::steady_clock::now();
    EXPECT_TRUE(api.client()->create(pod, named("web-0")));
    EXPECT_GE(std::chrono::steady_clock::now() - began, 1s);
    EXPECT_EQ(calls, 2);
}

TEST(KubeClient, does_not_wait_beyond_its_deadline) {
    TestApiServer api([](const auto&) {
        auto busy = refusal(503, "apiserver is shutting down");
        busy.headers.emplace_back("Retry-After", "30");
        return busy;
    });
    const auto answer = api.client()->with_timeout(500ms).get(pod);
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error(), (Error{ErrorCode::unavailable, "apiserver is shutting down", ""}));
    EXPECT_EQ(api.requests().size(), 1U);
}

TEST(KubeClient, many_at_once_are_answered_in_order_and_only_the_refused_are_repeated) {
    std::atomic<int> refused = 0;
    TestApiServer api([&](const http::ServerRequest& r) {
        if (r.path.ends_with("b") && refused++ == 0) return refusal(429, "busy");
        return json_answer(named(r.path.substr(r.path.rfind('/') + 1)));
    });
    std::vector<ApplyRequest> requests;
    for (const char* name : {"a", "b", "c"}) requests.push_back({{&kinds::pod, "shop", name}, named(name)});
    const auto answers = api.client()->apply_all(requests);
    ASSERT_EQ(answers.size(), 3U);
    for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(text_at(*answers[i], "metadata.name"), requests[i].ref.name);
    EXPECT_EQ(api.requests().size(), 4U);
}

TEST(KubeClient, what_is_no_object_is_unavailable) {
    TestApiServer api([](const auto&) { return http::ServerResponse{.body = "<html>"}; });
    EXPECT_EQ(api.client()->get(pod).error().code, ErrorCode::unavailable);
}

TEST(KubeClient, reads_objects_that_nest_deeply_but_not_without_end) {
    const auto nested = [](int depth) {
        std::string text;
        for (int i = 0; i < depth; ++i) text += R"({"f:x":)";
        return text + "1" + std::string(static_cast<std::size_t>(depth), '}');
    };
    EXPECT_TRUE(parse_json(nested(100)));
    EXPECT_FALSE(parse_json(nested(100'000)));
}

http::Response response(unsigned status, std::string body) { return {status, {}, std::move(body)}; }

TEST(KubeErrors, have_the_code_that_their_status_means) {
    const std::pair<unsigned, ErrorCode> table[] = {
        {400, ErrorCode::invalid_argument}, {401, ErrorCode::unauthenticated}, {403, ErrorCode::forbidden},
        {404, ErrorCode::not_found},        {409, ErrorCode::conflict},        {410, ErrorCode::conflict},
        {422, ErrorCode::invalid_argument}, {429, ErrorCode::unavailable},     {500, ErrorCode::unavailable},
        {503, ErrorCode::unavailable}};
    for (const auto& [status, code] : table) EXPECT_EQ(error_of(response(status, "")).code, code) << status;
}

TEST(KubeErrors, carry_the_servers_message_and_the_field) {
    const auto error =
        error_of(response(422, R"({"message":"Store is invalid","details":{"causes":[{"field":"spec.country"}]}})"));
    EXPECT_EQ(error, (Error{ErrorCode::invalid_argument, "Store is invalid", "spec.country"}));
    EXPECT_EQ(error_of(response(500, "garbage")).message, "Kubernetes answered 500");
    EXPECT_EQ(error_of(response(500, R"({"message":7,"details":{"causes":[3]}})")).message, "Kubernetes answered 500");
}

TEST(KubeErrors, a_policys_refusal_is_about_the_input) {
    const auto error =
        error_of(response(403, R"({"message":"ValidatingAdmissionPolicy 'x' denied request: spec.plan: no"})"));
    EXPECT_EQ(error.code, ErrorCode::invalid_argument);
}

TEST(Paths, lead_through_objects) {
    const auto o = json::parse(R"({"a":{"b":"text","n":1}})").as_object();
    EXPECT_EQ(text_at(o, "a.b"), "text");
    EXPECT_EQ(text_at(o, "a.n"), "");
    EXPECT_EQ(value_at(o, "a.b.c"), nullptr);
    EXPECT_EQ(value_at(o, "x"), nullptr);
}

TEST(Kinds, are_found_by_group_version_and_kind) {
    EXPECT_EQ(kinds::find("apps/v1", "Deployment"), &kinds::deployment);
    EXPECT_EQ(kinds::find("v1", "Pod"), &kinds::pod);
    EXPECT_EQ(kinds::find("apps/v1beta1", "Deployment"), nullptr);
    EXPECT_EQ(kinds::find("v1", "Node"), nullptr);
}

}  // namespace
}  // namespace storewright::kube
