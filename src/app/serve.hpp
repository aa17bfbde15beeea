#pragma once
// `storewright serve`: API and controller in one process, or one of them.

#include <string>

#include "base/result.hpp"

namespace storewright::app {

enum class Role { all, api, controller };

struct ServeOptions {
    std::string config_path = "/etc/storewright/config.yaml";
    std::string kubeconfig;  ///< empty: $KUBECONFIG, or the pod's service account
    std::string address = "0.0.0.0";
    unsigned short port = 8080;
    Role role = Role::all;
};

/// Runs until SIGTERM or SIGINT, then ends what is under way and returns; an Error when it could not start or lost its lease.
Result<> serve(const ServeOptions& options);

/// How many stores there are; the chart's pre-delete hook refuses to remove the platform under them.
Result<std::size_t> count_stores(const std::string& kubeconfig);

}  // namespace storewright::app
