#pragma once
#include <boost/json/object.hpp>
#include <string>
#include <string_view>

namespace storewright::kube {

/// A digest over exactly the fields that `manager` owns by server-side apply (metadata.managedFields, operation Apply,
/// no subresource), names and values. Changes when somebody overwrites or removes one of them, not when somebody else
/// adds a field of theirs, nor when a default or a status is set. Empty when the manager owns nothing. Format of
/// fieldsV1: sigs.k8s.io/structured-merge-diff, fieldpath/serialize.go (f: field, k: key, v: value, i: index, "."
/// itself).
std::string owned_fields_digest(const boost::json::object& object, std::string_view manager);

}  // namespace storewright::kube
