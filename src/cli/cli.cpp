#include "cli/cli.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include "cli/context.hpp"
#include "cli/version.hpp"

namespace storewright::cli {
namespace {

std::string environment(const char* name, std::string otherwise) {
    const char* value = std::getenv(name);
    return value && *value ? std::string(value) : std::move(otherwise);
}

void add_global_options(CLI::App& app, Context& context) {
    context.connection.server = environment("STOREWRIGHT_URL", "http://storewright.localhost");
    context.connection.token_file = environment("STOREWRIGHT_TOKEN_FILE", "");
    context.tenant = environment("STOREWRIGHT_TENANT", "demo");
    context.colour = std::getenv("NO_COLOR") == nullptr && isatty(STDOUT_FILENO) != 0;
    app.add_option("--server", context.connection.server,
                   "Address of the platform [$STOREWRIGHT_URL, else http://storewright.localhost]");
    app.add_option("--token-file", context.connection.token_file,
                   "File that holds the API token [$STOREWRIGHT_TOKEN_FILE]");
    app.add_option("--tenant,-t", context.tenant, "Tenant whose stores are meant [$STOREWRIGHT_TENANT, else demo]");
    app.add_option("--output,-o", context.output, "How results are printed [table]")
        ->option_text("table|wide|json|yaml|name")
        ->check(CLI::IsMember({"table", "wide", "json", "yaml", "name"}));
    app.add_flag_callback("--no-color", [&context] { context.colour = false; }, "No colours, as with $NO_COLOR");
}

void add_platform_commands(CLI::App& app, Context& context, const Hooks& hooks) {
    auto* version = app.add_subcommand("version", "Print the version");
    version->callback([&context] {
        context.chosen = [] {
            fmt::print("storewright {}\n", STOREWRIGHT_VERSION);
            return ok;
        };
    });

    auto arguments = std::make_shared<ServeArguments>();
    auto* serve =
        app.add_subcommand("serve", "Run the API and the controller (in the cluster; not needed on your desk)");
    serve->add_option("--config", arguments->config_path, "Configuration file");
    serve->add_option("--kubeconfig", arguments->kubeconfig,
                      "Kubeconfig; otherwise KUBECONFIG or the pod's service account");
    serve->add_option("--address", arguments->address, "Address to listen on");
    serve->add_option("--port", arguments->port, "Port to listen on, 0 for any")->check(CLI::Range(0, 65535));
    serve->add_option("--role", arguments->role, "all, api or controller")
        ->check(CLI::IsMember({"all", "api", "controller"}));
    serve->callback([&context, &hooks, arguments] {
        context.chosen = [&hooks, arguments]() -> int {
            const auto done = hooks.serve(*arguments);
            return done ? ok : report(done.error());
        };
    });

    auto kubeconfig = std::make_shared<std::string>();
    auto* check =
        app.add_subcommand("uninstall-check", "Fail while stores exist (run by the chart before it is uninstalled)");
    check->add_option("--kubeconfig", *kubeconfig, "Kubeconfig; otherwise KUBECONFIG or the pod's service account");
    check->callback([&context, &hooks, kubeconfig] {
        context.chosen = [&hooks, kubeconfig]() -> int {
            const auto stores = hooks.count_stores(*kubeconfig);
            if (!stores) return report(stores.error());
            if (*stores == 0) return ok;
            return report({ErrorCode::conflict,
                           fmt::format("{} stores exist: delete them before the platform is uninstalled", *stores),
                           {}});
        };
    });
}

}  // namespace

Format Context::format() const {
    if (output == "wide") return Format::wide;
    if (output == "json") return Format::json;
    if (output == "yaml") return Format::yaml;
    if (output == "name") return Format::name;
    return Format::table;
}

std::string Context::stores_path(const std::string& name) const {
    std::string path = "/tenants/" + http::encode_component(tenant) + "/stores";
    return name.empty() ? path : path + "/" + http::encode_component(name);
}

int report(const Error& error) {
    fmt::print(stderr, "error: {}\n", error.message);
    return exit_code_of(error.code);
}

bool Context::refuses_names() const {
    if (format() != Format::name) return false;
    fmt::print(stderr, "error: --output: there are no names here: choose table, wide, json or yaml\n");
    return true;
}

int show(const Context& context, const boost::json::value& items, const std::vector<Column>& columns) {
    fmt::print("{}", format_items(items, columns, context.format(), system_clock().now()));
    return ok;
}

int with_client(const Context& context, const std::function<int(ApiClient&)>& f) {
    const auto client = ApiClient::create(context.connection);
    if (!client) return report(client.error());
    try {
        return f(**client);
    } catch (const std::exception& e) {
        return report(
            {ErrorCode::internal,
             fmt::format("the platform's answer is not understood ({}): are its version and this one's the same?",
                         e.what()),
             {}});
    }
}

int run(int argc, char** argv, const Hooks& hooks) {
    CLI::App app(
        "Complete online stores on Kubernetes.\n\n"
        "  storewright store create shoes --wait     a shop called shoes, until it is open\n"
        "  storewright store list                    what there is\n"
        "  storewright store credentials shoes       how to log in to its admin\n"
        "  storewright store delete shoes --wait     and all its data\n",
        "storewright");
    app.footer(
        "Every command has --help. Exit codes: 0 done, 1 unexpected, 2 wrong usage or input, 3 not found, 4 conflict, "
        "5 not allowed,\n"
        "6 platform not available, 7 store failed, 8 timed out, 130 interrupted.");
    app.require_subcommand(1);
    app.fallthrough();
    app.set_version_flag("--version", "storewright " STOREWRIGHT_VERSION, "Print the version");
    Context context;
    add_global_options(app, context);
    add_store_commands(app, context);
    add_tenant_commands(app, context);
    add_catalog_commands(app, context);
    add_platform_commands(app, context, hooks);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& e) {
        return app.exit(e) == 0 ? ok : usage;
    }
    return context.chosen ? context.chosen() : int{usage};
}

}  // namespace storewright::cli
