#pragma once
// The values that charts are rendered with: a pure function of the store, its plan and the operator's configuration.

#include <boost/json/object.hpp>

#include "app/config.hpp"
#include "app/mail.hpp"
#include "domain/catalog.hpp"
#include "domain/store.hpp"

namespace storewright::app {

inline constexpr std::string_view admin_secret_name = "store-admin";
inline constexpr std::string_view internal_secret_name = "store-internal";
inline constexpr std::string_view mail_secret_name = "store-mail";

/// For the engine's chart: the contract of docs/engines.md over the operator's overlay for this engine. `mail` is what
/// the shop sends mail with, or nullptr.
boost::json::object engine_values(const domain::Store& store, const domain::Plan& plan,
                                  const std::vector<std::string>& hostnames, const domain::Mail* mail,
                                  const Config& config, const boost::json::object& overlay);

/// For charts/guardrails. `mail` is what the shop's pods may reach to send mail, or nullptr.
boost::json::object guardrail_values(const domain::Store& store, const domain::Plan& plan, const MailSource* mail,
                                     const Config& config);

/// Puts `over` into `base`, objects key by key, everything else replaced (as Helm merges values files).
void merge_values(boost::json::object& base, const boost::json::object& over);

}  // namespace storewright::app
