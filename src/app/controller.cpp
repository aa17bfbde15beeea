#include "app/controller.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <future>

#include "base/log.hpp"
#include "reconcile/decide.hpp"

namespace storewright::app {
namespace {

/// Passes in a row for one store before others get their turn.
constexpr int passes_per_turn = 16;

bool only_probes(const reconcile::Plan& plan) {
    return std::ranges::all_of(plan.actions,
                               [](const auto& action) { return std::holds_alternative<reconcile::Probe>(action); });
}

}  // namespace

Controller::Controller(kube::Client& client, Views& views, Memory& memory, const Config& config, const Offer& offer,
                       const Clock& clock, Prober& prober, Metrics& metrics, ControllerOptions options)
    : metrics_(metrics),
      options_(options),
      observer_(views, memory, config, offer, clock),
      probes_(prober, options.probe_threads),
      events_(client),
      context_{client,  views,   memory,
               config,  offer,   clock,
               probes_, events_, [this](const domain::StoreKey& key) { queue_.add(key); }},
      sweeper_(context_, metrics) {}

Controller::~Controller() { stop(); }

void Controller::start() {
    context_.views.stores().for_each(
        [this](const auto& key, const domain::Store&) { queue_.add({key.first, key.second}); });
    for (unsigned i = 0; i < options_.workers; ++i) workers_.emplace_back([this] { work(); });
    sweeper_.start();
}

void Controller::stop() {
    sweeper_.stop();
    queue_.close();
    workers_.clear();
}

void Controller::work() {
    while (const auto key = queue_.get()) {
        metrics_.queue_depth(queue_.depth());
        const auto started = std::chrono::steady_clock::now();
        try {
            run_pass(*key);
        } catch (const std::exception& e) {
            log::error("a pass ended with an exception", {{"store", key->text()}, {"error", e.what()}});
            queue_.add_after(*key, options_.error_backoff.most);
        }
        metrics_.pass_took(std::chrono::steady_clock::now() - started);
        queue_.done(*key);
        if (queue_.idle()) events_.pause_came();
    }
}

void Controller::run_pass(const domain::StoreKey& key) {
    for (int i = 0; i < passes_per_turn; ++i) {
        const auto o = observer_.observe(key);
        if (!o) return context_.memory.forget(key);
        const auto plan = reconcile::decide(o->facts);
        if (plan.requeue_after) queue_.add_after(key, *plan.requeue_after);
        if (plan.actions.empty()) return;
        log::debug("acting", {{"store", key.text()}, {"step", std::string(plan.step)}, {"why", plan.why}});
        if (!carry_out(*o, plan) || only_probes(plan)) return;
    }
    queue_.add(key);
}

/// Up to the first that fails.
std::vector<Result<>> Controller::act_in_order(const Observation& o, std::span<const reconcile::Action> actions) {
    std::vector<Result<>> outcomes;
    for (const auto& action : actions) {
        outcomes.push_back(act(context_, o, action));
        if (!outcomes.back()) break;
    }
    return outcomes;
}

std::vector<Result<>> Controller::act_at_once(const Observation& o, std::span<const reconcile::Action> actions) {
    std::vector<std::future<Result<>>> under_way;
    for (const auto& action : actions.subspan(1))
        under_way.push_back(std::async(std::launch::async, [&] { return act(context_, o, action); }));
    std::vector<Result<>> outcomes{act(context_, o, actions.front())};
    for (auto& one : under_way) outcomes.push_back(one.get());
    return outcomes;
}

bool Controller::carry_out(const Observation& o, const reconcile::Plan& plan) {
    const auto outcomes = plan.at_once ? act_at_once(o, plan.actions) : act_in_order(o, plan.actions);
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
        if (!outcomes[i]) {
            remember_error(o, plan.actions[i], outcomes[i].error());
            return false;
        }
        metrics_.action(reconcile::name_of(plan.actions[i]), true);
    }
    // Showing an error in the status does not mean that it is over.
    if (plan.step != "wait-after-error")
        context_.memory.update(o.facts.store.key, o.facts.store.uid, [](Remembered& r) { r.last_error.reset(); });
    return true;
}

void Controller::remember_error(const Observation& o, const reconcile::Action& action, Error error) {
    const auto& store = o.facts.store;
    const std::string name(reconcile::name_of(action));
    metrics_.action(name, false);
    std::chrono::milliseconds wait{};
    context_.memory.update(store.key, store.uid, [&](Remembered& r) {
        const unsigned count = (r.last_error ? r.last_error->count : 0) + 1;
        wait = options_.error_backoff.jittered(count);
        r.last_error = reconcile::ActError{error, name, store.generation, count, context_.clock.now() + wait};
    });
    log::warning("an action failed", {{"store", store.key.text()}, {"action", name}, {"error", error.message}});
    // Tried again after the wait; looked at now, so that an error worth showing is in the status meanwhile.
    queue_.add_after(store.key, wait);
    queue_.add(store.key);
}

Result<reconcile::Plan> Controller::plan(const domain::StoreKey& key) {
    const auto o = observer_.observe(key);
    if (!o) return fail(ErrorCode::not_found, fmt::format("there is no store {} in {}", key.name, key.namespace_));
    return reconcile::decide(o->facts);
}

}  // namespace storewright::app
