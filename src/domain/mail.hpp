#pragma once
// How a shop sends mail: the SMTP server that a plan or a store names.

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace storewright::domain {

/// Ports on which mail is submitted or relayed: the only ones that a store's own choice opens.
inline constexpr std::array<std::int64_t, 4> mail_ports{25, 465, 587, 2525};
/// none: in clear text; starttls: upgraded before anything is sent; tls: from the first byte.
inline constexpr std::array<std::string_view, 3> mail_securities{"none", "starttls", "tls"};
/// Only Secrets of this type are read for a store, so that a Store cannot have others sent to a server of its choice.
inline constexpr std::string_view mail_secret_type = "storewright.dev/smtp";

/// One key of a Secret.
struct SecretReference {
    std::string name;  ///< empty: no password
    std::string key = "password";
    bool operator==(const SecretReference&) const = default;
};

struct Mail {
    std::string host;
    std::int64_t port = 587;
    std::string security = "starttls";
    std::string username;  ///< empty: without logging in
    std::string from;
    SecretReference password;
    bool operator==(const Mail&) const = default;
};

}  // namespace storewright::domain
