#include "reconcile/decide.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reconcile/diagnose.hpp"
#include "reconcile/status.hpp"
#include "reconcile/sweep.hpp"

namespace storewright::reconcile {
namespace {

using namespace std::chrono_literals;
using domain::Phase;
using testing::HasSubstr;

const TimePoint noon = *parse_time("2026-01-01T12:00:00Z");

/// A store that is Ready and to which nothing has to be done.
Observed healthy() {
    Observed o;
    o.now = noon;
    o.seed_id = "seed000000";
    o.store.key = {"tenant-demo", "shoes"};
    o.store.uid = "uid-1";
    o.store.generation = 1;
    o.store.finalizers = {std::string(domain::teardown_finalizer)};
    o.desired.engine.name = "medusa";
    o.desired.engine.chart_version = "0.1.0";
    o.desired.hostnames = {"shoes-demo.example.test"};
    o.desired.url = "http://shoes-demo.example.test";
    o.desired.inputs_digest = "in";
    o.live_digest = "live";
    o.reservations = {{"shoes-demo.example.test", "uid-1"}};
    o.namespace_ = NamespaceFacts{"store-abc", "ns-uid", "uid-1", false, ""};
    o.objects = {{"Deployment", "backend", {}}};
    o.probe = ProbeOutcome{noon, true, "", 0, noon};
    auto& status = o.store.status;
    status.id = "abc";
    status.namespace_ = "store-abc";
    status.version = "0.1.0";
    status.url = o.desired.url;
    status.release = {1, "medusa", "0.1.0", "in", "live", "secrets"};
    status.timings = {noon - 60s, noon - 50s, {}, {}};
    const Plan plan = decide(o);
    o.store.status = std::get<WriteStatus>(plan.actions.at(0)).status;
    return o;
}

const WriteStatus* status_of(const Plan& plan) {
    for (const auto& action : plan.actions)
        if (const auto* write = std::get_if<WriteStatus>(&action)) return write;
    return nullptr;
}

std::vector<std::string_view> names(const Plan& plan) {
    std::vector<std::string_view> all;
    for (const auto& action : plan.actions) all.push_back(name_of(action));
    return all;
}

TEST(Decide, a_healthy_store_needs_nothing) {
    const Observed o = healthy();
    EXPECT_EQ(o.store.status.phase, Phase::ready);
    EXPECT_TRUE(decide(o).actions.empty());
    EXPECT_EQ(decide(o).requeue_after, probe_interval);
}

TEST(Decide, what_was_wrong_with_a_secret_is_looked_at_again_in_time) {
    Observed o = healthy();
    o.secrets = SecretFacts{.mail_problem = "tenant-acme/smtp does not exist", .look_again = noon + 5s};
    EXPECT_EQ(decide(o).requeue_after, 5s);
    o.secrets->missing = {"Secret store-abc/store-internal"};
    EXPECT_EQ(decide(o).requeue_after, 5s);
    o.secrets->look_again = noon - 1s;
    EXPECT_EQ(decide(o).requeue_after, 1ms);
}

struct Case {
    const char* what;
    void (*change)(Observed&);
    const char* step;
    std::vector<std::string_view> actions;
};

TEST(Decide, the_first_unsatisfied_step_speaks) {
    const Case cases[] = {
        {"no finalizer", [](Observed& o) { o.store.finalizers.clear(); }, "finalizer", {"AddFinalizer"}},
        {"a new store",
         [](Observed& o) {
             o.store.status = {};
             o.namespace_.reset();
             o.reservations.clear();
         },
         "identity",
         {"WriteStatus", "ReserveHostnames", "CreateNamespace"}},
        {"a new store whose hostname is taken",
         [](Observed& o) {
             o.store.status = {};
             o.namespace_.reset();
             o.reservations.begin()->second = "uid-2";
         },
         "identity",
         {"WriteStatus"}},
        {"status lost",
         [](Observed& o) {
             o.adoptable = std::exchange(o.namespace_, {});
             o.store.status = {};
         },
         "identity",
         {"WriteStatus"}},
        {"hostname free", [](Observed& o) { o.reservations.clear(); }, "hostnames", {"ReserveHostnames"}},
        {"hostname taken", [](Observed& o) { o.reservations.begin()->second = "uid-2"; }, "hostnames", {"WriteStatus"}},
        {"namespace gone", [](Observed& o) { o.namespace_.reset(); }, "namespace", {"CreateNamespace"}},
        {"namespace of another", [](Observed& o) { o.namespace_->owner_uid = "uid-2"; }, "namespace", {"WriteStatus"}},
        {"spec changed", [](Observed& o) { o.desired.inputs_digest = "in-2"; }, "release", {"ApplyRelease"}},
        {"drift", [](Observed& o) { o.live_digest = "other"; }, "release", {"ApplyRelease"}},
        {"Secrets to look at", [](Observed& o) { o.secrets_due = true; }, "secrets", {"LookAtSecrets"}},
        {"mail changed nothing else",
         [](Observed& o) { o.desired.mail = {true, "Set", "x"}; },
         "ready",
         {"WriteStatus"}},
        {"a Secret gone",
         [](Observed& o) { o.secrets = SecretFacts{.missing = {"Secret store-abc/store-internal"}}; },
         "secrets-kept",
         {"WriteStatus"}},
        {"a Secret changed",
         [](Observed& o) { o.secrets = SecretFacts{.digest = "other"}; },
         "secrets-kept",
         {"WriteStatus"}},
        {"surplus hostname",
         [](Observed& o) { o.reservations["old.example.test"] = "uid-1"; },
         "surplus-hostnames",
         {"ReleaseHostnames"}},
        {"another's hostname is left alone",
         [](Observed& o) { o.reservations["old.example.test"] = "uid-2"; },
         "ready",
         {}},
        {"a part down",
         [](Observed& o) { o.objects[0].readiness = {domain::ReadyState::progressing, "0 of 1"}; },
         "workloads",
         {"WriteStatus"}},
        {"time to probe", [](Observed& o) { o.now += probe_interval; }, "answering", {"Probe"}},
        {"asked before the last application",
         [](Observed& o) {
             o.applied = Applied{o.store.status.release, noon + 1s};
             o.now += 2s;
         },
         "answering",
         {"Probe"}},
        {"asked before it stopped being ready",
         [](Observed& o) {
             for (auto& c : o.store.status.conditions)
                 if (c.type == conditions::ready) {
                     c.status = false;
                     c.since = noon + 1s;
                 }
             o.now += 2s;
         },
         "answering",
         {"Probe"}},
        {"not answering once", [](Observed& o) { o.probe = ProbeOutcome{noon, false, "502", 1}; }, "answering", {}},
        {"not answering",
         [](Observed& o) { o.probe = ProbeOutcome{noon, false, "502", 3}; },
         "answering",
         {"WriteStatus"}},
        {"engine unknown",
         [](Observed& o) { o.desired.refusal = Error{ErrorCode::not_found, "no engine x", "spec.engine"}; },
         "accepted",
         {"WriteStatus"}},
        {"deletion", [](Observed& o) { o.store.deletion_requested = noon; }, "announced", {"WriteStatus"}},
    };
    for (const auto& c : cases) {
        Observed o = healthy();
        c.change(o);
        const Plan plan = decide(o);
        EXPECT_EQ(plan.step, c.step) << c.what;
        EXPECT_EQ(names(plan), c.actions) << c.what;
    }
}

TEST(Decide, a_hostname_given_up_is_free_before_the_change_counts_as_done) {
    Observed o = healthy();
    o.desired.inputs_digest = "in-2";
    o.reservations["old.example.test"] = "uid-1";
    EXPECT_EQ(decide(o).step, "release") << "it is served still";
    o.applied = Applied{o.store.status.release, noon + 1s};
    o.applied->release.inputs_digest = "in-2";
    EXPECT_EQ(decide(o).step, "surplus-hostnames");
    o.reservations.erase("old.example.test");
    EXPECT_EQ(decide(o).step, "record");
}

TEST(Decide, that_its_parts_are_ready_is_written_with_the_shops_answer_or_when_that_is_long_in_coming) {
    Observed o = healthy();
    o.probe.reset();
    std::erase_if(o.store.status.conditions, [](const auto& c) { return c.type == conditions::workloads_ready; });
    const auto says_ready = [](const Plan& plan) {
        const auto* written = status_of(plan);
        return written && domain::find_condition(written->status, conditions::workloads_ready)->status;
    };
    Plan plan = decide(o);
    EXPECT_EQ(plan.step, "answering");
    EXPECT_EQ(plan.actions, std::vector<Action>{Probe{}});
    EXPECT_TRUE(plan.requeue_after);
    o.probing = o.now;
    plan = decide(o);
    EXPECT_TRUE(plan.actions.empty());
    EXPECT_EQ(plan.requeue_after, 250ms);
    o.now += 250ms;
    EXPECT_TRUE(says_ready(decide(o))) << "the answer is long in coming";
    o.now -= 100ms;
    o.probing.reset();
    o.probe = ProbeOutcome{o.now, true, "", 0};
    EXPECT_TRUE(says_ready(decide(o)));
    o.probe = ProbeOutcome{o.now, false, "storefront (/): 502, expected 200", 1};
    EXPECT_TRUE(says_ready(decide(o))) << "whatever the answer is";
    o.probe->asked = o.now - 200ms;
    o.store.status.timings = {noon - 60s, noon - 50s, {}, {}};
    EXPECT_EQ(status_of(decide(o))->status.timings.workloads_ready, o.now - 200ms);
}

TEST(Decide, an_answer_to_a_question_from_before_the_last_application_says_nothing) {
    Observed o = healthy();
    o.applied = Applied{o.store.status.release, o.now};
    o.probe = ProbeOutcome{o.now + 100ms, true, "", 0, o.now - 100ms};
    o.now += 200ms;
    EXPECT_EQ(decide(o).actions, std::vector<Action>{Probe{}});
    o.probe->asked = o.applied->at + 50ms;
    EXPECT_TRUE(decide(o).actions.empty());
}

TEST(Decide, a_shop_that_opens_is_asked_again_sooner_than_one_that_was_open) {
    Observed o = healthy();
    const auto again_after = [&](unsigned failures) {
        o.probe = ProbeOutcome{o.now, false, "502", failures, o.now};
        return decide(o).requeue_after;
    };
    EXPECT_EQ(again_after(1), 250ms);
    EXPECT_EQ(again_after(2), 500ms);
    o.store.status.timings.ready.reset();
    EXPECT_EQ(again_after(1), 100ms);
    EXPECT_EQ(again_after(10), 100ms);
    EXPECT_EQ(again_after(11), 250ms);
    EXPECT_EQ(again_after(12), 500ms);
    EXPECT_EQ(again_after(1000), 15s);
}

TEST(Observed, a_job_is_done_when_its_pod_has_succeeded) {
    Observed o;
    const domain::Readiness running{domain::ReadyState::progressing, "running"};
    o.objects = {{"Job", "setup-1", running}, {"Job", "setup-2", running}, {"Deployment", "setup-1", running}};
    o.pods = {domain::PodFacts{.name = "setup-1-x7k2p", .succeeded = true}, domain::PodFacts{.name = "setup-2-v5bqd"}};
    believe_succeeded_pods(o);
    EXPECT_EQ(o.objects[0].readiness.state, domain::ReadyState::ready);
    EXPECT_EQ(o.objects[1].readiness, running);
    EXPECT_EQ(o.objects[2].readiness, running);
    o.objects[0].readiness = {domain::ReadyState::failed, "BackoffLimitExceeded"};
    believe_succeeded_pods(o);
    EXPECT_EQ(o.objects[0].readiness.state, domain::ReadyState::failed);
}

TEST(Decide, new_secrets_only_for_a_store_that_never_had_any) {
    Observed o = healthy();
    o.live_digest = "other";
    EXPECT_EQ(std::get<ApplyRelease>(decide(o).actions.at(0)), (ApplyRelease{.revision = 1, .create_secrets = false}));
    o.store.status.release = {};
    EXPECT_EQ(std::get<ApplyRelease>(decide(o).actions.at(0)), (ApplyRelease{.revision = 1, .create_secrets = true}));
}

TEST(Decide, a_secret_that_is_gone_is_reported_and_never_drawn_anew) {
    Observed o = healthy();
    o.secrets = SecretFacts{.missing = {"Secret store-abc/store-internal"}};
    o.store.status = status_of(decide(o))->status;
    EXPECT_EQ(o.store.status.phase, Phase::degraded);
    EXPECT_EQ(o.store.status.failure->reason, "SecretMissing");
    EXPECT_THAT(o.store.status.failure->message, HasSubstr("store-internal"));
    EXPECT_TRUE(decide(o).actions.empty());
    o.secrets = SecretFacts{.digest = "put back"};
    o.store.status = status_of(decide(o))->status;
    EXPECT_EQ(o.store.status.release.secrets_digest, "put back");
    EXPECT_EQ(domain::find_condition(o.store.status, conditions::secrets)->reason, "SecretChanged");
    o.store.status = status_of(decide(o))->status;
    EXPECT_EQ(o.store.status.phase, Phase::ready);
    EXPECT_TRUE(decide(o).actions.empty());
}

TEST(Decide, a_store_restored_without_status_finds_its_namespace_again) {
    Observed o = healthy();
    o.store.uid = "uid-2";
    o.store.status = {};
    o.namespace_.reset();
    o.adoptable = NamespaceFacts{"store-abc", "ns-uid", "uid-1", false, ""};
    const Plan plan = decide(o);
    ASSERT_TRUE(status_of(plan));
    EXPECT_EQ(status_of(plan)->status.id, "abc");
    o.store.status = status_of(plan)->status;
    o.namespace_ = o.adoptable;
    o.reservations.begin()->second = "uid-2";
    EXPECT_EQ(decide(o).actions.at(0), Action(AdoptNamespace{"store-abc", "ns-uid"}));
}

TEST(Decide, a_terminating_namespace_is_not_adopted) {
    Observed o = healthy();
    o.store.status = {};
    o.adoptable = NamespaceFacts{"store-abc", "ns-uid", "uid-9", true, ""};
    EXPECT_EQ(status_of(decide(o))->status.id, "seed000000");
}

TEST(Decide, repeated_drift_is_put_right_slowly) {
    Observed o = healthy();
    o.live_digest = "other";
    o.applied = Applied{o.store.status.release, noon - 1s};
    const Plan plan = decide(o);
    EXPECT_TRUE(plan.actions.empty());
    EXPECT_EQ(plan.requeue_after, drift_interval - 1s);
}

TEST(Decide, after_an_error_it_waits_and_a_lasting_error_is_shown) {
    Observed o = healthy();
    o.live_digest = "other";
    o.last_error = ActError{{ErrorCode::unavailable, "no answer", ""}, "ApplyRelease", 1, 1, noon + 5s};
    EXPECT_TRUE(decide(o).actions.empty());
    EXPECT_EQ(decide(o).requeue_after, 5s);
    o.last_error->error.code = ErrorCode::invalid_argument;
    ASSERT_TRUE(status_of(decide(o)));
    EXPECT_EQ(status_of(decide(o))->status.failure->reason, "ApplyReleaseFailed");
    EXPECT_EQ(status_of(decide(o))->status.phase, Phase::degraded);
    o.store.generation = 2;  // a corrected spec is tried at once
    EXPECT_EQ(names(decide(o)), (std::vector<std::string_view>{"ApplyRelease"}));
}

TEST(Decide, an_image_that_cannot_be_pulled_is_a_failure_naming_it) {
    Observed o = healthy();
    o.store.status.timings.ready.reset();
    o.objects[0].readiness = {domain::ReadyState::progressing, "0 of 1"};
    domain::PodFacts pod;
    pod.component = "backend";
    pod.waiting_reason = "ImagePullBackOff";
    pod.waiting_message = "not found";
    pod.image = "localhost/storewright/medusa:nope";
    o.pods = {pod};
    const Plan plan = decide(o);
    ASSERT_TRUE(status_of(plan));
    EXPECT_EQ(status_of(plan)->status.phase, Phase::failed);
    EXPECT_EQ(status_of(plan)->status.failure->reason, "ImagePullFailed");
    EXPECT_THAT(status_of(plan)->status.failure->message, HasSubstr("localhost/storewright/medusa:nope"));
    o.store.status = status_of(plan)->status;
    o.now += 5s;
    EXPECT_TRUE(decide(o).actions.empty()) << "a status that only ages is no news";
}

TEST(Decide, what_a_container_said_last_is_told) {
    Observed o = healthy();
    domain::PodFacts pod{.name = "setup-1a2b-x", .component = "setup", .succeeded = true, .last_words = "from scratch"};
    o.pods = {pod};
    const Plan plan = decide(o);
    EXPECT_EQ(domain::find_condition(status_of(plan)->status, conditions::ready)->message,
              "The shop is open; from scratch");
    o.objects = {{"Job", "setup-1a2b", {domain::ReadyState::failed, "BackoffLimitExceeded"}}};
    pod.succeeded = false;
    pod.exit_code = 78;
    pod.last_words = "the e-mail address is not accepted";
    o.pods = {pod};
    EXPECT_THAT(status_of(decide(o))->status.failure->message, HasSubstr("not accepted"));
    o.objects[0] = {"Deployment", "backend", {domain::ReadyState::progressing, "0 of 1"}};
    o.pods[0].waiting_reason = "CrashLoopBackOff";
    o.pods[0].restarts = 3;
    EXPECT_THAT(status_of(decide(o))->status.failure->message, HasSubstr("(3 restarts): the e-mail address"));
}

TEST(Decide, teardown_ends_with_the_finalizer_and_names_what_holds_it) {
    Observed o = healthy();
    o.store.status.phase = Phase::deleting;
    o.store.deletion_requested = noon;
    EXPECT_EQ(names(decide(o)), (std::vector<std::string_view>{"DeleteNamespace"}));
    o.namespace_->terminating = true;
    o.namespace_->blocked = "metrics.k8s.io is unavailable";
    EXPECT_TRUE(decide(o).actions.empty());
    o.now += 61s;
    EXPECT_THAT(status_of(decide(o))->status.failure->message, HasSubstr("metrics.k8s.io"));
    o.namespace_.reset();
    o.volumes = {"pv-1"};
    EXPECT_THAT(decide(o).why, HasSubstr("pv-1"));
    o.volumes.clear();
    EXPECT_EQ(names(decide(o)), (std::vector<std::string_view>{"ReleaseHostnames"}));
    o.reservations.clear();
    EXPECT_EQ(names(decide(o)), (std::vector<std::string_view>{"RemoveFinalizer"}));
    o.store.finalizers.clear();
    EXPECT_TRUE(decide(o).actions.empty());
}

TEST(Decide, a_foreign_namespace_is_never_deleted) {
    Observed o = healthy();
    o.store.deletion_requested = noon;
    o.store.status.phase = Phase::deleting;
    o.namespace_->owner_uid = "uid-2";
    EXPECT_EQ(names(decide(o)), (std::vector<std::string_view>{"ReleaseHostnames"}));
}

TEST(Sweep, waits_out_the_grace_and_brakes_on_many) {
    const Orphan old{"store-a", "u", "x", noon - sweep_grace}, young{"store-b", "u", "x", noon};
    EXPECT_EQ(decide_sweep({noon, {old, young}}), (SweepPlan{{old}, false}));
    EXPECT_EQ(decide_sweep({noon, std::vector<Orphan>(sweep_brake + 1, old)}), (SweepPlan{{}, true}));
}

}  // namespace
}  // namespace storewright::reconcile
