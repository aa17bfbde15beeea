#pragma once
// The rules for what a user gives. The CRD and the admission policies hold the same rules for kubectl; here they give
// the API and the CLI better words, before anything is sent. Each error's `field` is the spec's path.

#include <string_view>

#include "domain/store.hpp"

namespace storewright::domain {

/// A Store's name: a DNS label of at most 30 characters that starts with a letter.
Result<> validate_store_name(std::string_view name);
/// A tenant's slug: a DNS label of at most 30 characters that starts with a letter.
Result<> validate_tenant_slug(std::string_view slug);
/// A lower-case DNS name of at least two labels, not at or under any of the reserved domains.
Result<> validate_hostname(std::string_view hostname, const std::vector<std::string>& reserved_domains,
                           std::string_view field);
/// Everything about a new Store that can be judged without asking Kubernetes.
Result<> validate_store(const StoreKey& key, const StoreSpec& spec, const std::vector<std::string>& reserved_domains);

/// Whether hostname is one of the domains or beneath one.
bool is_under(std::string_view hostname, const std::vector<std::string>& domains);

}  // namespace storewright::domain
