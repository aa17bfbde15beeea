#include "app/sizing.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>

#include "domain/quantity.hpp"
#include "kube/client.hpp"

namespace storewright::app {
namespace {

namespace json = boost::json;
using Amounts = std::map<std::string, std::int64_t>;

constexpr std::int64_t one = 1000;  ///< in thousandths
constexpr std::array<std::string_view, 3> resources{"cpu", "memory", "ephemeral-storage"};
/// Beside the engine's: the store's own and its mail's, and Helm's records, one more than are kept while one is
/// written.
constexpr std::int64_t secrets_of_platform = 3 + 11;
/// kube-root-ca.crt, which Kubernetes puts into every namespace.
constexpr std::int64_t config_maps_of_kubernetes = 1;

/// A quantity as charts write it, text or number; nothing when it is not there or none.
std::optional<std::int64_t> amount(const json::value* value) {
    if (!value) return {};
    if (value->is_int64()) return value->as_int64() * one;
    if (!value->is_string()) return {};
    const auto parsed = domain::parse_quantity(std::string_view(value->as_string()));
    return parsed ? std::optional(*parsed) : std::nullopt;
}

std::optional<std::int64_t> amount_in(const json::object& o, std::string_view map, std::string_view name) {
    const auto* amounts = kube::value_at(o, map);
    return amounts && amounts->is_object() ? amount(amounts->as_object().if_contains(name)) : std::nullopt;
}

void add(Amounts& to, const Amounts& more, std::int64_t times = 1) {
    for (const auto& [name, value] : more) to[name] += value * times;
}

void raise(Amounts& to, const Amounts& other) {
    for (const auto& [name, value] : other) to[name] = std::max(to[name], value);
}

/// The LimitRange's rules for containers, or an empty object.
const json::object& container_defaults(const std::vector<json::object>& guardrails) {
    static const json::object none;
    for (const auto& object : guardrails)
        for (const auto& limit : kube::array_at(object, "spec.limits"))
            if (limit.is_object() && kube::text_at(limit.as_object(), "type") == "Container") return limit.as_object();
    return none;
}

class Counter {
  public:
    explicit Counter(const std::vector<json::object>& guardrails) : defaults_(container_defaults(guardrails)) {
        total_.needs["secrets"] = secrets_of_platform * one;
        total_.needs["configmaps"] = config_maps_of_kubernetes * one;
    }

    void count(const json::object& object) {
        const auto* kind = kube::kinds::find(kube::text_at(object, "apiVersion"), kube::text_at(object, "kind"));
        if (!kind) return;
        const auto rule = std::ranges::find(rules, kind, &Rule::kind);
        const std::int64_t copies = rule == rules.end() ? 1 : (this->*rule->count)(object);
        const std::string dot_group = kind->group.empty() ? "" : "." + std::string(kind->group);
        need(fmt::format("count/{}{}", kind->resource, dot_group), copies * one);
        if (kind->group.empty()) need(std::string(kind->resource), copies * one);
    }

    Footprint total() const { return total_; }

  private:
    /// How many objects of the kind there are in the end; what else they need is added to the total.
    struct Rule {
        const kube::Kind* kind;
        std::int64_t (Counter::*count)(const json::object&);
    };
    static const std::array<Rule, 6> rules;

    void need(const std::string& name, std::int64_t value) { total_.needs[name] += value; }

    Amounts of_container(const json::object& container) const {
        Amounts all;
        for (const auto name : resources) {
            const auto limit = amount_in(container, "resources.limits", name);
            const auto request = amount_in(container, "resources.requests", name);
            const auto either = [](auto first, auto second) { return first ? *first : second.value_or(0); };
            all[fmt::format("limits.{}", name)] = either(limit, amount_in(defaults_, "default", name));
            all[fmt::format("requests.{}", name)] =
                request ? *request : either(limit, amount_in(defaults_, "defaultRequest", name));
        }
        return all;
    }

    /// As the scheduler counts: containers run together, those that only initialise one after the other before them.
    Amounts of_pod(const json::object& pod_spec) const {
        Amounts together, alone;
        for (const auto& container : kube::array_at(pod_spec, "containers"))
            if (container.is_object()) add(together, of_container(container.as_object()));
        for (const auto& container : kube::array_at(pod_spec, "initContainers")) {
            if (!container.is_object()) continue;
            const bool stays = kube::text_at(container.as_object(), "restartPolicy") == "Always";
            if (stays) add(together, of_container(container.as_object()));
            else raise(alone, of_container(container.as_object()));
        }
        raise(together, alone);
        return together;
    }

    void add_pods(const json::object& object, std::string_view template_path, std::int64_t pods) {
        need("pods", pods * one);
        const auto* spec = kube::value_at(object, fmt::format("{}.spec", template_path));
        if (!spec || !spec->is_object()) return;
        const auto of_one = of_pod(spec->as_object());
        add(total_.needs, of_one, pods);
        for (const auto name : resources) {
            const auto found = of_one.find(fmt::format("requests.{}", name));
            if (found != of_one.end()) need(std::string(name), found->second * pods);
        }
    }

