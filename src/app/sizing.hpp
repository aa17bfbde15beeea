#pragma once
// What a store needs of its namespace's ResourceQuota: judged from what its charts render, before anything is created.

#include <boost/json/object.hpp>
#include <map>
#include <string>
#include <vector>

#include "domain/catalog.hpp"

namespace storewright::app {

/// At its most, which is while it is updated: by the names of a ResourceQuota, in thousandths.
struct Footprint {
    std::map<std::string, std::int64_t> needs;
    std::map<std::string, std::int64_t> volumes;  ///< claim -> size
};

/// Of the engine's objects, with the guardrails' LimitRange for containers that name no resources, and with what the
/// platform itself keeps in the namespace.
Footprint footprint_of(const std::vector<boost::json::object>& engine,
                       const std::vector<boost::json::object>& guardrails);

/// The footprint beside the plan.
domain::Fit fit_of(const Footprint& footprint, const domain::Engine& engine, const domain::Plan& plan);

}  // namespace storewright::app
