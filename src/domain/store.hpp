#pragma once
// A store as Kubernetes holds it: what it should be (spec), what it is (status), and who it is (metadata).

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/time.hpp"
#include "domain/mail.hpp"

namespace storewright::domain {

inline constexpr std::string_view api_group = "storewright.dev";
inline constexpr std::string_view api_version = "storewright.dev/v1alpha1";
inline constexpr std::string_view teardown_finalizer = "storewright.dev/teardown";
inline constexpr std::string_view field_manager = "storewright";
inline constexpr std::string_view store_label = "storewright.dev/store";    ///< on everything of a store: its id
inline constexpr std::string_view tenant_label = "storewright.dev/tenant";  ///< on a tenant's namespace: its slug
inline constexpr std::string_view plans_annotation = "storewright.dev/plans";
inline constexpr std::string_view domains_annotation = "storewright.dev/domains";
inline constexpr std::string_view owner_uid_annotation = "storewright.dev/owner-uid";
inline constexpr std::string_view owner_name_annotation = "storewright.dev/owner-name";
inline constexpr std::string_view owner_namespace_annotation = "storewright.dev/owner-namespace";
inline constexpr std::string_view start_annotation = "storewright.dev/start";  ///< on workloads: see apply_release
inline constexpr std::string_view refreshed_annotation = "storewright.dev/refreshed";  ///< on pods: see apply_release
inline constexpr std::string_view release_name = "store";  ///< the Helm release's name in every store namespace

/// Namespace and name of a Store: the key that the work queue carries.
struct StoreKey {
    std::string namespace_;
    std::string name;
    auto operator<=>(const StoreKey&) const = default;
    std::string text() const { return namespace_ + "/" + name; }
};

enum class DeletionPolicy { discard };

struct StoreSpec {
    std::string engine;
    std::string version;  ///< engine chart version asked for; empty: the newest at creation
    std::string plan;
    std::string display_name;  ///< empty: the Store's name
    std::string admin_email;
    std::string country = "US";          ///< ISO 3166-1 alpha-2
    std::string currency = "USD";        ///< ISO 4217
    std::string language = "en";         ///< BCP 47
    std::string timezone = "UTC";        ///< IANA
    std::vector<std::string> hostnames;  ///< custom ones, beside the generated one
    std::optional<Mail> mail;            ///< absent: the plan's
    bool suspended = false;
    DeletionPolicy deletion_policy = DeletionPolicy::discard;
    bool operator==(const StoreSpec&) const = default;
};

enum class Phase { pending, provisioning, ready, updating, degraded, failed, suspended, deleting };

/// As metav1.Condition.
struct Condition {
    std::string type;
    bool status = false;
    std::string reason;
    std::string message;
    TimePoint since{};  ///< lastTransitionTime: when `status` last changed
    std::int64_t observed_generation = 0;
    bool operator==(const Condition&) const = default;
};

/// What of the store's Helm release was applied last.
struct ReleaseStatus {
    int revision = 0;
    std::string chart;
    std::string chart_version;
    std::string inputs_digest;   ///< over everything the rendering depends on: equal means nothing new to apply
    std::string live_digest;     ///< over the fields we own of every object, right after applying: unequal means drift
    std::string secrets_digest;  ///< over the Secrets' UIDs and what was drawn for them
    std::string config_digest;   ///< over the ConfigMaps: unequal means that running pods have to be told
    std::string plan;            ///< the plan whose limits it was applied with
    bool operator==(const ReleaseStatus&) const = default;
};

/// Why a store is not what it should be, in its owner's words.
struct Failure {
    std::string reason;  ///< UpperCamelCase, stable
    std::string message;
    std::string hint;
    TimePoint at{};
    bool operator==(const Failure&) const = default;
};

struct Timings {
    std::optional<TimePoint> accepted, applied, workloads_ready, ready;  ///< each for the first time
    bool operator==(const Timings&) const = default;
};

struct StoreStatus {
    std::string id;
    std::string namespace_;
    std::string url;
    std::string admin_url;
    std::string version;                 ///< the engine chart version it is pinned to
    std::vector<std::string> hostnames;  ///< those reserved and served
    Phase phase = Phase::pending;
    std::int64_t observed_generation = 0;
    std::vector<Condition> conditions;
    ReleaseStatus release;
    std::optional<Failure> failure;
    Timings timings;
    bool operator==(const StoreStatus&) const = default;
};

struct Store {
    StoreKey key;
    std::string uid;
    std::string resource_version;
    std::int64_t generation = 0;
    TimePoint created{};
    std::optional<TimePoint> deletion_requested;
    std::vector<std::string> finalizers;
    StoreSpec spec;
    StoreStatus status;

    bool has_finalizer() const;
    /// The tenant's slug: the namespace without its prefix "tenant-".
    std::string tenant() const;
    std::string display_name() const { return spec.display_name.empty() ? key.name : spec.display_name; }
    bool operator==(const Store&) const = default;
};

/// The condition of that type, or nullptr.
const Condition* find_condition(const StoreStatus& status, std::string_view type);

/// Sets the condition, keeping `since` when its status did not change.
void set_condition(StoreStatus& status, Condition condition);

std::string_view to_string(Phase phase);
Result<Phase> parse_phase(std::string_view text);

/// The id of a new store: ten of [a-z0-9], the first a letter (so that it may start a DNS label); 51 bits drawn from
/// its UID, which is random.
std::string first_id(std::string_view uid);
/// "store-<id>".
std::string store_namespace(std::string_view id);
/// The id in "store-<id>".
std::string id_of_namespace(std::string_view namespace_);
/// "tenant-<slug>".
std::string tenant_namespace(std::string_view slug);
/// "<store>-<tenant>.<base domain>": one label, so that one wildcard certificate covers all.
std::string generated_hostname(const StoreKey& key, std::string_view base_domain);

}  // namespace storewright::domain
