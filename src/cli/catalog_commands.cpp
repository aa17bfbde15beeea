// engine list, plan list

#include <fmt/format.h>

#include "cli/context.hpp"

namespace storewright::cli {
namespace {

namespace json = boost::json;

/// The plans that a store of the engine fits.
std::string plans_cell(const json::object& engine) {
    std::string names;
    if (const auto* plans = engine.if_contains("plans"); plans && plans->is_array())
        for (const auto& plan : plans->as_array())
            if (cell_at(plan.as_object(), "fits") == "true")
                names += (names.empty() ? "" : ",") + cell_at(plan.as_object(), "name");
    return names.empty() ? "-" : names;
}

const std::vector<Column> engine_columns{
    {"NAME", [](const json::object& e, TimePoint) { return cell_at(e, "name"); }},
    {"VERSION", [](const json::object& e, TimePoint) { return cell_at(e, "version"); }},
    {"PLANS", [](const json::object& e, TimePoint) { return plans_cell(e); }},
    {"AVAILABLE",
     [](const json::object& e, TimePoint) {
         return std::string(cell_at(e, "available") == "true" ? "yes" : "no: " + cell_at(e, "unavailable"));
     }},
    {"DESCRIPTION", [](const json::object& e, TimePoint) { return cell_at(e, "description"); }, true},
};

const std::vector<Column> plan_columns{
    {"NAME", [](const json::object& p, TimePoint) { return cell_at(p, "name"); }},
    {"SIZE", [](const json::object& p, TimePoint) { return cell_at(p, "size"); }},
    {"STORAGE", [](const json::object& p, TimePoint) { return cell_at(p, "storage"); }},
    {"INTERNET", [](const json::object& p,
                    TimePoint) { return std::string(cell_at(p, "internetEgress") == "true" ? "yes" : "no"); }},
};

void add_list(CLI::App& app, Context& context, const std::string& group, const std::string& path,
              const std::vector<Column>& columns) {
    auto* commands = app.add_subcommand(group, fmt::format("What {}s there are", group));
    commands->require_subcommand(1);
    commands->add_subcommand("list", fmt::format("List the {}s", group))->callback([&context, path, &columns] {
        context.chosen = [&context, path, &columns] {
            return with_client(context, [&](ApiClient& client) -> int {
                const auto found = client.get(path);
                return found ? show(context, found->at("items"), columns) : report(found.error());
            });
        };
    });
}

}  // namespace

void add_catalog_commands(CLI::App& app, Context& context) {
    add_list(app, context, "engine", "/engines", engine_columns);
    add_list(app, context, "plan", "/plans", plan_columns);
}

}  // namespace storewright::cli
