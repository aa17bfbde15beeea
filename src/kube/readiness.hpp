#pragma once
// Whether an object does what it is for, by the rules of kstatus (sigs.k8s.io/cli-utils, pkg/kstatus/status/core.go).

#include <boost/json/object.hpp>
#include <optional>
#include <string>
#include <vector>

namespace storewright::kube {

enum class ReadyState { ready, progressing, failed };

struct Readiness {
    ReadyState state = ReadyState::ready;
    std::string message;  ///< what is awaited or what failed, e.g. "1 of 2 replicas ready", "BackoffLimitExceeded"
    bool operator==(const Readiness&) const = default;
};

/// Deployment, StatefulSet, Job (Complete is ready, Failed is failed), PersistentVolumeClaim (Bound, or waiting for its first consumer),
/// Pod, Namespace; every other kind is ready once it exists. An object being deleted is progressing.
Readiness readiness_of(const boost::json::object& object);

/// What a pod says about why it does not work, for failure reasons.
struct PodFacts {
    std::string name;
    std::string component;  ///< label app.kubernetes.io/component
    bool ready = false;
    bool succeeded = false;
    bool terminating = false;
    int restarts = 0;                ///< over all containers
    std::string unschedulable;       ///< message of PodScheduled=False, or empty
    std::string waiting_reason;      ///< the first container's waiting reason: ErrImagePull, ImagePullBackOff, CrashLoopBackOff, ...
    std::string waiting_message;
    std::string container;           ///< that container
    std::string image;               ///< its image
    std::string terminated_reason;   ///< of its last run: OOMKilled, Error, ...
    int exit_code = 0;               ///< of its last run
    bool operator==(const PodFacts&) const = default;
};

PodFacts pod_facts(const boost::json::object& pod);

}  // namespace storewright::kube
