#include "kube/kubeconfig.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "kube/client.hpp"

namespace storewright::kube {
namespace {

using testing::HasSubstr;

/// A kubeconfig with that user and, further down, those members of the cluster.
std::string config(const std::string& user, const std::string& cluster = "") {
    return "current-context: here\n"
           "contexts: [{name: other, context: {cluster: x, user: y}}, {name: here, context: {cluster: main, user: "
           "me}}]\n"
           "clusters: [{name: main, cluster: {server: 'https://127.0.0.1:6443/'" +
           cluster +
           "}}]\n"
           "users: [{name: me, user: " +
           user + "}]\n";
}

TEST(Kubeconfig, gives_the_current_context) {
    const auto access =
        parse_kubeconfig(config("{token: t0p, client-certificate-data: Y2VydA==, client-key-data: a2V5}",
                                ", certificate-authority-data: Y2E=, tls-server-name: api.example.com"),
                         ".");
    ASSERT_TRUE(access) << access.error().message;
    EXPECT_EQ(access->origin, "https://127.0.0.1:6443");
    EXPECT_EQ(access->tls.ca_pem, "ca");
    EXPECT_EQ(access->tls.client_cert_pem, "cert");
    EXPECT_EQ(access->tls.client_key_pem, "key");
    EXPECT_EQ(access->tls.server_name, "api.example.com");
    EXPECT_EQ(access->bearer_token(), "t0p");
}

TEST(Kubeconfig, says_what_is_missing_or_not_supported) {
    const std::pair<std::string, const char*> cases[] = {
        {"", "no map"},
        {"- a", "no map"},
        {"a: [", "line"},
        {"contexts: []", "current-context"},
        {"current-context: x\ncontexts: [{name: x, context: {cluster: gone}}]", "cluster is not there"},
        {"current-context: x\ncontexts: [{name: x, context: {cluster: c, user: gone}}]\nclusters: [{name: c, cluster: "
         "{server: 'https://x'}}]",
         "user is not there"},
        {config("{exec: {command: aws}}"), "exec plugins"},
        {config("{username: root, password: x}"), "passwords"},
        {config("{token: t, as: admin}"), "impersonation"},
        {config("{token: t}", ", insecure-skip-tls-verify: true"), "insecure-skip-tls-verify is refused"},
        {config("{token: t}", ", proxy-url: 'http://proxy'"), "proxy-url"},
        {config("{client-certificate-data: '%%%'}"), "client-certificate-data is no base64"},
        {config("{client-certificate-data: 'QUJ'}"), "client-certificate-data is no base64"},
        {config("{client-key: /nowhere/key.pem}"), "/nowhere/key.pem"},
        {config("[1, 2]"), ""},
    };
    for (const auto& [yaml, words] : cases) {
        const auto access = parse_kubeconfig(yaml, ".");
        if (std::string_view(words).empty()) continue;  // only must not crash
        ASSERT_FALSE(access) << yaml;
        EXPECT_THAT(access.error().message, HasSubstr(words)) << yaml;
    }
}

TEST(Kubeconfig, a_context_without_user_is_anonymous) {
    const auto access = parse_kubeconfig(
        "current-context: x\ncontexts: [{name: x, context: {cluster: c}}]\nclusters: [{name: c, cluster: {server: "
        "'http://x:1'}}]",
        ".");
    ASSERT_TRUE(access) << access.error().message;
    EXPECT_FALSE(access->bearer_token);
}

class KubeconfigFiles : public testing::Test {
  protected:
    KubeconfigFiles() { std::filesystem::create_directories(directory); }
    ~KubeconfigFiles() override { std::filesystem::remove_all(directory); }
    void write(const std::string& name, const std::string& content) const {
        std::ofstream(directory / name) << content;
    }
    std::filesystem::path directory =
        std::filesystem::temp_directory_path() / ("kubeconfig-test-" + std::to_string(getpid()));
};

TEST_F(KubeconfigFiles, relative_paths_start_at_the_kubeconfig) {
    write("ca.crt", "the authority");
    write("token", "from the file\n");
    const auto access = parse_kubeconfig(config("{tokenFile: token, token: inline}", ", certificate-authority: ca.crt"),
                                         directory.string());
    ASSERT_TRUE(access) << access.error().message;
    EXPECT_EQ(access->tls.ca_pem, "the authority");
    EXPECT_EQ(access->bearer_token(), "from the file") << "a token file counts more than a token, as for client-go";
}

TEST_F(KubeconfigFiles, several_files_in_the_environment_are_refused) {
    setenv("KUBECONFIG", "/a:/b", 1);
    const auto client = Client::create("", "test");
    unsetenv("KUBECONFIG");
    ASSERT_FALSE(client);
    EXPECT_THAT(client.error().message, HasSubstr("several files"));
}

TEST_F(KubeconfigFiles, outside_a_cluster_and_without_a_file_it_asks_which_cluster) {
    unsetenv("KUBECONFIG");
    unsetenv("KUBERNETES_SERVICE_HOST");
    EXPECT_EQ(Client::create("", "test").error().code, ErrorCode::unavailable);
    EXPECT_EQ(Client::create((directory / "none").string(), "test").error().code, ErrorCode::not_found);
}

}  // namespace
}  // namespace storewright::kube
