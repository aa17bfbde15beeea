#include "app/metrics.hpp"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

namespace storewright::app {

struct Metrics::Series {
    prometheus::Registry registry;
    prometheus::Gauge& queue_depth = prometheus::BuildGauge()
                                         .Name("storewright_queue_depth")
                                         .Help("Stores waiting for a pass.")
                                         .Register(registry)
                                         .Add({});
    prometheus::Histogram& pass_seconds =
        prometheus::BuildHistogram()
            .Name("storewright_pass_duration_seconds")
            .Help("Time of one turn of passes for a store.")
            .Register(registry)
            .Add({}, prometheus::Histogram::BucketBoundaries{0.0001, 0.001, 0.01, 0.05, 0.1, 0.5, 1, 5, 30});
    prometheus::Family<prometheus::Counter>& actions = prometheus::BuildCounter()
                                                           .Name("storewright_actions_total")
                                                           .Help("Actions carried out, by name and outcome.")
                                                           .Register(registry);
    prometheus::Family<prometheus::Gauge>& stores =
        prometheus::BuildGauge().Name("storewright_stores").Help("Stores by phase.").Register(registry);
    prometheus::Family<prometheus::Gauge>& orphans =
        prometheus::BuildGauge()
            .Name("storewright_orphans")
            .Help("Namespaces and hostname reservations whose Store is gone.")
            .Register(registry);
    prometheus::Family<prometheus::Gauge>& sweep_braked =
        prometheus::BuildGauge()
            .Name("storewright_sweep_braked")
            .Help("1 while too many orphans at once keep the sweep from removing any.")
            .Register(registry);
    prometheus::Gauge& leader = prometheus::BuildGauge()
                                    .Name("storewright_leader")
                                    .Help("1 on the replica that holds the lease.")
                                    .Register(registry)
                                    .Add({});
    prometheus::Gauge& stale_seconds = prometheus::BuildGauge()
                                           .Name("storewright_views_stale_seconds")
                                           .Help("Age of the oldest broken watch, 0 when all run.")
                                           .Register(registry)
                                           .Add({});
};

Metrics::Metrics() : series_(std::make_unique<Series>()) {}
Metrics::~Metrics() = default;

void Metrics::queue_depth(std::size_t keys) { series_->queue_depth.Set(static_cast<double>(keys)); }

void Metrics::pass_took(std::chrono::steady_clock::duration time) {
    series_->pass_seconds.Observe(std::chrono::duration<double>(time).count());
}

void Metrics::action(std::string_view name, bool succeeded) {
    series_->actions.Add({{"action", std::string(name)}, {"outcome", succeeded ? "success" : "error"}}).Increment();
}

void Metrics::stores(std::string_view phase, std::size_t count) {
    series_->stores.Add({{"phase", std::string(phase)}}).Set(static_cast<double>(count));
}

void Metrics::sweep(std::string_view what, std::size_t orphans, bool braked) {
    const prometheus::Labels labels{{"kind", std::string(what)}};
    series_->orphans.Add(labels).Set(static_cast<double>(orphans));
    series_->sweep_braked.Add(labels).Set(braked ? 1 : 0);
}

void Metrics::leading(bool leader) { series_->leader.Set(leader ? 1 : 0); }

void Metrics::views_stale(std::chrono::seconds age) { series_->stale_seconds.Set(static_cast<double>(age.count())); }

std::string Metrics::expose() const { return prometheus::TextSerializer().Serialize(series_->registry.Collect()); }

}  // namespace storewright::app
