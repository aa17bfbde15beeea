#include "kube/readiness.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "kube/owned_fields.hpp"

namespace storewright::kube {
namespace {

namespace json = boost::json;

json::object parsed(const char* text) { return json::parse(text).as_object(); }

struct Case {
    const char* what;
    ReadyState state;
    const char* object;
};

TEST(Readiness, follows_kstatus) {
    const Case cases[] = {
        {"a kind without rules", ReadyState::ready, R"({"kind":"ConfigMap"})"},
        {"being deleted", ReadyState::progressing,
         R"({"kind":"ConfigMap","metadata":{"deletionTimestamp":"2026-01-01T00:00:00Z"}})"},
        {"deployment not noticed", ReadyState::progressing,
         R"({"kind":"Deployment","metadata":{"generation":2},"spec":{"replicas":1},"status":{"observedGeneration":1,"replicas":1,"updatedReplicas":1,"availableReplicas":1}})"},
        {"deployment ready", ReadyState::ready,
         R"({"kind":"Deployment","metadata":{"generation":2},"spec":{"replicas":1},"status":{"observedGeneration":2,"replicas":1,"updatedReplicas":1,"availableReplicas":1}})"},
        {"deployment of none", ReadyState::ready,
         R"({"kind":"Deployment","metadata":{"generation":1},"spec":{"replicas":0},"status":{"observedGeneration":1}})"},
        {"deployment unavailable", ReadyState::progressing,
         R"({"kind":"Deployment","spec":{"replicas":2},"status":{"replicas":2,"updatedReplicas":2,"availableReplicas":1}})"},
        {"deployment with old replicas", ReadyState::progressing,
         R"({"kind":"Deployment","spec":{"replicas":1},"status":{"replicas":2,"updatedReplicas":1,"availableReplicas":1}})"},
        {"deployment stuck", ReadyState::failed,
         R"({"kind":"Deployment","spec":{"replicas":1},"status":{"conditions":[{"type":"Progressing","status":"False","message":"deadline"}]}})"},
        {"deployment refused", ReadyState::failed,
         R"({"kind":"Deployment","spec":{"replicas":1},"status":{"conditions":[{"type":"ReplicaFailure","status":"True","message":"exceeded quota"}]}})"},
        {"stateful set ready", ReadyState::ready,
         R"({"kind":"StatefulSet","spec":{"replicas":1},"status":{"readyReplicas":1,"replicas":1,"currentRevision":"a","updateRevision":"a"}})"},
        {"stateful set updating", ReadyState::progressing,
         R"({"kind":"StatefulSet","spec":{"replicas":1},"status":{"readyReplicas":1,"replicas":1,"currentRevision":"a","updateRevision":"b"}})"},
        {"job running", ReadyState::progressing, R"({"kind":"Job","status":{"active":1}})"},
        {"job complete", ReadyState::ready,
         R"({"kind":"Job","status":{"conditions":[{"type":"Complete","status":"True"}]}})"},
        {"job failed", ReadyState::failed,
         R"({"kind":"Job","status":{"conditions":[{"type":"Failed","status":"True","reason":"BackoffLimitExceeded"}]}})"},
        {"claim bound", ReadyState::ready, R"({"kind":"PersistentVolumeClaim","status":{"phase":"Bound"}})"},
        {"claim pending", ReadyState::progressing, R"({"kind":"PersistentVolumeClaim","status":{"phase":"Pending"}})"},
        {"claim lost", ReadyState::failed, R"({"kind":"PersistentVolumeClaim","status":{"phase":"Lost"}})"},
        {"pod succeeded", ReadyState::ready, R"({"kind":"Pod","status":{"phase":"Succeeded"}})"},
        {"pod starting", ReadyState::progressing,
         R"({"kind":"Pod","status":{"phase":"Running","conditions":[{"type":"Ready","status":"False"}]}})"},
        {"wrong types", ReadyState::progressing,
         R"({"kind":"Deployment","spec":{"replicas":"x"},"status":{"conditions":7}})"},
    };
    for (const auto& c : cases) EXPECT_EQ(readiness_of(parsed(c.object)).state, c.state) << c.what;
}

TEST(PodFactsTest, blame_the_container_that_has_something_to_say) {
    const auto facts = pod_facts(parsed(R"({
        "metadata":{"name":"web-0","labels":{"app.kubernetes.io/component":"backend"}},
        "status":{"phase":"Running","conditions":[{"type":"Ready","status":"False"},{"type":"PodScheduled","status":"True"}],
          "initContainerStatuses":[{"name":"init","restartCount":1,"state":{"terminated":{"exitCode":0}},"lastState":{"terminated":{"exitCode":1}}}],
          "containerStatuses":[
            {"name":"fine","restartCount":0,"state":{"running":{}}},
            {"name":"app","image":"shop:1","restartCount":4,"state":{"waiting":{"reason":"CrashLoopBackOff","message":"back-off"}},
             "lastState":{"terminated":{"exitCode":137,"reason":"OOMKilled","message":"password=x\nout of ideas\n\n"}}}]}})"));
    EXPECT_EQ(facts.component, "backend");
    EXPECT_EQ(facts.container, "app");
    EXPECT_EQ(facts.image, "shop:1");
    EXPECT_EQ(facts.waiting_reason, "CrashLoopBackOff");
    EXPECT_EQ(facts.terminated_reason, "OOMKilled");
    EXPECT_EQ(facts.exit_code, 137);
    EXPECT_EQ(facts.last_words, "out of ideas") << "the last line alone";
    EXPECT_EQ(facts.restarts, 5);
    EXPECT_FALSE(facts.ready);
}

TEST(PodFactsTest, a_container_that_is_being_created_says_nothing) {
    const auto facts = pod_facts(parsed(
        R"({"status":{"containerStatuses":[{"name":"app","state":{"waiting":{"reason":"ContainerCreating"}}}]}})"));
    EXPECT_EQ(facts.container, "");
    const auto stuck = pod_facts(
        parsed(R"({"status":{"conditions":[{"type":"PodScheduled","status":"False","message":"0/1 nodes"}]}})"));
    EXPECT_EQ(stuck.unschedulable, "0/1 nodes");
}

TEST(PodFactsTest, a_pod_has_succeeded_when_all_its_containers_have_and_none_starts_again) {
    const auto succeeded = [](std::string_view policy, std::string_view statuses, std::string_view phase = "Running",
                              std::string_view metadata = "{}") {
        const auto pod = fmt::format(R"({{"metadata":{},"spec":{{"restartPolicy":"{}","containers":[{{}},{{}}]}},
            "status":{{"phase":"{}","containerStatuses":[{}]}}}})",
                                     metadata, policy, phase, statuses);
        return pod_facts(parsed(pod.c_str())).succeeded;
    };
    const std::string well = R"({"state":{"terminated":{"exitCode":0}}})",
                      badly = R"({"state":{"terminated":{"exitCode":1}}})",
                      running = R"({"state":{"running":{}},"lastState":{"terminated":{"exitCode":0}}})";
    EXPECT_TRUE(succeeded("Never", well + "," + well));
    EXPECT_TRUE(succeeded("OnFailure", well + "," + well));
    EXPECT_FALSE(succeeded("Always", well + "," + well));
    EXPECT_FALSE(succeeded("Never", well + "," + badly));
    EXPECT_FALSE(succeeded("Never", well + "," + running));
    EXPECT_FALSE(succeeded("Never", well)) << "of the other container nothing is known yet";
    EXPECT_FALSE(succeeded("Never", ""));
    EXPECT_FALSE(succeeded("Never", well + "," + well, "Failed")) << "it was evicted";
    EXPECT_FALSE(succeeded("Never", well + "," + well, "Running", R"({"deletionTimestamp":"2026-01-01T00:00:00Z"})"));
    EXPECT_TRUE(pod_facts(parsed(R"({"status":{"phase":"Succeeded"}})")).succeeded);
}

