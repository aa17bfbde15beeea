#pragma once
// Store <-> the JSON of its Kubernetes object. The field names are the CRD's.

#include <boost/json/object.hpp>

#include "domain/store.hpp"

namespace storewright::domain {

/// Reads a Store object; unknown fields are passed over (the API server has validated it), wrong types are
/// invalid_argument naming the field.
Result<Store> store_from_json(const boost::json::object& object);

/// The spec alone, as the API server takes it: empty fields are left out.
boost::json::object spec_to_json(const StoreSpec& spec);

/// The status alone; empty fields are left out.
boost::json::object status_to_json(const StoreStatus& status);

/// A Store object to create or apply: apiVersion, kind, metadata.{name,namespace} and spec.
boost::json::object store_to_json(const StoreKey& key, const StoreSpec& spec);

}  // namespace storewright::domain
