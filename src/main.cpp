// main -> cli::run -> (serve ->) app: observe -> decide -> act. ARCHITECTURE.md walks along this path.

#include "app/serve.hpp"
#include "cli/cli.hpp"

namespace {

using namespace storewright;

app::Role role_named(const std::string& name) {
    if (name == "api") return app::Role::api;
    return name == "controller" ? app::Role::controller : app::Role::all;
}

Result<> serve(const cli::ServeArguments& a) {
    return app::serve({.config_path = a.config_path,
                       .kubeconfig = a.kubeconfig,
                       .address = a.address,
                       .port = a.port,
                       .role = role_named(a.role)});
}

}  // namespace

int main(int argc, char** argv) { return cli::run(argc, argv, {.serve = serve, .count_stores = app::count_stores}); }
