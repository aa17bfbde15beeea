// tenant create, tenant list, tenant delete

#include <fmt/format.h>

#include <boost/json/array.hpp>

#include "cli/context.hpp"

namespace storewright::cli {
namespace {

namespace json = boost::json;

const std::vector<Column> columns{
    {"NAME", [](const json::object& t, TimePoint) { return cell_at(t, "name"); }},
    {"STORES", [](const json::object& t, TimePoint) { return cell_at(t, "stores"); }},
    {"MAX", [](const json::object& t, TimePoint) { return cell_at(t, "maxStores"); }},
    {"PLANS", [](const json::object& t, TimePoint) { return cell_at(t, "plans"); }},
    {"DOMAINS", [](const json::object& t, TimePoint) { return cell_at(t, "domains"); }},
};

struct TenantArguments {
    std::string name;
    std::vector<std::string> plans, domains;
    int max_stores = 10;
};

int put_tenant(const Context& context, const TenantArguments& a) {
    return with_client(context, [&](ApiClient& client) -> int {
        const json::object body{{"plans", json::array(a.plans.begin(), a.plans.end())},
                                {"domains", json::array(a.domains.begin(), a.domains.end())},
                                {"maxStores", a.max_stores}};
        const auto made = client.put("/tenants/" + http::encode_component(a.name), body);
        if (!made) return report(made.error());
        if (!context.for_people()) return show(context, *made, columns);
        fmt::print("tenant {} may have {} stores\n", a.name, a.max_stores);
        return ok;
    });
}

int list_tenants(const Context& context) {
    return with_client(context, [&](ApiClient& client) -> int {
        const auto found = client.get("/tenants");
        return found ? show(context, found->at("items"), columns) : report(found.error());
    });
}

int delete_tenant(const Context& context, const std::string& name) {
    return with_client(context, [&](ApiClient& client) -> int {
        const auto done = client.remove("/tenants/" + http::encode_component(name));
        if (!done) return report(done.error());
        fmt::print("tenant {} is deleted\n", name);
        return ok;
    });
}

}  // namespace

void add_tenant_commands(CLI::App& app, Context& context) {
    auto* tenant = app.add_subcommand("tenant", "Tenants: who may have stores, how many, on which plans");
    tenant->require_subcommand(1);
    auto arguments = std::make_shared<TenantArguments>();

    auto* create = tenant->add_subcommand("create", "Create a tenant, or change it");
    create->add_option("name", arguments->name, "Its name")->required();
    create->add_option("--plan", arguments->plans, "A plan its stores may use (repeatable)")
        ->required()
        ->allow_extra_args(false);
    create
        ->add_option("--domain", arguments->domains,
                     "A domain it has proved to own: its stores may have hostnames there (repeatable)")
        ->allow_extra_args(false);
    create->add_option("--max-stores", arguments->max_stores, "How many stores it may have [10]")
        ->check(CLI::Range(0, 100'000));
    create->callback(
        [&context, arguments] { context.chosen = [&context, arguments] { return put_tenant(context, *arguments); }; });

    tenant->add_subcommand("list", "List the tenants")->callback([&context] {
        context.chosen = [&context] { return list_tenants(context); };
    });

    auto* remove = tenant->add_subcommand("delete", "Delete a tenant that has no stores");
    remove->add_option("name", arguments->name, "Its name")->required();
    remove->callback([&context, arguments] {
        context.chosen = [&context, arguments] { return delete_tenant(context, arguments->name); };
    });
}

}  // namespace storewright::cli
