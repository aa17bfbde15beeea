// What charts are given, and what is made of what they render.

#include "app/values.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "app/manifests.hpp"
#include "app/secrets.hpp"

namespace storewright::app {
namespace {

namespace json = boost::json;
using testing::HasSubstr;

domain::Store store() {
    domain::Store s{.key = {"tenant-demo", "shoes"}, .uid = "u"};
    s.spec.engine = "static";
    s.spec.admin_email = "owner@example.com";
    s.status.id = "abc";
    s.status.namespace_ = "store-abc";
    return s;
}

const domain::Plan plan{.name = "small",
                        .display_name = "Small",
                        .size = "small",
                        .storage = "1Gi",
                        .max_volume_size = "2Gi",
                        .quota = {{"pods", "10"}}};

TEST(Values, follow_the_contract_and_override_the_operators) {
    Config config;
    config.ingress_tls = true;
    const auto overlay =
        json::parse(R"({"images":{"page":"x:1"},"store":{"id":"forged","extra":1},"replicas":2})").as_object();
    const auto values =
        engine_values(store(), plan, {"shoes-demo.example.com", "shop.example.org"}, nullptr, config, overlay);
    EXPECT_EQ(values.at("store").at("id"), "abc");
    EXPECT_EQ(values.at("store").at("extra"), 1) << "the operator's other values stay";
    EXPECT_EQ(values.at("store").at("url"), "https://shoes-demo.example.com");
    EXPECT_EQ(values.at("store").at("hostnames").as_array().size(), 2U);
    EXPECT_EQ(values.at("store").at("displayName"), "shoes");
    EXPECT_EQ(values.at("secrets"), (json::object{{"admin", "store-admin"}, {"internal", "store-internal"}}));
    EXPECT_EQ(values.at("images").at("page"), "x:1");
    EXPECT_EQ(values.at("replicas"), 2);
    EXPECT_EQ(values.at("mail"), json::parse(R"({"enabled":false,"host":"","port":0,"security":"none","username":"",
                                                 "from":"","secret":"store-mail"})"));
    EXPECT_EQ(guardrail_values(store(), plan, nullptr, config).at("plan").at("quota"), (json::object{{"pods", "10"}}));
}

TEST(Values, mail_is_told_without_its_password) {
    const domain::Mail mail{"smtp.example.com", 465, "tls", "shop", "shop@example.com", {"smtp", "password"}};
    const auto values = engine_values(store(), plan, {"shoes-demo.example.com"}, &mail, {}, {});
    EXPECT_EQ(values.at("mail"), json::parse(R"({"enabled":true,"host":"smtp.example.com","port":465,"security":"tls",
                                                 "username":"shop","from":"shop@example.com","secret":"store-mail"})"));
}

TEST(Values, merge_maps_key_by_key_and_replace_the_rest) {
    auto base = json::parse(R"({"a":{"x":1,"y":2},"l":[1,2],"s":"t"})").as_object();
    merge_values(base, json::parse(R"({"a":{"y":3},"l":[9],"s":{"now":"a map"}})").as_object());
    EXPECT_EQ(json::value(base), json::parse(R"({"a":{"x":1,"y":3},"l":[9],"s":{"now":"a map"}})"));
}

/// An object as a chart renders it, with those changes.
json::object rendered(std::string_view api_version, std::string_view kind, json::object metadata = {}) {
    if (!metadata.contains("name")) metadata["name"] = "web";
    if (!metadata.contains("labels")) metadata["labels"] = json::object{{"storewright.dev/store", "abc"}};
    return {{"apiVersion", api_version},
            {"kind", kind},
            {"metadata", std::move(metadata)},
            {"spec", json::object{{"replicas", 3}}}};
}

Result<std::vector<kube::ApplyRequest>> requests_of(json::object object, Origin origin = Origin::engine) {
    std::vector<json::object> objects;
    objects.push_back(std::move(object));
    return to_requests(std::move(objects), store(), origin);
}

TEST(Manifests, are_placed_and_marked_as_helms) {
    const auto made = requests_of(rendered("apps/v1", "Deployment"));
    ASSERT_TRUE(made) << made.error().message;
    EXPECT_EQ(made->front().ref, (kube::ObjectRef{&kube::kinds::deployment, "store-abc", "web"}));
    const auto& metadata = made->front().object.at("metadata");
    EXPECT_EQ(metadata.at("namespace"), "store-abc");
    EXPECT_EQ(metadata.at("labels").at("app.kubernetes.io/managed-by"), "Helm");
    EXPECT_EQ(metadata.at("annotations").at("meta.helm.sh/release-name"), "store");
    EXPECT_EQ(metadata.at("annotations").at("meta.helm.sh/release-namespace"), "store-abc");
}

TEST(Manifests, an_engine_may_not_reach_beyond_its_store) {
    const std::pair<json::object, const char*> cases[] = {
        {rendered("v1", "Secret"), "Secret"},
        {rendered("v1", "Namespace"), "Namespace"},
        {rendered("v1", "Pod"), "Pod"},
        {rendered("rbac.authorization.k8s.io/v1", "ClusterRole"), "ClusterRole"},
        {rendered("rbac.authorization.k8s.io/v1", "RoleBinding"), "RoleBinding"},
        {rendered("v1", "ResourceQuota"), "ResourceQuota"},
        {rendered("v1", "LimitRange"), "LimitRange"},
        {rendered("apps/v1beta1", "Deployment"), "Deployment"},
        {rendered("apps/v1", "Deployment", {{"namespace", "kube-system"}}), "kube-system"},
        {rendered("apps/v1", "Deployment", {{"labels", json::object{}}}), "storewright.dev/store"},
        {rendered("apps/v1", "Deployment", {{"labels", json::object{{"storewright.dev/store", "other"}}}}),
         "storewright.dev/store"},
        {[] {
             auto job = rendered("batch/v1", "Job");
             job["spec"] = json::object{{"completions", 2}};
             return job;
         }(),
         "several completions"},
        {json::object{}, "may not bring"},
        {json::object{{"apiVersion", 1}, {"kind", json::array{}}}, "may not bring"},
    };
    for (const auto& [object, words] : cases) {
        const auto made = requests_of(object);
        ASSERT_FALSE(made) << json::serialize(object);
        EXPECT_THAT(made.error().message, HasSubstr(words));
    }
    EXPECT_TRUE(requests_of(rendered("v1", "ResourceQuota"), Origin::guardrails));
}

TEST(Manifests, foundations_go_before_what_runs) {
    std::vector<kube::ApplyRequest> all, foundations, workloads;
    for (const auto* kind :
         {&kube::kinds::deployment, &kube::kinds::service, &kube::kinds::job, &kube::kinds::persistent_volume_claim})
        all.push_back({{kind, "store-abc", "x"}, {}});
    split_by_phase(std::move(all), foundations, workloads);
    EXPECT_EQ(foundations.size(), 2U);
    EXPECT_EQ(workloads.front().ref.kind, &kube::kinds::deployment);
    EXPECT_EQ(workloads.size(), 2U);
}

TEST(Manifests, what_starts_first_is_the_charts_to_say) {
    const auto marked = [](const char* start) {
        return kube::ApplyRequest{
            {&kube::kinds::deployment, "store-abc", "x"},
            {{"metadata", json::object{{"annotations", json::object{{"storewright.dev/start", start}}}}}}};
    };
    EXPECT_TRUE(starts_first(marked("first")));
    EXPECT_FALSE(starts_first(marked("later")));
    EXPECT_FALSE(starts_first({{&kube::kinds::deployment, "store-abc", "x"}, {}}));
}

TEST(Manifests, suspending_scales_to_zero_and_keeps_the_data) {
    std::vector<kube::ApplyRequest> all;
    for (const auto* kind : {&kube::kinds::deployment, &kube::kinds::stateful_set, &kube::kinds::cron_job,
                             &kube::kinds::horizontal_pod_autoscaler, &kube::kinds::persistent_volume_claim})
        all.push_back({{kind, "store-abc", "x"}, json::object{{"spec", json::object{{"replicas", 3}}}}});
    suspend(all);
    ASSERT_EQ(all.size(), 4U) << "an autoscaler would scale it up again";
    EXPECT_EQ(all[0].object.at("spec").at("replicas"), 0);
    EXPECT_EQ(all[1].object.at("spec").at("replicas"), 0);
    EXPECT_EQ(all[2].object.at("spec").at("suspend"), true);
    EXPECT_EQ(all[3].ref.kind, &kube::kinds::persistent_volume_claim);
}

TEST(Secrets, are_drawn_as_the_engine_says_and_differ) {
    const std::vector<domain::SecretKey> keys{{.key = "email", .from = "adminEmail"},
                                              {.key = "password", .length = 20},
                                              {.key = "api", .prefix = "pk_", .length = 64, .hex = true}};
    const auto one = make_secret(store(), "store-admin", keys), two = make_secret(store(), "store-admin", keys);
    const auto text = [](const json::object& secret, const char* key) {
        return std::string(secret.at("stringData").at(key).as_string());
    };
    EXPECT_EQ(text(one, "email"), "owner@example.com");
    EXPECT_THAT(text(one, "password"), testing::MatchesRegex("[A-Za-z0-9]{20}"));
    EXPECT_THAT(text(one, "api"), testing::MatchesRegex("pk_[0-9a-f]{64}"));
    EXPECT_NE(text(one, "password"), text(two, "password"));
    EXPECT_EQ(one.at("metadata").at("labels").at("storewright.dev/store"), "abc");
}

}  // namespace
}  // namespace storewright::app
