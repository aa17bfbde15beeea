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
boost::json::object view(const domain::Engine& engine);
boost::json::object view(const domain::Plan& plan);

}  // namespace storewright::api
