#pragma once
#include <boost/json/value.hpp>

#include "reconcile/plan.hpp"

namespace storewright::app {

/// {"step", "why", "actions": [{"action", ...}], "requeueAfterMilliseconds"}
boost::json::value plan_to_json(const reconcile::Plan& plan);

}  // namespace storewright::app
