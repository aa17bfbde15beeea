#pragma once
#include <functional>
#include <string>
#include <string_view>

#include "http/client.hpp"

namespace storewright::kube {

/// How to reach an API server and as whom, ready for http::Client.
struct Access {
    std::string origin;
    http::Tls tls;
    std::function<std::string()> bearer_token;
};

/// The current context of a kubeconfig. `directory` is the file's own, for relative paths. Errors: invalid_argument for
/// what it does not hold or what is not supported (exec plugins, basic auth, insecure-skip-tls-verify), naming it.
Result<Access> parse_kubeconfig(std::string_view yaml, const std::string& directory);

/// The pod's service account; unavailable outside a cluster.
Result<Access> in_cluster_access();

}  // namespace storewright::kube
