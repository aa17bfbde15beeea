#pragma once
// Small conversions for the API: what a store is doing, its events, its credentials.

#include <boost/json/object.hpp>

#include "api/service.hpp"
#include "reconcile/observed.hpp"

namespace storewright::app {

/// Where a store stands: Accepted, Namespace, Applied, Workloads, Answering, each with its times as far as they are
/// known.
std::vector<api::Step> steps_of(const reconcile::Observed& o);

/// An Event object of either API.
api::StoreEvent decode_event(const boost::json::object& event);

/// The admin Secret's entries, decoded from base64.
Result<api::Credentials> decode_credentials(const domain::Store& store, const boost::json::object& secret);

}  // namespace storewright::app
