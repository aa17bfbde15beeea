#pragma once
// `storewright serve`: API and controller in one process, or one of them.

#include <memory>
#include <string>

#include "app/prober.hpp"
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

/// Runs until SIGTERM or SIGINT, then ends what is under way and returns; an Error when it could not start or lost its
/// lease.
Result<> serve(const ServeOptions& options);
/// The same with another prober than the real one: for tests without shops to ask.
Result<> serve(const ServeOptions& options, std::unique_ptr<Prober> prober);

/// How many stores there are; the chart's pre-delete hook refuses to remove the platform under them.
Result<std::size_t> count_stores(const std::string& kubeconfig);

}  // namespace storewright::app
