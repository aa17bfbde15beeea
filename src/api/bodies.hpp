#pragma once
// Request bodies: JSON objects whose properties are all known. Errors name the property.

#include <boost/json/object.hpp>

#include "base/result.hpp"
#include "domain/catalog.hpp"
#include "domain/store.hpp"

namespace storewright::api {

struct NewStore {
    std::string name;
    domain::StoreSpec spec;
    std::string mail_password;  ///< of spec.mail; empty: none is given
};
/// {"name", "spec": {...}}
Result<NewStore> parse_new_store(std::string_view body);

struct StorePatch {
    boost::json::object spec;
    std::string mail_password;
};
/// {"spec": {...}}: a JSON merge patch (RFC 7396) of what may be changed.
Result<StorePatch> parse_store_patch(std::string_view body);

struct NewTenant {
    domain::Tenant tenant;
    int max_stores = 10;
};
/// {"plans": [...], "domains": [...], "maxStores": n}
Result<NewTenant> parse_tenant(const std::string& slug, std::string_view body);

}  // namespace storewright::api
