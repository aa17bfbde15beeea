#pragma once
// What this installation offers, loaded once at start: engines from the charts directory, plans, and the guardrails.

#include <boost/json/object.hpp>
#include <map>
#include <string>

#include "app/config.hpp"
#include "domain/catalog.hpp"
#include "helm/helm.hpp"

namespace storewright::app {

struct Offer {
    domain::Catalog catalog;
    std::map<std::string, boost::json::object> overlays;  ///< operator's values by engine
    std::string guardrails_path;
    std::string guardrails_digest;
    std::string kube_version = helm::RenderInput{}.kube_version;  ///< of the API server, as charts see it
};

/// Each engine that can be used is rendered for each plan, to know what it needs of it. Every folder of charts_dir with
/// an engine.yaml is an engine; one that cannot be read is listed as unavailable with the reason, not passed over.
/// charts_dir/guardrails must be there.
Result<Offer> load_offer(const Config& config, const std::string& kube_version = helm::RenderInput{}.kube_version);

}  // namespace storewright::app
