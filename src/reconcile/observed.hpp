#pragma once
// Everything that decide() knows: gathered by app/observe without writing anything. There is no clock, no randomness
// and no I/O beyond this struct.

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "domain/catalog.hpp"
#include "domain/store.hpp"
#include "domain/workload.hpp"

namespace storewright::reconcile {

/// The store's namespace, or one that may be it.
struct NamespaceFacts {
    std::string name;
    std::string uid;
    std::string owner_uid;  ///< of the Store it was made for (annotation)
    bool terminating = false;
    std::string blocked;  ///< why it is still terminating, as Kubernetes says it, or empty
    bool operator==(const NamespaceFacts&) const = default;
};

/// One object of the store that we applied.
struct ObjectFact {
    std::string kind;
    std::string name;
    domain::Readiness readiness;
    bool operator==(const ObjectFact&) const = default;
};

/// What the last ApplyRelease came to; remembered by the controller until its status shows it, lost with the process.
struct Applied {
    domain::ReleaseStatus release;
    TimePoint at{};
    bool operator==(const Applied&) const = default;
};

/// The last answer of the shop to the probes of its engine.
struct ProbeOutcome {
    TimePoint at{};
    bool ok = false;
    std::string message;    ///< what failed: "admin (/app): 502, expected 200"
    unsigned failures = 0;  ///< in a row
    TimePoint asked{};      ///< when the question was put: what changed since is not in the answer
    bool operator==(const ProbeOutcome&) const = default;
};

/// The last action that failed, until one succeeds.
struct ActError {
    Error error;
    std::string action;
    std::int64_t generation = 0;  ///< of the Store then: a changed spec is tried at once
    unsigned count = 0;           ///< in a row
    TimePoint retry_at{};
    bool operator==(const ActError&) const = default;
};

/// Whether the shop can send mail.
struct MailOutcome {
    bool on = false;
    std::string reason = "NotSet";  ///< UpperCamelCase, stable
    std::string message;            ///< what it is sent with, or why it is off
    bool operator==(const MailOutcome&) const = default;
};

/// What the Store should come to, resolved against the catalogue.
struct Desired {
    std::optional<Error> refusal;  ///< why it cannot be had as asked: unknown engine, plan not given to the tenant, ...
    domain::Engine engine;
    std::vector<std::string> hostnames;  ///< the generated one first
    std::string url;
    MailOutcome mail;
    std::string inputs_digest;  ///< over chart, values, guardrails: what a rendering depends on
    bool operator==(const Desired&) const = default;
};

/// What is known of the store's Secrets, which are not watched: from the last time they were looked at.
struct SecretFacts {
    TimePoint at{};
    std::vector<std::string> missing;     ///< of the store's own, those that are gone
    std::string digest;                   ///< over them: another than was recorded means that somebody changed one
    std::string mail_secret;              ///< which one was looked for, or empty
    std::string mail_version;             ///< of its content
    std::string mail_problem;             ///< why it cannot be used and what to do, or empty
    unsigned faults = 0;                  ///< looks in a row that found something wrong
    std::optional<TimePoint> look_again;  ///< then, as something was wrong
    bool operator==(const SecretFacts&) const = default;
};

struct Observed {
    TimePoint now{};
    std::string seed_id;  ///< the id of a store that has none yet: the same in every pass
    domain::Store store;
    Desired desired;
    std::map<std::string, std::string> reservations;  ///< desired or held hostname -> UID of the Store that holds it
    std::optional<NamespaceFacts> namespace_;         ///< of the id in status
    std::optional<NamespaceFacts>
        adoptable;                    ///< a namespace made for a Store of this tenant and name that no longer is
    std::vector<ObjectFact> objects;  ///< ours, in the namespace
    std::string live_digest;          ///< over the fields we own in `objects`
    std::vector<domain::PodFacts> pods;
    std::vector<std::string> volumes;  ///< PersistentVolumes still bound to claims of the namespace
    std::optional<Applied> applied;
    std::optional<ProbeOutcome> probe;
    std::optional<TimePoint> probing;  ///< since when the shop is being asked
    std::optional<SecretFacts> secrets;
    bool secrets_due = false;  ///< it is time to look at the Secrets
    std::optional<ActError> last_error;
};

/// Takes a Job for done as soon as the containers of a pod of it have ended well. The Job controller says so up to four
/// seconds later: kubelet takes the pod down first, the controller counts in batches, and only once it has taken its
/// finalizer off the pod. Jobs of a store have one pod to succeed
/// (app/manifests.cpp).
void believe_succeeded_pods(Observed& o);

}  // namespace storewright::reconcile
