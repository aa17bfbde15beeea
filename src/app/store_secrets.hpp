#pragma once
// The Secrets that a store stands on. They are not watched (that would hold all of them in memory): they are looked at.

#include "app/act.hpp"

namespace storewright::app {

/// What a Secret of the store is known by again: its UID and what was drawn for it, not what follows the settings.
std::string secret_mark(const boost::json::object& secret, const std::vector<domain::SecretKey>& keys);

/// Reads the store's own Secrets, once it has some, and the one that holds its mail's password; remembers what it
/// found.
Result<> look_at_secrets(ActContext& context, const Observation& o);

}  // namespace storewright::app
