#pragma once
// What a store sends mail with, and the password that its namespace gets a copy of.

#include <optional>
#include <string>

#include "app/config.hpp"
#include "domain/catalog.hpp"
#include "domain/store.hpp"
#include "kube/client.hpp"
#include "reconcile/observed.hpp"

namespace storewright::app {

/// The store's own mail settings, or else its plan's.
struct MailSource {
    domain::Mail mail;
    std::vector<std::string> egress;  ///< CIDRs that its server is reached at; none: on the internet
    kube::ObjectRef secret;           ///< where the password is; kind is nullptr when there is none
    bool of_store = false;

    /// "Secret tenant-demo/smtp, password"
    std::string text() const { return secret.text() + ", " + mail.password.key; }
};
std::optional<MailSource> mail_source(const domain::Store& store, const domain::Plan& plan, const Config& config);

/// "smtp.example.com:587 as shop@example.com"
std::string describe(const domain::Mail& mail);

/// Whether it can be used, by what is known of its Secret.
reconcile::MailOutcome mail_outcome(const std::optional<MailSource>& source,
                                    const std::optional<reconcile::SecretFacts>& secrets);

/// The key of a Secret as the API server gives it: encoded, never looked into.
struct MailPassword {
    std::string encoded;
    std::string version;  ///< another one means that it may have changed
};
/// Reads it; not_found says what is missing and what to do.
Result<MailPassword> read_mail_password(kube::Client& client, const MailSource& source, const Config& config);

/// The binding by which the controller may handle Secrets of mail in this one tenant's namespace.
boost::json::object mail_role_binding(const std::string& namespace_, const Config& config);

/// The copy in the store's namespace.
boost::json::object mail_secret(const domain::Store& store, const MailPassword& password);

}  // namespace storewright::app
