#pragma once
// observe: from the watch caches and the controller's memory to one struct. Writes nothing, asks nobody.

#include "app/config.hpp"
#include "app/mail.hpp"
#include "app/memory.hpp"
#include "app/offer.hpp"
#include "app/views.hpp"
#include "base/time.hpp"
#include "domain/catalog.hpp"
#include "reconcile/observed.hpp"

namespace storewright::app {

/// Beside what decide() sees, what act needs to carry the plan out.
struct Observation {
    reconcile::Observed facts;
    domain::Plan plan;
    std::optional<MailSource> mail;
    boost::json::object engine_values;
    boost::json::object guardrail_values;
};

class Observer {
  public:
    Observer(Views& views, Memory& memory, const Config& config, const Offer& offer, const Clock& clock)
        : views_(views), memory_(memory), config_(config), offer_(offer), clock_(clock), started_(clock.now()) {}

    /// Nothing when there is no such Store (any more).
    std::optional<Observation> observe(const domain::StoreKey& key);

  private:
    void resolve(Observation& o) const;
    bool secrets_due(const Observation& o) const;
    Result<> acceptable(const Observation& o) const;
    void look_at_reservations(reconcile::Observed& facts) const;
    void look_at_namespace(reconcile::Observed& facts) const;
    void look_into_namespace(reconcile::Observed& facts) const;

    Views& views_;
    Memory& memory_;
    const Config& config_;
    const Offer& offer_;
    const Clock& clock_;
    TimePoint started_;
};

}  // namespace storewright::app
