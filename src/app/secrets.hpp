#pragma once
// The two Secrets of a store. Their values come from the CSPRNG, are created once, and are nowhere else.

#include <boost/json/object.hpp>
#include <string>
#include <vector>

#include "domain/catalog.hpp"
#include "domain/store.hpp"

namespace storewright::app {

/// A Secret object with every key that the engine declares, its values freshly drawn (or taken from the store's
/// settings).
boost::json::object make_secret(const domain::Store& store, std::string_view name,
                                const std::vector<domain::SecretKey>& keys);

/// Of those keys, the ones that follow the store's settings, as stringData.
boost::json::object settings_in_secret(const domain::Store& store, const std::vector<domain::SecretKey>& keys);

/// The labels that everything of a store carries.
boost::json::object store_labels(const domain::Store& store, std::string_view id, std::string_view component);

}  // namespace storewright::app
