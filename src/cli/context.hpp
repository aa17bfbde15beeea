#pragma once
#include <CLI/CLI.hpp>
#include <functional>
#include <memory>
#include <string>

#include "cli/api_client.hpp"
#include "cli/exit_code.hpp"
#include "cli/output.hpp"

namespace storewright::cli {

/// What all commands share: the global options, and the command that was chosen.
struct Context {
    Connection connection;
    std::string tenant;
    std::string output = "table";
    bool colour = true;
    /// Set by the chosen command's callback; run after parsing. Returns the exit code.
    std::function<int()> chosen;

    Format format() const;
    /// Whether people read the output: a table, wide or not.
    bool for_people() const { return format() == Format::table || format() == Format::wide; }
    /// Whether what has no names may be printed; says why not.
    bool refuses_names() const;
    /// "/tenants/<tenant>/stores[/<name>]"
    std::string stores_path(const std::string& name = {}) const;
};

/// Prints the error as "error: ..." on stderr and gives its exit code.
int report(const Error& error);

/// Prints an object or a list of them in the format that was asked for, and gives `ok`.
int show(const Context& context, const boost::json::value& items, const std::vector<Column>& columns);

/// Runs f with a client, or reports why there is none. An answer that is not as it should be is an error, never a
/// crash.
int with_client(const Context& context, const std::function<int(ApiClient&)>& f);

void add_store_commands(CLI::App& app, Context& context);
void add_tenant_commands(CLI::App& app, Context& context);
void add_catalog_commands(CLI::App& app, Context& context);

}  // namespace storewright::cli
