#pragma once
// act: one function per action of a plan. Makes no choices: what it does is written in the action, and it stops at the
// first error, which leaves a state that the next pass completes.

#include "app/events.hpp"
#include "app/memory.hpp"
#include "app/observe.hpp"
#include "app/prober.hpp"
#include "app/views.hpp"
#include "kube/client.hpp"
#include "reconcile/plan.hpp"

namespace storewright::app {

/// What all actions need.
struct ActContext {
    kube::Client& client;
    Views& views;
    Memory& memory;
    const Config& config;
    const Offer& offer;
    const Clock& clock;
    ProbeRunner& probes;
    EventReporter& events;
    std::function<void(const domain::StoreKey&)> look_again;  ///< puts the key into the queue
};

Result<> act(ActContext& context, const Observation& o, const reconcile::Action& action);

/// Reads the Store live and makes sure that it still is the one observed; and that the namespace it names is its own.
/// Before a store's namespace is deleted.
Result<> verify_live(ActContext& context, const Observation& o);

/// The same before something is written into the namespace: a status that we have just written under that very
/// resourceVersion counts as the live read.
Result<> verify_current(ActContext& context, const Observation& o);

/// ApplyRelease, in apply_release.cpp.
Result<> apply_release(ActContext& context, const Observation& o, const reconcile::ApplyRelease& action);

}  // namespace storewright::app
