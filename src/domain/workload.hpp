#pragma once
// What the platform knows of the objects and pods of a store: facts, read by kube/ and judged by reconcile/.

#include <string>

namespace storewright::domain {

enum class ReadyState { ready, progressing, failed };

struct Readiness {
    ReadyState state = ReadyState::ready;
    std::string message;  ///< what is awaited or what failed, e.g. "1 of 2 replicas ready", "BackoffLimitExceeded"
    bool operator==(const Readiness&) const = default;
};

/// What a pod says about why it does not work.
struct PodFacts {
    std::string name;
    std::string component;  ///< label app.kubernetes.io/component
    bool ready = false;
    bool succeeded = false;  ///< all its containers ended well and none will be started again
    bool terminating = false;
    int restarts = 0;            ///< over all containers
    std::string unschedulable;   ///< message of PodScheduled=False, or empty
    std::string waiting_reason;  ///< the first container's: ErrImagePull, ImagePullBackOff, CrashLoopBackOff, ...
    std::string waiting_message;
    std::string container;          ///< that container
    std::string image;              ///< its image
    std::string terminated_reason;  ///< of its last run: OOMKilled, Error, ...
    int exit_code = 0;              ///< of its last run
    std::string last_words;         ///< the last line that a container left when it ended, well or not
    bool operator==(const PodFacts&) const = default;
};

}  // namespace storewright::domain