TEST(PodFactsTest, last_words_are_short_and_whole) {
    const auto of = [](const std::string& message) {
        const json::object ended{{"exitCode", 0}, {"message", message}};
        return pod_facts({{"status",
                           json::object{{"containerStatuses",
                                         json::array{json::object{{"state", json::object{{"terminated", ended}}}}}}}}})
            .last_words;
    };
    EXPECT_EQ(of("set up from an empty database"), "set up from an empty database");
    EXPECT_EQ(of(" \n \n"), "");
    EXPECT_EQ(of(std::string(299, 'x') + "\u00f8 and more"), std::string(299, 'x') + "...");
}

/// A Deployment of which "storewright" owns spec.replicas, one container's image and a label.
json::object owned() {
    return parsed(R"({"metadata":{"uid":"u","labels":{"a.b/c":"x","foreign":"y"},"resourceVersion":"1",
        "managedFields":[{"manager":"kubectl","operation":"Apply","fieldsV1":{"f:spec":{"f:paused":{}}}},
          {"manager":"storewright","operation":"Update","subresource":"status","fieldsV1":{"f:status":{}}},
          {"manager":"storewright","operation":"Apply","fieldsV1":{
          "f:metadata":{"f:labels":{"f:a.b/c":{}},"f:finalizers":{"v:\"keep\"":{}}},
          "f:spec":{"f:replicas":{},"f:containers":{"k:{\"name\":\"app\"}":{".":{},"f:name":{},"f:image":{}}}}}}],
        "finalizers":["keep","other"]},
      "spec":{"replicas":1,"containers":[{"name":"side","image":"z"},{"name":"app","image":"shop:1","tty":false}]},"status":{}})");
}

