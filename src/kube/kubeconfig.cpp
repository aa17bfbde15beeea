#include "kube/kubeconfig.hpp"

#include <fmt/format.h>
#include <sodium.h>
#include <yaml-cpp/yaml.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <mutex>
#include <sstream>

#include "kube/client.hpp"

namespace storewright::kube {
namespace {

constexpr std::string_view account_dir = "/var/run/secrets/kubernetes.io/serviceaccount";

Result<std::string> read_file(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) return fail(ErrorCode::not_found, fmt::format("{} cannot be read", path));
    std::ostringstream content;
    content << file.rdbuf();
    return std::move(content).str();
}

Result<std::string> from_base64(const std::string& encoded, std::string_view field) {
    std::string bytes(encoded.size(), '\0');
    std::size_t length = 0;
    if (sodium_base642bin(reinterpret_cast<unsigned char*>(bytes.data()), bytes.size(), encoded.data(), encoded.size(),
                          "\r\n ", &length, nullptr, sodium_base64_VARIANT_ORIGINAL) != 0)
        return fail(ErrorCode::invalid_argument, fmt::format("kubeconfig: {} is no base64", field));
    bytes.resize(length);
    return bytes;
}

/// A token in a file that Kubernetes renews: read again at most once a minute.
class TokenFile {
  public:
    explicit TokenFile(std::string path) : path_(std::move(path)) {}

    std::string operator()() {
        const std::lock_guard lock(mutex_);
        const auto now = std::chrono::steady_clock::now();
        if (now >= next_) {
            if (auto text = read_file(path_)) {
                token_ = *std::move(text);
                while (!token_.empty() && (token_.back() == '\n' || token_.back() == ' ')) token_.pop_back();
            }
            next_ = now + std::chrono::minutes(1);
        }
        return token_;
    }

  private:
    std::string path_;
    std::mutex mutex_;
    std::string token_;
    std::chrono::steady_clock::time_point next_{};
};

std::function<std::string()> token_from(std::string path) {
    auto file = std::make_shared<TokenFile>(std::move(path));
    return [file] { return (*file)(); };
}

/// The entry of `list` with that name, its member `what`.
YAML::Node named(const YAML::Node& list, const std::string& name, const char* what) {
    for (const auto& entry : list)
        if (entry["name"] && entry["name"].as<std::string>() == name) return entry[what];
    return YAML::Node(YAML::NodeType::Undefined);
}

std::string text(const YAML::Node& node, const char* name) {
    const YAML::Node found = node[name];
    return found ? found.as<std::string>() : std::string();
}

std::string beside(const std::string& directory, const std::string& path) {
    return path.starts_with('/') ? path : directory + "/" + path;
}

/// "<name>-data" inline in base64, or "<name>" as a path.
Result<std::string> pem(const YAML::Node& node, const std::string& name, const std::string& directory) {
    if (const std::string data = text(node, (name + "-data").c_str()); !data.empty())
        return from_base64(data, name + "-data");
    const std::string path = text(node, name.c_str());
    if (path.empty()) return std::string();
    return read_file(beside(directory, path));
}

Result<Access> access_of(const YAML::Node& root, const std::string& directory) {
    const auto missing = [](std::string_view what) {
        return fail(ErrorCode::invalid_argument, fmt::format("kubeconfig: {}", what));
    };
    const YAML::Node context = named(root["contexts"], text(root, "current-context"), "context");
    if (!context) return missing("its current-context is not among its contexts");
    const YAML::Node cluster = named(root["clusters"], text(context, "cluster"), "cluster");
    if (!cluster) return missing("the context's cluster is not there");
    const std::string user_name = text(context, "user");
    const YAML::Node user = named(root["users"], user_name, "user");
    if (!user && !user_name.empty()) return missing("the context's user is not there");
    if (cluster["proxy-url"]) return missing("proxy-url is not supported: name the API server itself");
    if (user && (user["as"] || user["as-uid"] || user["as-groups"]))
        return missing("impersonation (as, as-uid, as-groups) is not supported: use credentials of that user's own");
    if (text(cluster, "insecure-skip-tls-verify") == "true")
        return missing("insecure-skip-tls-verify is refused: give the cluster's certificate-authority instead");
    if (user && (user["exec"] || user["auth-provider"] || user["username"]))
        return missing(
            "exec plugins, auth providers and passwords are not supported: use a client certificate or a token");
    Access access{.origin = text(cluster, "server")};
    while (access.origin.ends_with('/')) access.origin.pop_back();
    access.tls.server_name = text(cluster, "tls-server-name");
    SW_TRY_ASSIGN(access.tls.ca_pem, pem(cluster, "certificate-authority", directory));
    if (!user) return access;
    SW_TRY_ASSIGN(access.tls.client_cert_pem, pem(user, "client-certificate", directory));
    SW_TRY_ASSIGN(access.tls.client_key_pem, pem(user, "client-key", directory));
    if (std::string token = text(user, "token"); !token.empty()) access.bearer_token = [token] { return token; };
    if (const std::string path = text(user, "tokenFile"); !path.empty())
        access.bearer_token = token_from(beside(directory, path));
    return access;
}

}  // namespace

Result<Access> parse_kubeconfig(std::string_view yaml, const std::string& directory) {
    try {
        const YAML::Node root = YAML::Load(std::string(yaml));
        if (!root.IsMap()) return fail(ErrorCode::invalid_argument, "kubeconfig: it is no map");
        return access_of(root, directory);
    } catch (const YAML::Exception& e) {
        return fail(ErrorCode::invalid_argument, fmt::format("kubeconfig, line {}: {}", e.mark.line + 1, e.msg));
    }
}

Result<Access> in_cluster_access() {
    const char* host = std::getenv("KUBERNETES_SERVICE_HOST");
    const char* port = std::getenv("KUBERNETES_SERVICE_PORT");
    if (!host || !port)
        return fail(ErrorCode::unavailable, "there is no KUBECONFIG, and this is no pod: which cluster is meant?");
    const bool v6 = std::string_view(host).find(':') != std::string_view::npos;
    Access access{.origin = v6 ? fmt::format("https://[{}]:{}", host, port) : fmt::format("https://{}:{}", host, port)};
    SW_TRY_ASSIGN(access.tls.ca_pem, read_file(fmt::format("{}/ca.crt", account_dir)));
    access.bearer_token = token_from(fmt::format("{}/token", account_dir));
    return access;
}

Result<std::unique_ptr<Client>> Client::create(const std::string& kubeconfig_path, std::string user_agent,
                                               std::size_t max_connections) {
    const char* from_environment = std::getenv("KUBECONFIG");
    const std::string path = !kubeconfig_path.empty() ? kubeconfig_path : (from_environment ? from_environment : "");
    Access access;
    if (path.empty()) {
        SW_TRY_ASSIGN(access, in_cluster_access());
    } else {
        if (kubeconfig_path.empty() && path.find(':') != std::string::npos)
            return fail(ErrorCode::invalid_argument,
                        fmt::format("KUBECONFIG names several files ({}): give one", path));
        SW_TRY_ASSIGN(const std::string yaml, read_file(path));
        const auto slash = path.rfind('/');
        SW_TRY_ASSIGN(access, parse_kubeconfig(yaml, slash == std::string::npos ? "." : path.substr(0, slash)));
    }
    SW_TRY_ASSIGN(auto http, http::Client::create({.origin = access.origin,
                                                   .tls = access.tls,
                                                   .bearer_token = access.bearer_token,
                                                   .user_agent = std::move(user_agent),
                                                   .max_connections = max_connections}));
    return std::make_unique<Client>(std::move(http));
}

}  // namespace storewright::kube
