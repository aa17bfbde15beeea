#pragma once
// The command line. One file per group of commands; docs/cli.md lists them and their exit codes.

#include <functional>
#include <string>

#include "base/result.hpp"

namespace storewright::cli {

/// What the commands that run the platform itself need; filled in by main(), so that the CLI does not depend on the
/// server.
struct ServeArguments {
    std::string config_path = "/etc/storewright/config.yaml";
    std::string kubeconfig;
    std::string address = "0.0.0.0";
    unsigned short port = 8080;
    std::string role = "all";
};

struct Hooks {
    std::function<Result<>(const ServeArguments&)> serve;
    std::function<Result<std::size_t>(const std::string& kubeconfig)> count_stores;
};

/// Parses the arguments, runs the command, prints, and returns the process's exit code.
int run(int argc, char** argv, const Hooks& hooks);

}  // namespace storewright::cli
