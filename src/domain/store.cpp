#include "domain/store.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "base/digest.hpp"

namespace storewright::domain {
namespace {

constexpr std::string_view tenant_prefix = "tenant-";
constexpr std::string_view store_prefix = "store-";

constexpr std::array phases{
    std::pair{Phase::pending, std::string_view{"Pending"}},
    std::pair{Phase::provisioning, std::string_view{"Provisioning"}},
    std::pair{Phase::ready, std::string_view{"Ready"}},
    std::pair{Phase::updating, std::string_view{"Updating"}},
    std::pair{Phase::degraded, std::string_view{"Degraded"}},
    std::pair{Phase::failed, std::string_view{"Failed"}},
    std::pair{Phase::suspended, std::string_view{"Suspended"}},
    std::pair{Phase::deleting, std::string_view{"Deleting"}},
};

}  // namespace

bool Store::has_finalizer() const { return std::ranges::find(finalizers, teardown_finalizer) != finalizers.end(); }

std::string Store::tenant() const {
    return key.namespace_.starts_with(tenant_prefix) ? key.namespace_.substr(tenant_prefix.size()) : key.namespace_;
}

const Condition* find_condition(const StoreStatus& status, std::string_view type) {
    const auto found = std::ranges::find(status.conditions, type, &Condition::type);
    return found == status.conditions.end() ? nullptr : &*found;
}

void set_condition(StoreStatus& status, Condition condition) {
    const auto found = std::ranges::find(status.conditions, condition.type, &Condition::type);
    if (found == status.conditions.end()) {
        status.conditions.push_back(std::move(condition));
        return;
    }
    if (found->status == condition.status) condition.since = found->since;
    *found = std::move(condition);
}

std::string_view to_string(Phase phase) {
    return std::ranges::find(phases, phase, &decltype(phases)::value_type::first)->second;
}

Result<Phase> parse_phase(std::string_view text) {
    const auto found = std::ranges::find(phases, text, &decltype(phases)::value_type::second);
    if (found == phases.end())
        return fail(ErrorCode::invalid_argument, "'" + std::string(text) + "' is no phase", "status.phase");
    return found->first;
}

std::string first_id(std::string_view uid) {
    constexpr std::string_view alphabet = "abcdefghijklmnopqrstuvwxyz0123456789";
    constexpr std::size_t letters = 26, length = 10;
    std::uint64_t drawn = std::stoull(digest_hex("id of " + std::string(uid)).substr(0, 16), nullptr, 16);
    std::string id(1, alphabet[drawn % letters]);
    for (drawn /= letters; id.size() < length; drawn /= alphabet.size())
        id.push_back(alphabet[drawn % alphabet.size()]);
    return id;
}

std::string store_namespace(std::string_view id) { return std::string(store_prefix) + std::string(id); }

std::string id_of_namespace(std::string_view namespace_) { return std::string(namespace_.substr(store_prefix.size())); }

std::string tenant_namespace(std::string_view slug) { return std::string(tenant_prefix) + std::string(slug); }

std::string generated_hostname(const StoreKey& key, std::string_view base_domain) {
    const std::string tenant =
        key.namespace_.starts_with(tenant_prefix) ? key.namespace_.substr(tenant_prefix.size()) : key.namespace_;
    return key.name + "-" + tenant + "." + std::string(base_domain);
}

}  // namespace storewright::domain
