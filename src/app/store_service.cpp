#include "app/store_service.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "app/plan_json.hpp"
#include "app/steps.hpp"
#include "app/values.hpp"
#include "domain/store_json.hpp"
#include "domain/validation.hpp"
#include "reconcile/decide.hpp"

namespace storewright::app {
namespace {

namespace json = boost::json;
using domain::Store;
using domain::StoreKey;

constexpr std::string_view changed_since =
    "the store has changed since it was read: read it again and repeat what you want";

kube::ObjectRef ref_of(const StoreKey& key) { return {&kube::kinds::store, key.namespace_, key.name}; }

/// An unknown engine or plan is a mistake in what was asked, not in where it was asked.
Error as_input(Error error) {
    if (error.code == ErrorCode::not_found) error.code = ErrorCode::invalid_argument;
    return error;
}

/// RFC 7396.
void merge_patch(json::object& base, const json::object& patch) {
    for (const auto& [name, value] : patch) {
        auto* known = base.if_contains(name);
        if (value.is_null()) base.erase(name);
        else if (value.is_object()) {
            if (!known || !known->is_object()) base[name] = json::object{};
            merge_patch(base[name].as_object(), value.as_object());
        } else base[name] = value;
    }
}

/// The API server's words for a full quota, in the user's.
Error in_users_words(const StoreKey& key, Error error) {
    const bool exists = error.code == ErrorCode::conflict && error.message.find("already exists") != std::string::npos;
    if (exists) error.message = fmt::format("there is a store '{}' already: choose another name", key.name);
    else if (error.code == ErrorCode::conflict)
        // The quota's count changed under the API server's hands.
        error = {
            ErrorCode::unavailable,
            fmt::format("other stores of this tenant were created at the same moment: try again ({})", error.message),
            {}};
    else if (error.message.find("exceeded quota") != std::string::npos)
        error.message = "this tenant has as many stores as its quota allows: delete one or ask the operator for more";
    else if (error.code == ErrorCode::not_found)
        error.message =
            fmt::format("there is no tenant with the namespace {}: `storewright tenant list` shows those there are",
                        key.namespace_);
    return error;
}

}  // namespace

Result<> KubernetesStoreService::check_references(const domain::StoreSpec& spec) const {
    const auto engine = offer_.catalog.engine(spec.engine, spec.version);
    if (!engine) return std::unexpected(as_input(engine.error()));
    if (!engine->unavailable.empty())
        return fail(ErrorCode::unavailable,
                    fmt::format("spec.engine: {} is not available: {}", spec.engine, engine->unavailable),
                    "spec.engine");
    const auto plan = offer_.catalog.plan(spec.plan);
    if (!plan) return std::unexpected(as_input(plan.error()));
    return offer_.catalog.check_fit(*engine, *plan);
}

/// Reserving decides; this only says earlier, and to the one who asks, what will not go. A reservation of this very
/// name is ours, or that of a Store which no longer is.
Result<> KubernetesStoreService::check_hostnames(const StoreKey& key, const domain::StoreSpec& spec) const {
    const auto taken = [&](const std::string& hostname) {
        const auto held = views_.reservations().get({}, hostname);
        return held && held->store != key;
    };
    const std::string generated = domain::generated_hostname(key, config_.base_domain);
    if (taken(generated))
        return fail(ErrorCode::conflict,
                    fmt::format("metadata.name: {} belongs to another store: choose another store name", generated),
                    "metadata.name");
    for (const auto& hostname : spec.hostnames)
        if (taken(hostname))
            return fail(ErrorCode::conflict,
                        fmt::format("spec.hostnames: {} belongs to another store: choose another", hostname),
                        "spec.hostnames");
    return {};
}

Result<Store> KubernetesStoreService::create(const StoreKey& key, const domain::StoreSpec& wanted,
                                             const std::string& mail_password) {
    domain::StoreSpec spec = wanted;
    const std::string secret = mail_password.empty() ? "" : MailPasswords::new_name(key);
    if (!secret.empty()) spec.mail->password.name = secret;
    SW_TRY(domain::validate_store(key, spec, config_.reserved_domains()));
    SW_TRY(check_references(spec));
    SW_TRY(check_hostnames(key, spec));
    if (!secret.empty()) SW_TRY(mail_passwords_.put(key, secret, mail_password, ""));
    auto object = domain::store_to_json(key, spec);
    // The controller sets it on Stores that come without; here it costs no write of its own.
    object["metadata"].as_object()["finalizers"] = json::array{domain::teardown_finalizer};
    const auto made = client_.create(ref_of(key), object);
    if (!made) {
        if (!secret.empty()) mail_passwords_.remove(key, secret);
        return std::unexpected(in_users_words(key, made.error()));
    }
    views_.stores().saw(*made);
    auto store = domain::store_from_json(*made);
    if (store && !secret.empty()) mail_passwords_.give_to(*store, secret);
    return store;
}

Result<api::StorePage> KubernetesStoreService::list(const std::optional<std::string>& tenant, const api::Page& page) {
    const std::string namespace_ = tenant ? domain::tenant_namespace(*tenant) : std::string();
    api::StorePage result;
    // The cursor is the last key of the page before: what was created or deleted since then shifts nothing.
    const auto slash = std::min(page.cursor.find('/'), page.cursor.size());
    kube::ObjectKey position{page.cursor.substr(0, slash), page.cursor.substr(std::min(slash + 1, page.cursor.size()))};
    position = std::max(position, kube::ObjectKey{namespace_, ""});
    views_.stores().for_each_after(position, [&](const auto& key, const Store& store) {
        if (tenant && key.first != namespace_) return false;
        if (result.stores.size() == page.limit) {
            result.next_cursor = result.stores.back().key.text();
            return false;
        }
        result.stores.push_back(store);
        return true;
    });
    return result;
}

Result<Store> KubernetesStoreService::get(const StoreKey& key) {
    if (auto store = views_.stores().get(key.namespace_, key.name)) return *std::move(store);
    return fail(ErrorCode::not_found,
                fmt::format("there is no store '{}' in tenant '{}'", key.name, Store{.key = key}.tenant()));
}

Result<Store> KubernetesStoreService::patched(const Store& current, const json::object& spec_patch) const {
    auto object = domain::store_to_json(current.key, current.spec);
    merge_patch(object["spec"].as_object(), spec_patch);
    SW_TRY_ASSIGN(Store wanted, domain::store_from_json(object));
    SW_TRY(domain::validate_store(current.key, wanted.spec, config_.reserved_domains()));
    return wanted;
}

Result<Store> KubernetesStoreService::update(const StoreKey& key, const json::object& given,
                                             const std::string& mail_password, const std::string& if_match) {
    SW_TRY_ASSIGN(const Store current, get(key));
    json::object spec_patch = given;
    const std::string secret = mail_password.empty() ? "" : MailPasswords::new_name(key);
    if (!secret.empty())
        spec_patch["mail"].as_object()["passwordSecret"] = json::object{{"name", secret}, {"key", "password"}};
    SW_TRY_ASSIGN(const Store wanted, patched(current, spec_patch));
    // Only what is asked for anew: a store whose engine is not offered any more may still be renamed or suspended.
    if (spec_patch.contains("version") || spec_patch.contains("plan")) SW_TRY(check_references(wanted.spec));
    if (spec_patch.contains("hostnames")) SW_TRY(check_hostnames(key, wanted.spec));
    if (!secret.empty()) SW_TRY(mail_passwords_.put(key, secret, mail_password, current.uid));
    json::object patch{{"spec", spec_patch}};
    if (!if_match.empty()) patch["metadata"] = json::object{{"resourceVersion", if_match}};
    const auto changed = client_.merge_patch(ref_of(key), patch);
    if (!changed) {
        if (!secret.empty()) mail_passwords_.remove(key, secret);
        if (changed.error().code == ErrorCode::conflict) return fail(ErrorCode::conflict, std::string(changed_since));
        return std::unexpected(changed.error());
    }
    views_.stores().saw(*changed);
    const std::string before = current.spec.mail ? current.spec.mail->password.name : "";
    const std::string now = wanted.spec.mail ? wanted.spec.mail->password.name : "";
    if (!before.empty() && before != now) mail_passwords_.remove(key, before);
    return domain::store_from_json(*changed);
}

Result<Store> KubernetesStoreService::remove(const StoreKey& key, const std::string& if_match) {
    SW_TRY_ASSIGN(Store store, get(key));
    if (!if_match.empty() && if_match != store.resource_version)
        return fail(ErrorCode::conflict, std::string(changed_since));
    if (store.deletion_requested) return store;
    SW_TRY(client_.remove(ref_of(key), {.uid = store.uid, .resource_version = if_match}));
    const auto live = client_.get(ref_of(key));
    if (!live) return store;
    views_.stores().saw(*live);
    return domain::store_from_json(*live);
}

Result<std::vector<api::Step>> KubernetesStoreService::steps(const StoreKey& key) {
    const auto o = observer_.observe(key);
    if (!o) return std::unexpected(get(key).error());
    return steps_of(o->facts);
}

Result<json::value> KubernetesStoreService::plan(const StoreKey& key) {
    const auto o = observer_.observe(key);
    if (!o) return std::unexpected(get(key).error());
    return plan_to_json(reconcile::decide(o->facts));
}

Result<api::Credentials> KubernetesStoreService::credentials(const StoreKey& key) {
    SW_TRY_ASSIGN(const Store store, get(key));
    const auto ns = views_.namespaces().get({}, store.status.namespace_);
    if (store.status.release.secrets_digest.empty() || !ns || ns->owner_uid != store.uid)
        return fail(ErrorCode::conflict,
                    fmt::format("the store '{}' has no credentials yet: it is still being created", key.name));
    const auto secret = client_.get({&kube::kinds::secret, store.status.namespace_, std::string(admin_secret_name)});
    if (!secret) return with_context("reading the store's credentials", secret.error());
    return decode_credentials(store, *secret);
}

Result<std::vector<api::StoreEvent>> KubernetesStoreService::events(const StoreKey& key) {
    SW_TRY_ASSIGN(const Store store, get(key));
    const auto of_store = client_.list(kube::kinds::event, key.namespace_,
                                       {.label_selector = {}, .field_selector = "involvedObject.uid=" + store.uid});
    if (!of_store) return with_context("reading the store's events", of_store.error());
    std::vector<api::StoreEvent> events;
    for (const auto& object : of_store->items) events.push_back(decode_event(object));
    if (!store.status.namespace_.empty()) {
        const auto inside = client_.list(kube::kinds::event, store.status.namespace_);
        if (inside)
            for (const auto& object : inside->items) events.push_back(decode_event(object));
    }
    std::ranges::sort(events, {}, &api::StoreEvent::at);
    return events;
}

Result<Store> KubernetesStoreService::wait_for_change(const StoreKey& key, const std::string& seen,
                                                      std::chrono::milliseconds timeout) {
    const auto current = [&] { return views_.stores().get(key.namespace_, key.name); };
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, timeout, [&] {
        const auto store = current();
        return !store || store->resource_version != seen;
    });
    lock.unlock();
    return get(key);
}

void KubernetesStoreService::changed(const StoreKey&) {
    // The lock orders this with a waiter between its look and its sleep.
    {
        const std::lock_guard lock(mutex_);
    }
    changed_.notify_all();
}

Result<> KubernetesStoreService::ready() { return views_.synced(); }

bool KubernetesStoreService::stale() { return views_.stale_since().has_value(); }

std::string KubernetesStoreService::metrics() {
    const auto stale = views_.stale_since();
    metrics_.views_stale(
        stale ? std::chrono::duration_cast<std::chrono::seconds>(std::chrono::steady_clock::now() - *stale)
              : std::chrono::seconds(0));
    return metrics_.expose();
}

}  // namespace storewright::app
