#include "api/bodies.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <span>

#include "domain/store_json.hpp"
#include "domain/validation.hpp"

namespace storewright::api {
namespace {

namespace json = boost::json;
using Names = std::span<const std::string_view>;

constexpr auto spec_fields =
    std::to_array<std::string_view>({"engine", "version", "plan", "displayName", "adminEmail", "country", "currency",
                                     "language", "timezone", "hostnames", "mail", "suspended", "deletionPolicy"});
constexpr auto changeable_fields =
    std::to_array<std::string_view>({"version", "plan", "displayName", "adminEmail", "country", "currency", "language",
                                     "timezone", "hostnames", "mail", "suspended"});
constexpr auto mail_fields =
    std::to_array<std::string_view>({"host", "port", "security", "username", "from", "passwordSecret"});
constexpr auto secret_fields = std::to_array<std::string_view>({"name", "key"});
constexpr std::size_t most_password = 1024;
constexpr auto new_store_fields = std::to_array<std::string_view>({"name", "spec"});
constexpr auto patch_fields = std::to_array<std::string_view>({"spec"});
constexpr auto tenant_fields = std::to_array<std::string_view>({"plans", "domains", "maxStores"});
constexpr int max_stores_limit = 100'000;

std::unexpected<Error> invalid(std::string field, std::string_view what) {
    auto message = fmt::format("{}: {}", field, what);
    return fail(ErrorCode::invalid_argument, std::move(message), std::move(field));
}

Result<json::object> parse_object(std::string_view body) {
    boost::system::error_code malformed;
    json::parse_options strict;
    strict.max_depth = 16;
    auto value = json::parse(json::string_view(body.data(), body.size()), malformed, {}, strict);
    if (malformed)
        return fail(ErrorCode::invalid_argument, fmt::format("the body is no JSON: {}", malformed.message()));
    if (!value.is_object()) return fail(ErrorCode::invalid_argument, "the body must be a JSON object");
    return std::move(value.as_object());
}

Result<> only(const json::object& object, const std::string& prefix, Names known) {
    for (const auto& member : object)
        if (std::ranges::find(known, std::string_view(member.key())) == known.end())
            return invalid(prefix + std::string(member.key()),
                           fmt::format("is not known here (known: {})", fmt::join(known, ", ")));
    return {};
}

Result<json::object> spec_of(json::object& body, Names known) {
    auto* spec = body.if_contains("spec");
    if (!spec || !spec->is_object()) return invalid("spec", "must be an object");
    SW_TRY(only(spec->as_object(), "spec.", known));
    const auto* policy = spec->as_object().if_contains("deletionPolicy");
    if (policy && *policy != "Discard")
        return invalid("spec.deletionPolicy", "only Discard is possible until there are backups");
    return std::move(spec->as_object());
}

/// Takes the password, which is written and never read, out of spec.mail; empty when there is none.
Result<std::string> take_mail_password(json::object& spec) {
    auto* mail = spec.if_contains("mail");
    if (!mail || !mail->is_object()) return std::string();
    auto& object = mail->as_object();
    std::string password;
    if (const auto* given = object.if_contains("password")) {
        if (!given->is_string() || given->as_string().empty() || given->as_string().size() > most_password)
            return invalid("spec.mail.password", fmt::format("must be a text of 1 to {} bytes", most_password));
        if (object.contains("passwordSecret"))
            return invalid("spec.mail.password", "give either it or passwordSecret, not both");
        password = std::string_view(given->as_string());
        object.erase("password");
    }
    SW_TRY(only(object, "spec.mail.", mail_fields));
    const auto* secret = object.if_contains("passwordSecret");
    if (secret && secret->is_object()) SW_TRY(only(secret->as_object(), "spec.mail.passwordSecret.", secret_fields));
    return password;
}

Result<std::vector<std::string>> texts_at(const json::object& object, std::string_view name) {
    std::vector<std::string> all;
    const auto* value = object.if_contains(name);
    if (!value) return all;
    if (!value->is_array()) return invalid(std::string(name), "must be a list");
    for (const auto& item : value->as_array()) {
        if (!item.is_string()) return invalid(std::string(name), "must be a list of texts");
        all.emplace_back(item.as_string());
    }
    return all;
}

}  // namespace

Result<NewStore> parse_new_store(std::string_view text) {
    SW_TRY_ASSIGN(auto body, parse_object(text));
    SW_TRY(only(body, "", new_store_fields));
    const auto* name = body.if_contains("name");
    if (!name || !name->is_string()) return invalid("name", "must be a text");
    const std::string store_name(name->as_string());
    SW_TRY_ASSIGN(auto spec, spec_of(body, spec_fields));
    SW_TRY_ASSIGN(auto password, take_mail_password(spec));
    SW_TRY_ASSIGN(auto store, domain::store_from_json({{"spec", std::move(spec)}}));
    return NewStore{store_name, std::move(store.spec), std::move(password)};
}

Result<StorePatch> parse_store_patch(std::string_view text) {
    SW_TRY_ASSIGN(auto body, parse_object(text));
    SW_TRY(only(body, "", patch_fields));
    const auto* spec = body.if_contains("spec");
    if (spec && spec->is_object() && spec->as_object().contains("engine"))
        return invalid("spec.engine", "cannot be changed: create another store and move the data");
    SW_TRY_ASSIGN(auto changes, spec_of(body, changeable_fields));
    SW_TRY_ASSIGN(auto password, take_mail_password(changes));
    return StorePatch{std::move(changes), std::move(password)};
}

Result<NewTenant> parse_tenant(const std::string& slug, std::string_view text) {
    SW_TRY(domain::validate_tenant_slug(slug));
    SW_TRY_ASSIGN(const auto body, parse_object(text));
    SW_TRY(only(body, "", tenant_fields));
    NewTenant made;
    made.tenant.slug = slug;
    SW_TRY_ASSIGN(made.tenant.plans, texts_at(body, "plans"));
    SW_TRY_ASSIGN(made.tenant.domains, texts_at(body, "domains"));
    if (const auto* most = body.if_contains("maxStores")) {
        if (!most->is_int64() || most->as_int64() < 0 || most->as_int64() > max_stores_limit)
            return invalid("maxStores", fmt::format("must be a whole number from 0 to {}", max_stores_limit));
        made.max_stores = static_cast<int>(most->as_int64());
    }
    return made;
}

}  // namespace storewright::api