std::string digest(const json::object& o) { return owned_fields_digest(o, "storewright"); }

TEST(OwnedFields, changes_of_what_we_own_are_seen) {
    const std::string before = digest(owned());
    ASSERT_FALSE(before.empty());
    void (*const changes[])(json::object&) = {
        [](json::object& o) { o["spec"].as_object()["replicas"] = 2; },
        [](json::object& o) { o["spec"].as_object().erase("replicas"); },
        [](json::object& o) { o["spec"].at("containers").as_array()[1].as_object()["image"] = "evil"; },
        [](json::object& o) { o["spec"].at("containers").as_array().pop_back(); },
        [](json::object& o) { o["metadata"].at("labels").as_object()["a.b/c"] = "z"; },
        [](json::object& o) { o["metadata"].as_object()["finalizers"] = json::array{"other"}; },
        [](json::object& o) { o["metadata"].as_object()["uid"] = "another object"; },
    };
    for (const auto& change : changes) {
        auto o = owned();
        change(o);
        EXPECT_NE(digest(o), before) << &change - &changes[0];
    }
}

TEST(OwnedFields, what_others_and_the_server_do_is_not_ours) {
    const std::string before = digest(owned());
    void (*const changes[])(json::object&) = {
        [](json::object& o) { o["spec"].as_object()["paused"] = true; },
        [](json::object& o) { o["status"].as_object()["replicas"] = 1; },
        [](json::object& o) { o["metadata"].as_object()["resourceVersion"] = "9"; },
        [](json::object& o) { o["metadata"].at("labels").as_object()["foreign"] = "z"; },
        [](json::object& o) { o["spec"].at("containers").as_array()[1].as_object()["tty"] = true; },
        [](json::object& o) {
            std::swap(o["spec"].at("containers").as_array()[0], o["spec"].at("containers").as_array()[1]);
        },
    };
    for (const auto& change : changes) {
        auto o = owned();
        change(o);
        EXPECT_EQ(digest(o), before) << &change - &changes[0];
    }
    EXPECT_EQ(owned_fields_digest(owned(), "nobody"), "");
    EXPECT_EQ(digest(json::object{}), "");
}

}  // namespace
}  // namespace storewright::kube
