// A model of the world that carries out plans, drops some of their actions, forgets what only memory knew, and lets
// others meddle: whatever happens, a store ends Ready, a deleted one ends gone, and both then stay as they are.

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "reconcile/decide.hpp"

namespace storewright::reconcile {
namespace {

using namespace std::chrono_literals;
using domain::Phase;

struct World {
    Observed o;
    int revision_written = 0;
    bool answering = true;
    bool gone = false;  ///< the Store object itself

    World() {
        o.now = *parse_time("2026-01-01T00:00:00Z");
        o.store.key = {"tenant-demo", "shoes"};
        o.store.uid = "uid-1";
        o.seed_id = "id1";
        o.store.generation = 1;
        o.store.created = o.now;
        o.desired.engine.name = "medusa";
        o.desired.engine.chart_version = "0.1.0";
        o.desired.hostnames = {"shoes-demo.storewright.localhost"};
        o.desired.url = "http://shoes-demo.storewright.localhost";
        o.desired.inputs_digest = "in-1";
    }

    void operator()(const AddFinalizer&) { o.store.finalizers = {std::string(domain::teardown_finalizer)}; }
    void operator()(const RemoveFinalizer&) {
        o.store.finalizers.clear();
        gone = true;
    }
    void operator()(const WriteStatus& a) { o.store.status = a.status; }
    void operator()(const ReserveHostnames& a) {
        for (const auto& h : a.hostnames) o.reservations.try_emplace(h, o.store.uid);
    }
    void operator()(const ReleaseHostnames& a) {
        for (const auto& h : a.hostnames) o.reservations.erase(h);
    }
    void operator()(const CreateNamespace& a) {
        o.namespace_ = NamespaceFacts{a.name, "ns-uid", o.store.uid, false, ""};
    }
    void operator()(const AdoptNamespace&) { o.namespace_->owner_uid = o.store.uid; }
    void operator()(const ApplyRelease& a) {
        o.live_digest = "live-of-" + o.desired.inputs_digest;
        o.objects = {{"Deployment", "web", {domain::ReadyState::progressing, "0 of 1 replicas ready"}}};
        revision_written = a.revision;
        o.applied = Applied{{a.revision, "medusa", "0.1.0", o.desired.inputs_digest, o.live_digest, "secrets"}, o.now};
    }
    void operator()(const LookAtSecrets&) {
        o.secrets_due = false;
        o.secrets = SecretFacts{.at = o.now, .digest = o.store.status.release.secrets_digest};
    }
    void operator()(const Probe&) {
        const unsigned failures = answering ? 0 : (o.probe ? o.probe->failures + 1 : 1);
        o.probe = ProbeOutcome{o.now, answering, answering ? "" : "storefront (/): 502, expected 200", failures, o.now};
    }
    void operator()(const DeleteNamespace&) { o.namespace_->terminating = true; }

    /// What goes on in a cluster by itself.
    void evolve() {
        o.now += 1s;
        for (auto& object : o.objects) object.readiness = {};
        if (o.namespace_ && o.namespace_->terminating) {
            o.namespace_.reset();
            o.objects.clear();
            o.live_digest.clear();
        }
    }

    /// One pass; an action for which `drops` says so does not happen, nor do those after it, unless all were begun at
    /// once: the process died there.
    template <typename Drops>
    Plan pass(Drops drops) {
        const Plan plan = decide(o);
        RC_ASSERT(plan == decide(o));
        for (const auto& action : plan.actions) {
            if (!drops()) {
                std::visit(*this, action);
                continue;
            }
            o.applied.reset();
            o.probe.reset();
            if (!plan.at_once) break;
        }
        return plan;
    }

    /// Passes until nothing is left to do now.
    void settle() {
        for (int i = 0; i < 200 && !gone; ++i) {
            const Plan plan = pass([] { return false; });
            if (plan.actions.empty() && plan.step == (o.store.spec.suspended ? "suspended" : "ready")) return;
            evolve();
        }
    }
};

/// Something that happens from outside.
void meddle(World& w) {
    switch (*rc::gen::inRange(0, 9)) {
        case 0: w.o.live_digest = "changed by somebody"; break;
        case 1:
            w.o.desired.inputs_digest = "in-" + std::to_string(*rc::gen::inRange(1, 4));
            ++w.o.store.generation;
            break;
        case 2: w.answering = false; break;
        case 3: w.answering = true; break;
        case 4: w.o.store.spec.suspended = !w.o.store.spec.suspended; break;
        case 5: w.o.desired.hostnames = {"shoes-demo.storewright.localhost", "shop.example.com"}; break;
        case 6: w.o.desired.hostnames = {"shoes-demo.storewright.localhost"}; break;
        case 7: w.o.secrets_due = true; break;
        default: w.evolve(); break;
    }
}

void disturbed_run(World& w) {
    const int steps = *rc::gen::inRange(0, 60);
    for (int i = 0; i < steps && !w.gone; ++i) {
        meddle(w);
        w.pass([] { return *rc::gen::inRange(0, 3) == 0; });
        w.evolve();
    }
    w.answering = true;
}

RC_GTEST_PROP(Model, every_store_ends_ready_and_stays, ()) {
    World w;
    disturbed_run(w);
    w.o.store.spec.suspended = false;
    w.settle();
    const auto& status = w.o.store.status;
    RC_ASSERT(status.phase == Phase::ready);
    RC_ASSERT(!status.failure);
    RC_ASSERT(status.release.inputs_digest == w.o.desired.inputs_digest);
    RC_ASSERT(status.release.live_digest == w.o.live_digest);
    RC_ASSERT(status.release.revision == w.revision_written);
    RC_ASSERT(w.o.namespace_->name == status.namespace_);
    RC_ASSERT(w.o.reservations.size() == w.o.desired.hostnames.size());
    RC_ASSERT(decide(w.o).actions.empty());
}

RC_GTEST_PROP(Model, the_id_never_changes, ()) {
    World w;
    std::string id;
    for (int i = 0; i < 60; ++i) {
        meddle(w);
        w.pass([] { return *rc::gen::inRange(0, 3) == 0; });
        w.evolve();
        if (id.empty()) id = w.o.store.status.id;
        RC_ASSERT(w.o.store.status.id == id);
    }
}

RC_GTEST_PROP(Model, every_deleted_store_ends_gone, ()) {
    World w;
    disturbed_run(w);
    const bool has_finalizer = w.o.store.has_finalizer();
    w.o.store.deletion_requested = w.o.now;
    for (int i = 0; i < 30 && !w.gone; ++i) {
        w.pass([] { return *rc::gen::inRange(0, 3) == 0; });
        w.evolve();
    }
    w.settle();
    RC_ASSERT(w.gone == has_finalizer);
    RC_ASSERT(!w.o.namespace_);
    RC_ASSERT(w.o.reservations.empty());
}

}  // namespace
}  // namespace storewright::reconcile
