#include "domain/validation.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <string>

namespace storewright::domain {
namespace {

constexpr std::size_t max_name = 30;
constexpr std::size_t max_dns_label = 63;  // RFC 1035, 2.3.4
constexpr std::size_t max_dns_name = 253;  // RFC 1035, 2.3.4, as text without the final dot
constexpr std::size_t max_email = 254;     // RFC 5321, 4.5.3.1.3
constexpr std::size_t max_display_name = 80;
constexpr std::size_t max_hostnames = 10;

bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_dns_label(std::string_view text) {
    if (text.empty() || text.size() > max_dns_label || text.front() == '-' || text.back() == '-') return false;
    return std::ranges::all_of(text, [](char c) { return is_lower(c) || is_digit(c) || c == '-'; });
}

std::unexpected<Error> invalid(std::string_view field, std::string_view what) {
    return fail(ErrorCode::invalid_argument, fmt::format("{}: {}", field, what), std::string(field));
}

Result<> validate_label(std::string_view field, std::string_view text) {
    if (is_dns_label(text) && text.size() <= max_name && is_lower(text.front())) return {};
    return invalid(field,
                   fmt::format("'{}' must be 1 to {} lower-case letters, digits or hyphens, starting with a letter "
                               "and not ending with a hyphen (for example shoes-2)",
                               text, max_name));
}

bool is_hostname(std::string_view text) {
    if (text.size() > max_dns_name || text.find('.') == std::string_view::npos) return false;
    std::size_t start = 0;
    while (start <= text.size()) {
        const auto dot = std::min(text.find('.', start), text.size());
        if (!is_dns_label(text.substr(start, dot - start))) return false;
        start = dot + 1;
    }
    return true;
}

/// Not RFC 5322's grammar: one @, no spaces, a dotted domain. The owner's first mail proves the rest.
bool is_email(std::string_view text) {
    const auto at = text.find('@');
    if (text.size() > max_email || at == 0 || at == std::string_view::npos || text.rfind('@') != at) return false;
    for (const char c : text)
        if (static_cast<unsigned char>(c) <= ' ' || c == '"' || c == '<' || c == '>' || c == 127) return false;
    std::string domain(text.substr(at + 1));
    std::ranges::transform(domain, domain.begin(),
                           [](char c) { return is_upper(c) ? static_cast<char>(c - 'A' + 'a') : c; });
    return is_hostname(domain);
}

bool all_upper(std::string_view text, std::size_t length) {
    return text.size() == length && std::ranges::all_of(text, is_upper);
}

/// Letters, digits and the given punctuation, not empty and not longer than the bound.
bool is_word(std::string_view text, std::string_view punctuation, std::size_t most) {
    return !text.empty() && text.size() <= most && std::isalpha(static_cast<unsigned char>(text.front())) &&
           std::ranges::all_of(text, [&](char c) {
               return is_lower(c) || is_upper(c) || is_digit(c) || punctuation.find(c) != std::string_view::npos;
           });
}

/// Characters, not bytes, as the CRD's maxLength counts them: every byte of UTF-8 but the continuations begins one.
std::size_t characters_in(std::string_view text) {
    return static_cast<std::size_t>(
        std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

bool has_control_character(std::string_view text) {
    return std::ranges::any_of(text, [](char c) { return static_cast<unsigned char>(c) < ' ' || c == 127; });
}

Result<> validate_settings(const StoreSpec& spec) {
    if (characters_in(spec.display_name) > max_display_name || has_control_character(spec.display_name))
        return invalid("spec.displayName",
                       fmt::format("must be at most {} characters without line breaks", max_display_name));
    if (!is_email(spec.admin_email))
        return invalid("spec.adminEmail",
                       fmt::format("'{}' is no e-mail address (for example owner@example.com)", spec.admin_email));
    if (!all_upper(spec.country, 2))
        return invalid("spec.country",
                       fmt::format("'{}' is no ISO 3166-1 country code (for example US)", spec.country));
    if (!all_upper(spec.currency, 3))
        return invalid("spec.currency",
                       fmt::format("'{}' is no ISO 4217 currency code (for example USD)", spec.currency));
    if (!is_word(spec.language, "-", 35))
        return invalid("spec.language",
                       fmt::format("'{}' is no language tag (for example en or pt-BR)", spec.language));
    if (!is_word(spec.timezone, "/_+-", 64))
        return invalid("spec.timezone",
                       fmt::format("'{}' is no time zone name (for example Europe/Berlin)", spec.timezone));
    return {};
}

/// The name of a Secret or of a key in one.
bool is_object_name(std::string_view text) {
    return !text.empty() && text.size() <= max_dns_name && std::ranges::all_of(text, [](char c) {
        return is_lower(c) || is_upper(c) || is_digit(c) || c == '-' || c == '.' || c == '_';
    });
}

Result<> validate_mail(const Mail& mail) {
    if (!is_hostname(mail.host))
        return invalid("spec.mail.host",
                       fmt::format("'{}' is no mail server's name (for example smtp.example.com)", mail.host));
    if (std::ranges::find(mail_ports, mail.port) == mail_ports.end())
        return invalid("spec.mail.port", fmt::format("must be one of {}", fmt::join(mail_ports, ", ")));
    if (std::ranges::find(mail_securities, mail.security) == mail_securities.end())
        return invalid("spec.mail.security", fmt::format("must be one of {}", fmt::join(mail_securities, ", ")));
    if (!is_email(mail.from))
        return invalid("spec.mail.from",
                       fmt::format("'{}' is no e-mail address (for example shop@example.com)", mail.from));
    if (characters_in(mail.username) > max_email || has_control_character(mail.username))
        return invalid("spec.mail.username",
                       fmt::format("must be at most {} characters without line breaks", max_email));
    if (mail.username.empty() != mail.password.name.empty())
        return invalid(mail.username.empty() ? "spec.mail.username" : "spec.mail.passwordSecret",
                       "a user name and a password come together: give both or neither");
    if (!mail.username.empty() && mail.security == "none")
        return invalid("spec.mail.security", "must be starttls or tls: the password would be readable on its way");
    if (!mail.password.name.empty() && (!is_object_name(mail.password.name) || !is_object_name(mail.password.key)))
        return invalid("spec.mail.passwordSecret", "must name a Secret and a key in it");
    return {};
}

}  // namespace

bool is_under(std::string_view hostname, const std::vector<std::string>& domains) {
    return std::ranges::any_of(
        domains, [&](const std::string& domain) { return hostname == domain || hostname.ends_with("." + domain); });
}

Result<> validate_store_name(std::string_view name) { return validate_label("metadata.name", name); }

Result<> validate_tenant_slug(std::string_view slug) { return validate_label("tenant", slug); }

Result<> validate_hostname(std::string_view hostname, const std::vector<std::string>& reserved_domains,
                           std::string_view field) {
    if (!is_hostname(hostname))
        return invalid(
            field, fmt::format("'{}' is no lower-case DNS name of two or more labels (for example shop.example.com)",
                               hostname));
    if (is_under(hostname, reserved_domains))
        return invalid(
            field, fmt::format("'{}' lies in the platform's own domain: custom hostnames must be in a domain of yours; "
                               "the generated one is there without being asked for",
                               hostname));
    return {};
}

Result<> validate_store(const StoreKey& key, const StoreSpec& spec, const std::vector<std::string>& reserved_domains) {
    SW_TRY(validate_store_name(key.name));
    const std::string label = generated_hostname(key, "");
    if (label.size() - 1 > max_dns_label)
        return invalid("metadata.name",
                       fmt::format("'{}' is longer than the {} characters a host name's label may have: "
                                   "choose a shorter store name",
                                   label.substr(0, label.size() - 1), max_dns_label));
    SW_TRY(validate_label("spec.engine", spec.engine));
    SW_TRY(validate_label("spec.plan", spec.plan));
    SW_TRY(validate_settings(spec));
    if (spec.mail) SW_TRY(validate_mail(*spec.mail));
    if (spec.hostnames.size() > max_hostnames)
        return invalid("spec.hostnames", fmt::format("at most {} are possible", max_hostnames));
    for (std::size_t i = 0; i < spec.hostnames.size(); ++i) {
        const std::string field = fmt::format("spec.hostnames[{}]", i);
        SW_TRY(validate_hostname(spec.hostnames[i], reserved_domains, field));
        if (std::ranges::count(spec.hostnames, spec.hostnames[i]) > 1)
            return invalid(field, fmt::format("'{}' stands there twice", spec.hostnames[i]));
    }
    return {};
}

}  // namespace storewright::domain
