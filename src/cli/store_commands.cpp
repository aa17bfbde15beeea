// store create|get|list|delete|wait|plan|credentials|events|set

#include <fmt/format.h>
#include <unistd.h>

#include <boost/json/array.hpp>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <optional>

#include "cli/context.hpp"
#include "cli/progress.hpp"

namespace storewright::cli {
namespace {

namespace json = boost::json;

std::string age_cell(const json::object& store, TimePoint now) {
    const auto created = parse_time(cell_at(store, "createdAt"));
    return created ? age(*created, now) : "-";
}

const std::vector<Column> store_columns{
    {"TENANT", [](const json::object& s, TimePoint) { return cell_at(s, "tenant"); }},
    {"NAME", [](const json::object& s, TimePoint) { return cell_at(s, "name"); }},
    {"ENGINE", [](const json::object& s, TimePoint) { return cell_at(s, "spec.engine"); }},
    {"PHASE", [](const json::object& s, TimePoint) { return cell_at(s, "status.phase"); }},
    {"URL", [](const json::object& s, TimePoint) { return cell_at(s, "status.url"); }},
    {"AGE", age_cell},
    {"VERSION", [](const json::object& s, TimePoint) { return cell_at(s, "status.version"); }, true},
    {"PLAN", [](const json::object& s, TimePoint) { return cell_at(s, "spec.plan"); }, true},
    {"ID", [](const json::object& s, TimePoint) { return cell_at(s, "status.id"); }, true},
    {"REASON", [](const json::object& s, TimePoint) { return cell_at(s, "status.failure.reason"); }, true},
};

const std::vector<Column> event_columns{
    {"AGE",
     [](const json::object& e, TimePoint now) {
         const auto at = parse_time(cell_at(e, "at"));
         return at ? age(*at, now) : std::string("-");
     }},
    {"TYPE", [](const json::object& e, TimePoint) { return cell_at(e, "type"); }},
    {"REASON", [](const json::object& e, TimePoint) { return cell_at(e, "reason"); }},
    {"COUNT", [](const json::object& e, TimePoint) { return cell_at(e, "count"); }, true},
    {"MESSAGE", [](const json::object& e, TimePoint) { return cell_at(e, "message"); }},
};

/// A setting that was not given is left alone; one that was given empty is unset.
struct Settings {
    std::optional<std::string> version, display_name, email, country, currency, language, timezone;
    std::vector<std::string> hostnames;
    std::optional<std::string> smtp_host, smtp_security, smtp_username, smtp_from, smtp_password_file;
    std::optional<int> smtp_port;
};

struct StoreArguments {
    std::string name;
    std::string engine = "medusa";
    std::optional<std::string> plan;
    Settings settings;
    bool no_hostnames = false, no_smtp = false, suspend = false, resume = false;
    bool wait = false, yes = false, all_tenants = false;
    int timeout_seconds = 900;
};
using Arguments = std::shared_ptr<StoreArguments>;

Wait wait_for(const Context& context, const StoreArguments& a) {
    const char* terminal = std::getenv("TERM");
    const bool can_draw = isatty(STDERR_FILENO) != 0 && (!terminal || std::string_view(terminal) != "dumb");
    return {.path = context.stores_path(a.name),
            .name = a.name,
            .timeout = std::chrono::seconds(a.timeout_seconds),
            .draw = can_draw,
            .colour = context.colour};
}

void put(json::object& spec, std::string_view name, const std::optional<std::string>& value) {
    if (!value) return;
    if (value->empty()) spec[name] = nullptr;
    else spec[name] = *value;
}

/// The file's content but for the line's end that editors put there. It is never an argument, which others could read.
Result<std::string> password_in(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    std::string password((std::istreambuf_iterator<char>(file)), {});
    while (password.ends_with('\n') || password.ends_with('\r')) password.pop_back();
    if (!file || password.empty())
        return fail(ErrorCode::invalid_argument,
                    fmt::format("--smtp-password-file: {} cannot be read or is empty", path));
    return password;
}

Result<json::object> mail_of(const Settings& s) {
    json::object mail;
    put(mail, "host", s.smtp_host);
    put(mail, "security", s.smtp_security);
    put(mail, "username", s.smtp_username);
    put(mail, "from", s.smtp_from);
    if (s.smtp_port) mail["port"] = *s.smtp_port;
    if (s.smtp_username && s.smtp_username->empty()) mail["passwordSecret"] = nullptr;
    if (!s.smtp_password_file) return mail;
    SW_TRY_ASSIGN(const auto password, password_in(*s.smtp_password_file));
    mail["password"] = password;
    return mail;
}

Result<json::object> spec_of(const StoreArguments& a) {
    json::object spec;
    put(spec, "plan", a.plan);
    put(spec, "version", a.settings.version);
    put(spec, "displayName", a.settings.display_name);
    put(spec, "adminEmail", a.settings.email);
    put(spec, "country", a.settings.country);
    put(spec, "currency", a.settings.currency);
    put(spec, "language", a.settings.language);
    put(spec, "timezone", a.settings.timezone);
    const auto& hostnames = a.settings.hostnames;
    if (!hostnames.empty()) spec["hostnames"] = json::array(hostnames.begin(), hostnames.end());
    SW_TRY_ASSIGN(auto mail, mail_of(a.settings));
    if (!mail.empty()) spec["mail"] = std::move(mail);
    return spec;
}

/// What a person wants to know once the shop is open.
int tell_ready(const Context& context, ApiClient& client, const StoreArguments& a) {
    const auto store = client.get(context.stores_path(a.name));
    if (!store) return report(store.error());
    if (!context.for_people()) return show(context, *store, store_columns);
    fmt::print("Shop      {}\nAdmin     {}\nPassword  storewright store credentials {}\n",
               cell_at(store->as_object(), "status.url"), cell_at(store->as_object(), "status.adminURL"), a.name);
    return ok;
}

/// The login that a shop gets when none is named: a domain of RFC 2606, which no mail ever reaches.
constexpr std::string_view default_email = "owner@example.com";

int create(const Context& context, const StoreArguments& a) {
    return with_client(context, [&](ApiClient& client) -> int {
        auto wanted = spec_of(a);
        if (!wanted) return report(wanted.error());
        json::object spec = *std::move(wanted);
        spec["engine"] = a.engine;
        if (!a.plan) spec["plan"] = "small";
        if (!a.settings.email) {
            const char* from_environment = std::getenv("STOREWRIGHT_EMAIL");
            spec["adminEmail"] =
                from_environment && *from_environment ? std::string_view(from_environment) : default_email;
            fmt::print(stderr, "no --email given: the admin's login is {}\n", spec["adminEmail"].as_string().c_str());
        }
        const auto made = client.post(context.stores_path(), {{"name", a.name}, {"spec", std::move(spec)}});
        if (!made) return report(made.error());
        if (a.wait) {
            const int code = wait_until_ready(client, wait_for(context, a));
            return code == ok ? tell_ready(context, client, a) : code;
        }
        if (!context.for_people()) return show(context, *made, store_columns);
        fmt::print("store {} is being created: storewright store wait {}\n", a.name, a.name);
        return ok;
    });
}

int change(const Context& context, const StoreArguments& a) {
    return with_client(context, [&](ApiClient& client) -> int {
        auto wanted = spec_of(a);
        if (!wanted) return report(wanted.error());
        json::object spec = *std::move(wanted);
        if (a.no_hostnames) spec["hostnames"] = nullptr;
        if (a.no_smtp) spec["mail"] = nullptr;
        if (a.suspend || a.resume) spec["suspended"] = a.suspend;
        if (spec.empty())
            return report(
                {ErrorCode::invalid_argument, "nothing to change: name at least one setting, see --help", {}});
        const auto changed = client.patch(context.stores_path(a.name), {{"spec", std::move(spec)}});
        if (!changed) return report(changed.error());
        if (a.wait) {
            const int code = wait_until_ready(client, wait_for(context, a));
            if (code != ok) return code;
        }
        if (!context.for_people()) return show(context, *changed, store_columns);
        fmt::print("store {} is {}\n", a.name, a.wait ? "changed" : "being changed: storewright store wait " + a.name);
        return ok;
    });
}

/// What the condition of that type says, or nothing.
std::string condition_message(const json::object& store, std::string_view type) {
    const auto* status = store.if_contains("status");
    const auto* conditions = status && status->is_object() ? status->as_object().if_contains("conditions") : nullptr;
    if (!conditions || !conditions->is_array()) return {};
    for (const auto& condition : conditions->as_array())
        if (condition.is_object() && cell_at(condition.as_object(), "type") == type)
            return cell_at(condition.as_object(), "message");
    return {};
}

int get(const Context& context, const StoreArguments& a) {
    return with_client(context, [&](ApiClient& client) -> int {
        const auto store = client.get(context.stores_path(a.name));
        if (!store) return report(store.error());
        show(context, *store, store_columns);
        const std::string mail = condition_message(store->as_object(), "MailConfigured");
        if (context.for_people() && !mail.empty()) fmt::print("\nMail      {}\n", mail);
        const std::string failure = cell_at(store->as_object(), "status.failure.message"),
                          hint = cell_at(store->as_object(), "status.failure.hint");
        if (context.for_people() && failure != "-") fmt::print("\n{}\n{}", failure, hint == "-" ? "" : hint + "\n");
        return ok;
    });
}

int list(const Context& context, const StoreArguments& a) {
    return with_client(context, [&](ApiClient& client) -> int {
        json::array all;
        const std::string path = a.all_tenants ? "/stores" : context.stores_path();
        std::string cursor;
        do {
            const auto page =
                client.get(path + "?limit=100" + (cursor.empty() ? "" : "&cursor=" + http::encode_component(cursor)));
            if (!page) return report(page.error());
            for (const auto& store : page->at("items").as_array()) all.push_back(store);
            const auto* next = page->as_object().if_contains("nextCursor");
            cursor = next ? std::string(next->as_string()) : "";
        } while (!cursor.empty());
        if (!all.empty() || !context.for_people()) return show(context, all, store_columns);
        fmt::print(stderr, "no stores{}\n", a.all_tenants ? "" : " in tenant " + context.tenant);
        return ok;
    });
}

/// Asks a person; a script has to say --yes.
bool confirmed(const StoreArguments& a) {
    if (a.yes) return true;
    if (isatty(STDIN_FILENO) == 0) {
        fmt::print(stderr, "error: deleting {} discards all its data (there are no backups yet): say --yes to do it\n",
                   a.name);
        return false;
    }
    fmt::print(stderr,
               "Delete store {} and all its data, for good (there are no backups yet)? Type its name: ", a.name);
    std::string typed;
    std::getline(std::cin, typed);
    if (typed != a.name) fmt::print(stderr, "not deleted\n");
    return typed == a.name;
}

/// Deleting twice is fine: what is going or gone already is success, and said.
int remove(const Context& context, const StoreArguments& a) {
    return with_client(context, [&](ApiClient& client) -> int {
        const auto store = client.get(context.stores_path(a.name));
        const auto is_gone = [](const auto& answer) { return !answer && answer.error().code == ErrorCode::not_found; };
        const auto tell_gone = [&] {
            fmt::print("there is no store {} in tenant {}: nothing to delete\n", a.name, context.tenant);
            return ok;
        };
        if (is_gone(store)) return tell_gone();
        if (!store) return report(store.error());
        const bool already = store->as_object().contains("deletionRequestedAt");
        if (!already) {
            if (!confirmed(a)) return usage;
            const auto done = client.remove(context.stores_path(a.name));
            if (is_gone(done)) return tell_gone();
            if (!done) return report(done.error());
        }
        if (!a.wait) {
            fmt::print("store {} is {}being deleted\n", a.name, already ? "already " : "");
            return ok;
        }
        const int code = wait_until_gone(client, wait_for(context, a));
        if (code == ok) fmt::print("store {} is gone\n", a.name);
        return code;
    });
}

int wait(const Context& context, const StoreArguments& a) {
    return with_client(context, [&](ApiClient& client) -> int {
        const int code = wait_until_ready(client, wait_for(context, a));
        return code == ok ? tell_ready(context, client, a) : code;
    });
}

int plan(const Context& context, const StoreArguments& a) {
    if (context.refuses_names()) return usage;
    return with_client(context, [&](ApiClient& client) -> int {
        const auto found = client.get(context.stores_path(a.name) + "/plan");
        if (!found) return report(found.error());
        if (!context.for_people()) return show(context, *found, {});
        fmt::print("Step {}: {}\n", cell_at(found->as_object(), "step"), cell_at(found->as_object(), "why"));
        for (const auto& action : found->at("actions").as_array())
            fmt::print("  {}\n", cell_at(action.as_object(), "action"));
        return ok;
    });
}

int credentials(const Context& context, const StoreArguments& a) {
    if (context.refuses_names()) return usage;
    return with_client(context, [&](ApiClient& client) -> int {
        const auto found = client.get(context.stores_path(a.name) + "/credentials");
        if (!found) return report(found.error());
        if (!context.for_people()) return show(context, *found, {});
        fmt::print("admin      {}\n", cell_at(found->as_object(), "adminURL"));
        for (const auto& [name, value] : found->at("entries").as_object())
            fmt::print("{:<10} {}\n", std::string_view(name), value.as_string().c_str());
        return ok;
    });
}

int events(const Context& context, const StoreArguments& a) {
    if (context.refuses_names()) return usage;
    return with_client(context, [&](ApiClient& client) -> int {
        const auto found = client.get(context.stores_path(a.name) + "/events");
        return found ? show(context, found->at("items"), event_columns) : report(found.error());
    });
}

void add_settings(CLI::App& command, const Arguments& a) {
    auto& s = a->settings;
    command.add_option("--display-name", s.display_name, "What the shop is called; otherwise its name");
    command.add_option("--email,--admin-email", s.email, "The owner's e-mail address, which is the admin's login");
    command.add_option("--country", s.country, "Where it sells from: ISO 3166-1 code, for example US");
    command.add_option("--currency", s.currency, "ISO 4217 code, for example USD");
    command.add_option("--language", s.language, "Language tag, for example en");
    command.add_option("--timezone", s.timezone, "For example Europe/Berlin");
    command.add_option("--hostname", s.hostnames, "A hostname of your own, beside the generated one (repeatable)")
        ->allow_extra_args(false);
    command.add_option("--smtp-host", s.smtp_host, "Mail server that the shop sends with; otherwise the plan's");
    command.add_option("--smtp-port", s.smtp_port, "25, 465, 587 or 2525 [587]");
    command.add_option("--smtp-security", s.smtp_security, "none, starttls or tls [starttls]");
    command.add_option("--smtp-username", s.smtp_username, "Login at the mail server");
    command.add_option("--smtp-password-file", s.smtp_password_file, "File that holds its password");
    command.add_option("--smtp-from", s.smtp_from, "The address that the shop's mail comes from");
    command.add_option("--engine-version", s.version,
                       "Version of the engine's chart; otherwise the newest, which then stays");
}

void add_wait(CLI::App& command, const Arguments& a, const char* what) {
    command.add_flag("--wait", a->wait, what);
    command.add_option("--timeout", a->timeout_seconds, "Seconds to wait at most [900]")->check(CLI::Range(1, 86400));
}

using Command = int (*)(const Context&, const StoreArguments&);

CLI::App* add_named(CLI::App& group, Context& context, const Arguments& a, const char* name, const char* help,
                    Command command) {
    auto* added = group.add_subcommand(name, help);
    added->add_option("name", a->name, "The store's name")->required();
    added->callback(
        [&context, a, command] { context.chosen = [&context, a, command] { return command(context, *a); }; });
    return added;
}

}  // namespace

void add_store_commands(CLI::App& app, Context& context) {
    auto* group = app.add_subcommand("store", "Create, look at, change and delete stores");
    group->require_subcommand(1);
    auto a = std::make_shared<StoreArguments>();

    auto* created = add_named(*group, context, a, "create", "Create a store", create);
    created->add_option("--engine", a->engine, "What kind of shop: see `storewright engine list` [medusa]");
    created->add_option("--plan", a->plan, "Its size: see `storewright plan list` [small]");
    add_settings(*created, a);
    created->get_option("--email")->description(
        "The owner's e-mail address, which is the admin's login [$STOREWRIGHT_EMAIL, else owner@example.com]");
    add_wait(*created, a, "Wait until the shop is open, showing each step");

    add_named(*group, context, a, "get", "Show one store", get);
    auto* listed = group->add_subcommand("list", "List the tenant's stores");
    listed->add_flag("--all-tenants,-A", a->all_tenants, "Those of every tenant");
    listed->callback([&context, a] { context.chosen = [&context, a] { return list(context, *a); }; });

    auto* deleted = add_named(*group, context, a, "delete", "Delete a store and all its data", remove);
    add_wait(*deleted, a, "Wait until nothing of it is left");
    deleted->add_flag("--yes,-y", a->yes, "Do not ask");

    auto* waited = add_named(*group, context, a, "wait", "Wait until a store is ready", wait);
    waited->add_option("--timeout", a->timeout_seconds, "Seconds to wait at most [900]")->check(CLI::Range(1, 86400));

    add_named(*group, context, a, "plan", "Show what the reconciler would do now, and why", plan);
    add_named(*group, context, a, "credentials", "Show the admin's login", credentials);
    add_named(*group, context, a, "events", "Show what has happened to a store", events);

    auto* set =
        add_named(*group, context, a, "set", "Change a store's settings; one that is given empty is unset", change);
    set->add_option("--plan", a->plan, "Its size");
    add_settings(*set, a);
    set->add_flag("--no-hostnames", a->no_hostnames, "Give up all hostnames of your own")
        ->excludes(set->get_option("--hostname"));
    set->add_flag("--no-smtp", a->no_smtp, "Send mail with the plan's server, if it has one")
        ->excludes(set->get_option("--smtp-host"));
    auto* suspend = set->add_flag("--suspend", a->suspend, "Stop it, keep its data");
    set->add_flag("--resume", a->resume, "Start it again")->excludes(suspend);
    add_wait(*set, a, "Wait until the change has arrived");
}

}  // namespace storewright::cli
