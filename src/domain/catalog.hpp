#pragma once
// What the operator offers: engines (charts with an engine.yaml) and plans (named sizes).

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "domain/mail.hpp"

namespace storewright::domain {

/// One key of a generated Secret: either taken from the store's settings or drawn from the CSPRNG.
struct SecretKey {
    std::string key;
    std::string from;      ///< "adminEmail", or empty: generated
    std::string prefix;    ///< put before the generated characters
    unsigned length = 32;  ///< of the generated part, in characters
    bool hex = false;      ///< alphabet: hexadecimal digits instead of letters and digits
    bool operator==(const SecretKey&) const = default;
};

/// An endpoint that must answer before a store is called Ready.
struct ProbeSpec {
    std::string name;
    std::string path;
    unsigned status = 200;
    std::string contains;  ///< text the body must hold; empty: any
    std::chrono::seconds timeout{10};
    bool operator==(const ProbeSpec&) const = default;
};

/// One installed version of an engine: a chart and its engine.yaml.
struct Engine {
    std::string name;
    std::string display_name;
    std::string description;
    std::string chart_version;  ///< semantic version, from Chart.yaml
    std::string chart_path;     ///< directory of the chart
    std::string chart_digest;   ///< over the chart's files and the operator's values
    std::string admin_path;
    std::chrono::seconds provision_deadline{600};
    std::vector<std::string> images;  ///< the values images.<name> that the operator has to give
    std::vector<SecretKey> admin_secret;
    std::vector<SecretKey> internal_secret;
    std::vector<ProbeSpec> probes;
    std::string unavailable;  ///< why no store of it can be created and what to do, or empty
    bool renderable = true;  ///< false: its chart or an image is not there, so that its stores cannot be changed either
    bool operator==(const Engine&) const = default;
};

/// A named size.
struct Plan {
    std::string name;
    std::string display_name;
    std::string size;             ///< small, medium, large: the chart's own table says what that means
    std::string storage;          ///< quantity, of each data volume
    std::string max_volume_size;  ///< quantity
    bool internet_egress = false;
    std::map<std::string, std::string> quota;  ///< ResourceQuota's hard values
    std::optional<Mail> mail;                  ///< for stores that name none of their own
    std::vector<std::string> mail_egress;      ///< where its server is, as CIDRs; none: on the internet
    bool operator==(const Plan&) const = default;
};

/// A tenant as its namespace tells it.
struct Tenant {
    std::string slug;
    std::vector<std::string> plans;    ///< those its stores may use
    std::vector<std::string> domains;  ///< those under which its stores may have custom hostnames
    bool terminating = false;
    bool operator==(const Tenant&) const = default;
};

/// One version of an engine beside one plan.
struct Fit {
    std::string engine, version, plan;
    std::map<std::string, std::string> needs;  ///< what of the plan's quota a store needs at its most
    std::string problem;                       ///< why the plan is too small, or empty
    bool operator==(const Fit&) const = default;
};

/// Everything that is offered, looked up by name.
struct Catalog {
    std::vector<Engine> engines;  ///< all versions of all engines
    std::vector<Plan> plans;
    std::vector<Fit> fits;  ///< of each available engine with each plan

    /// That version of the engine, or its newest when version is empty; not_found names what there is.
    Result<Engine> engine(std::string_view name, std::string_view version) const;
    /// The plan; not_found names what there is.
    Result<Plan> plan(std::string_view name) const;
    /// Refuses a plan that is too small for the engine, with what it needs and the plans that are not.
    Result<> check_fit(const Engine& engine, const Plan& plan) const;
};

/// Reads engine.yaml. chart_version, chart_path and chart_digest are left to the caller.
Result<Engine> parse_engine(std::string_view yaml);
/// Reads plans.yaml.
Result<std::vector<Plan>> parse_plans(std::string_view yaml);
/// Reads a comma-separated annotation: white space around the parts does not count.
std::vector<std::string> parse_list(std::string_view text);

/// Semantic versioning's order (semver.org 2.0.0, 11) of two versions without build metadata: <0, 0, >0.
int compare_versions(std::string_view a, std::string_view b);

}  // namespace storewright::domain
