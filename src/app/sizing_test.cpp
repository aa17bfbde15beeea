// What a store needs of a quota, from what its charts render.

#include "app/sizing.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "domain/quantity.hpp"

namespace storewright::app {
namespace {

namespace json = boost::json;

std::vector<json::object> objects(std::string_view list) {
    std::vector<json::object> all;
    const auto parsed = json::parse(list);
    for (const auto& item : parsed.as_array()) all.push_back(item.as_object());
    return all;
}

const auto guardrails = objects(R"([{"apiVersion":"v1","kind":"LimitRange","spec":{"limits":[
    {"type":"Container","default":{"cpu":"500m","memory":"256Mi"},"defaultRequest":{"cpu":"10m","memory":"32Mi"}}]}}])");

/// What `list` needs of that quota, as people read it.
std::string need(std::string_view list, const std::string& name) {
    const auto footprint = footprint_of(objects(list), guardrails);
    const auto found = footprint.needs.find(name);
    return found == footprint.needs.end() ? "-" : domain::format_quantity(found->second, name.ends_with("memory"));
}

/// A Deployment of pods with 100m and 1 CPU.
std::string deployment(std::string_view spec) {
    return std::string(R"([{"apiVersion":"apps/v1","kind":"Deployment","spec":{)") + std::string(spec) +
           R"("template":{"spec":{"containers":[{"resources":{"requests":{"cpu":"100m"},"limits":{"cpu":1}}}]}}}}])";
}

TEST(Footprint, a_rolling_update_runs_more_pods_than_there_are_replicas) {
    EXPECT_EQ(need(deployment(""), "pods"), "2");
    EXPECT_EQ(need(deployment(R"("replicas":5,)"), "pods"), "7") << "a quarter, rounded up";
    EXPECT_EQ(need(deployment(R"("replicas":5,"strategy":{"type":"Recreate"},)"), "pods"), "5");
    EXPECT_EQ(need(deployment(R"("replicas":4,"strategy":{"rollingUpdate":{"maxSurge":3}},)"), "pods"), "7");
    EXPECT_EQ(need(deployment(R"("replicas":4,"strategy":{"rollingUpdate":{"maxSurge":"100%"}},)"), "pods"), "8");
    EXPECT_EQ(need(deployment(R"("replicas":3,"strategy":{"type":"Recreate"},)"), "requests.cpu"), "300m");
    EXPECT_EQ(need(deployment(R"("replicas":3,"strategy":{"type":"Recreate"},)"), "limits.cpu"), "3");
    EXPECT_EQ(need(deployment(""), "count/deployments.apps"), "1");
}

TEST(Footprint, containers_without_resources_get_those_of_the_limit_range) {
    const std::string pod = deployment(R"("strategy":{"type":"Recreate"},)");
    EXPECT_EQ(need(pod, "limits.memory"), "256Mi");
    EXPECT_EQ(need(pod, "requests.memory"), "32Mi");
}

TEST(Footprint, a_pod_needs_what_its_containers_need_at_the_same_time) {
    const auto job = [](std::string_view spec) {
        return std::string(R"([{"apiVersion":"batch/v1","kind":"Job","spec":{"template":{"spec":{)") +
               std::string(spec) + "}}}}]";
    };
    EXPECT_EQ(need(job(R"("containers":[{"resources":{"limits":{"cpu":1}}},{"resources":{"limits":{"cpu":2}}}])"),
                   "requests.cpu"),
              "3")
        << "a limit alone is the request as well";
    EXPECT_EQ(need(job(R"("containers":[{"resources":{"limits":{"cpu":1}}}],
                          "initContainers":[{"resources":{"limits":{"cpu":4}}},{"resources":{"limits":{"cpu":3}}}])"),
                   "limits.cpu"),
              "4");
    EXPECT_EQ(need(job(R"("containers":[{"resources":{"limits":{"cpu":1}}}],
                          "initContainers":[{"restartPolicy":"Always","resources":{"limits":{"cpu":4}}}])"),
                   "limits.cpu"),
              "5");
    EXPECT_EQ(need(job(R"("containers":[])"), "count/jobs.batch"), "2") << "a changed Job runs beside the old one";
}

TEST(Footprint, counts_volumes_and_other_objects) {
    const char* list = R"([
        {"apiVersion":"v1","kind":"PersistentVolumeClaim","metadata":{"name":"data"},
         "spec":{"resources":{"requests":{"storage":"2Gi"}}}},
        {"apiVersion":"apps/v1","kind":"StatefulSet","spec":{"replicas":3,"template":{"spec":{"containers":[]}},
         "volumeClaimTemplates":[{"metadata":{"name":"db"},"spec":{"resources":{"requests":{"storage":"1Gi"}}}}]}},
        {"apiVersion":"batch/v1","kind":"CronJob","spec":{"jobTemplate":{"spec":{"template":{"spec":{}}}}}},
        {"apiVersion":"v1","kind":"Service","spec":{"type":"NodePort","ports":[{"port":1},{"port":2}]}},
        {"apiVersion":"v1","kind":"ConfigMap"}, {"apiVersion":"example.com/v1","kind":"Unknown"}])";
    EXPECT_EQ(need(list, "persistentvolumeclaims"), "4");
    EXPECT_EQ(need(list, "requests.storage"), std::to_string(5LL << 30));
    EXPECT_EQ(need(list, "count/jobs.batch"), "5") << "history and one that runs";
    EXPECT_EQ(need(list, "services.nodeports"), "2");
    EXPECT_EQ(need(list, "services.loadbalancers"), "-");
    EXPECT_EQ(need(list, "configmaps"), "2") << "with Kubernetes' own";
    EXPECT_EQ(footprint_of(objects(list), guardrails).volumes.at("data"), (2LL << 30) * 1000);
}

TEST(Fit, names_each_limit_that_is_too_low) {
    Footprint footprint;
    footprint.needs = {{"limits.memory", *domain::parse_quantity("3075Mi")}, {"pods", 3000}, {"services", 1000}};
    footprint.volumes = {{"data", *domain::parse_quantity("2Gi")}};
    const domain::Engine engine{.name = "medusa"};
    domain::Plan plan{.name = "tiny", .max_volume_size = "2Gi", .quota = {{"limits.memory", "1Gi"}, {"pods", "3"}}};
    const auto fit = fit_of(footprint, engine, plan);
    EXPECT_EQ(fit.problem, "engine medusa needs limits.memory 3.1Gi, plan tiny allows 1Gi");
    EXPECT_EQ(fit.needs, (std::map<std::string, std::string>{{"limits.memory", "3.1Gi"}, {"pods", "3"}}));
    plan.quota["limits.memory"] = "4Gi";
    EXPECT_EQ(fit_of(footprint, engine, plan).problem, "");
    plan.max_volume_size = "1Gi";
    EXPECT_EQ(fit_of(footprint, engine, plan).problem,
              "engine medusa needs a volume of 2Gi (data), plan tiny allows 1Gi");
}

}  // namespace
}  // namespace storewright::app