    void add_volume(const std::string& name, const json::object& claim, std::int64_t copies) {
        const auto size = amount_in(claim, "spec.resources.requests", "storage").value_or(0);
        total_.volumes[name] = size;
        need("requests.storage", size * copies);
    }

    /// Pods that a rolling update runs beside the old ones: by default a quarter, rounded up.
    static std::int64_t surge(const json::object& deployment, std::int64_t replicas) {
        if (kube::text_at(deployment, "spec.strategy.type") == "Recreate") return 0;
        const auto* given = kube::value_at(deployment, "spec.strategy.rollingUpdate.maxSurge");
        if (given && given->is_int64()) return given->as_int64();
        const auto text = given && given->is_string() ? std::string_view(given->as_string()) : std::string_view("25%");
        const auto percent = domain::parse_quantity(text.substr(0, text.find('%'))).value_or(0) / one;
        return (replicas * percent + 99) / 100;
    }

    std::int64_t deployment(const json::object& object) {
        const auto replicas = kube::number_at(object, "spec.replicas", 1);
        add_pods(object, "spec.template", replicas + surge(object, replicas));
        return 1;
    }

    std::int64_t stateful_set(const json::object& object) {
        const auto replicas = kube::number_at(object, "spec.replicas", 1);
        add_pods(object, "spec.template", replicas);
        for (const auto& claim : kube::array_at(object, "spec.volumeClaimTemplates")) {
            if (!claim.is_object()) continue;
            add_volume(std::string(kube::text_at(claim.as_object(), "metadata.name")), claim.as_object(), replicas);
            need("persistentvolumeclaims", replicas * one);
        }
        return 1;
    }

    /// A changed Job is made before the one that it replaces goes.
    std::int64_t job(const json::object& object) {
        add_pods(object, "spec.template", kube::number_at(object, "spec.parallelism", 1));
        return 2;
    }

    std::int64_t cron_job(const json::object& object) {
        add_pods(object, "spec.jobTemplate.spec.template", 1);
        const auto kept = kube::number_at(object, "spec.successfulJobsHistoryLimit", 3) +
                          kube::number_at(object, "spec.failedJobsHistoryLimit", 1);
        need("count/jobs.batch", (kept + 1) * one);
        return 1;
    }

    std::int64_t claim(const json::object& object) {
        add_volume(std::string(kube::text_at(object, "metadata.name")), object, 1);
        return 1;
    }

    std::int64_t service(const json::object& object) {
        const auto type = kube::text_at(object, "spec.type");
        if (type == "LoadBalancer") need("services.loadbalancers", one);
        if (type == "LoadBalancer" || type == "NodePort")
            need("services.nodeports", static_cast<std::int64_t>(kube::array_at(object, "spec.ports").size()) * one);
        return 1;
    }

    const json::object& defaults_;
    Footprint total_;
};

const std::array<Counter::Rule, 6> Counter::rules{{{&kube::kinds::deployment, &Counter::deployment},
                                                   {&kube::kinds::stateful_set, &Counter::stateful_set},
                                                   {&kube::kinds::job, &Counter::job},
                                                   {&kube::kinds::cron_job, &Counter::cron_job},
                                                   {&kube::kinds::persistent_volume_claim, &Counter::claim},
                                                   {&kube::kinds::service, &Counter::service}}};

std::string for_people(std::string_view name, std::int64_t value) {
    return domain::format_quantity(value, name.ends_with("memory") || name.ends_with("storage"));
}

}  // namespace

Footprint footprint_of(const std::vector<json::object>& engine, const std::vector<json::object>& guardrails) {
    Counter counter(guardrails);
    for (const auto& object : engine) counter.count(object);
    return counter.total();
}

domain::Fit fit_of(const Footprint& footprint, const domain::Engine& engine, const domain::Plan& plan) {
    domain::Fit fit{
        .engine = engine.name, .version = engine.chart_version, .plan = plan.name, .needs = {}, .problem = {}};
    std::vector<std::string> problems;
    for (const auto& [name, hard] : plan.quota) {
        const auto needed = footprint.needs.find(name);
        if (needed == footprint.needs.end()) continue;
        fit.needs[name] = for_people(name, needed->second);
        const auto allowed = domain::parse_quantity(hard);
        if (allowed && needed->second > *allowed)
            problems.push_back(fmt::format("{} {}, plan {} allows {}", name, fit.needs[name], plan.name, hard));
    }
    const auto largest = domain::parse_quantity(plan.max_volume_size);
    for (const auto& [claim, size] : footprint.volumes)
        if (largest && size > *largest)
            problems.push_back(fmt::format("a volume of {} ({}), plan {} allows {}", for_people("storage", size), claim,
                                           plan.name, plan.max_volume_size));
    if (!problems.empty()) fit.problem = fmt::format("engine {} needs {}", engine.name, fmt::join(problems, "; "));
    return fit;
}

}  // namespace storewright::app
