#pragma once
// How things look in the API's JSON; the field names are the CRD's where there are such.

#include <boost/json/object.hpp>

#include "api/service.hpp"

namespace storewright::api {

boost::json::object view(const domain::Store& store);
boost::json::object view(const Step& step);
boost::json::object view(const StoreEvent& event);
boost::json::object view(const Credentials& credentials);
boost::json::object view(const TenantView& tenant);
/// With the plans that a store of it can be on, and what it needs of each.
boost::json::object view(const domain::Engine& engine, const std::vector<domain::Fit>& fits);
boost::json::object view(const domain::Plan& plan);

}  // namespace storewright::api
