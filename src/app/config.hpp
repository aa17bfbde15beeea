#pragma once
// The operator's configuration: config.yaml, plans.yaml and engines/<engine>.yaml, as charts/storewright mounts them.

#include <boost/json/object.hpp>
#include <string>
#include <vector>

#include "base/result.hpp"

namespace storewright::app {

struct Config {
    std::string base_domain = "storewright.localhost";
    std::string platform_host = "storewright.localhost";
    std::string charts_dir = "/usr/share/storewright/charts";
    std::string plans_file = "/etc/storewright/plans.yaml";
    std::string engines_dir =
        "/etc/storewright/engines";  ///< operator's values for engine charts, one YAML file per engine

    std::string ingress_class = "traefik";
    bool ingress_tls = false;
    std::string ingress_origin =
        "http://traefik.ingress-system.svc";  ///< where probes connect, with the shop's Host header

    boost::json::object guardrails;       ///< values for charts/guardrails beside store and plan, passed on as they are
    bool allow_retained_volumes = false;  ///< whether a StorageClass may keep volumes of deleted stores

    std::string namespace_ = "storewright-system";               ///< of the platform
    std::string service_account = "storewright";                 ///< of the controller
    std::string secrets_role = "storewright-store-secrets";      ///< for the Secrets of a store
    std::string mail_secrets_role = "storewright-mail-secrets";  ///< for the Secrets of mail of tenants that have such
    std::string token_file = "/etc/storewright/token/token";

    /// Domains that no custom hostname may lie in.
    std::vector<std::string> reserved_domains() const { return {base_domain, platform_host}; }
    std::string scheme() const { return ingress_tls ? "https" : "http"; }
};

/// Reads config.yaml; unknown fields are invalid_argument.
Result<Config> parse_config(std::string_view yaml);

/// A YAML document as JSON: scalars become null, booleans, integers and strings by the YAML 1.2 core schema.
Result<boost::json::value> yaml_to_json(std::string_view yaml);

/// The file's content; not_found or unavailable naming the path.
Result<std::string> read_file(const std::string& path);

}  // namespace storewright::app
