#include "domain/catalog.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <charconv>

namespace storewright::domain {
namespace {

/// A node's member as T, or the default when it is absent; wrong types throw YAML::Exception, caught at the border.
template <typename T>
T member(const YAML::Node& node, const char* name, T otherwise) {
    const YAML::Node found = node[name];
    return found ? found.as<T>() : std::move(otherwise);
}

/// A member that has to be there.
template <typename T>
T required(const YAML::Node& node, const char* name) {
    const YAML::Node found = node[name];
    if (!found) throw YAML::Exception(node.Mark(), fmt::format("'{}' is missing", name));
    return found.as<T>();
}

void refuse_unknown(const YAML::Node& node, std::initializer_list<std::string_view> known) {
    for (const auto& entry : node) {
        const auto name = entry.first.as<std::string>();
        if (std::ranges::find(known, name) == known.end())
            throw YAML::Exception(entry.first.Mark(),
                                  fmt::format("unknown field '{}' (known: {})", name, fmt::join(known, ", ")));
    }
}

SecretKey parse_secret_key(const YAML::Node& node) {
    refuse_unknown(node, {"key", "from", "generate"});
    SecretKey key{
        .key = required<std::string>(node, "key"), .from = member<std::string>(node, "from", ""), .prefix = {}};
    if (!key.from.empty() && key.from != "adminEmail")
        throw YAML::Exception(node.Mark(), fmt::format("'from: {}' is not known (known: adminEmail)", key.from));
    const YAML::Node generate = node["generate"];
    if (key.from.empty() == !generate) throw YAML::Exception(node.Mark(), "give one of 'from' and 'generate'");
    if (!generate) return key;
    refuse_unknown(generate, {"prefix", "length", "alphabet"});
    key.prefix = member<std::string>(generate, "prefix", "");
    key.length = member<unsigned>(generate, "length", 32);
    const auto alphabet = member<std::string>(generate, "alphabet", "alnum");
    if (alphabet != "alnum" && alphabet != "hex")
        throw YAML::Exception(generate.Mark(), fmt::format("alphabet '{}' is not known (known: alnum, hex)", alphabet));
    if (key.length < 16 || key.length > 256) throw YAML::Exception(generate.Mark(), "length must be 16 to 256");
    key.hex = alphabet == "hex";
    return key;
}

ProbeSpec parse_probe(const YAML::Node& node) {
    refuse_unknown(node, {"name", "path", "status", "contains", "timeoutSeconds"});
    return {.name = required<std::string>(node, "name"),
            .path = required<std::string>(node, "path"),
            .status = member<unsigned>(node, "status", 200),
            .contains = member<std::string>(node, "contains", ""),
            .timeout = std::chrono::seconds(member<int>(node, "timeoutSeconds", 10))};
}

template <typename T, typename Parse>
std::vector<T> parse_all(const YAML::Node& nodes, Parse parse) {
    std::vector<T> all;
    for (const auto& node : nodes) all.push_back(parse(node));
    return all;
}

Engine engine_of(const YAML::Node& root) {
    refuse_unknown(root, {"engine", "displayName", "description", "adminPath", "provisionDeadlineSeconds", "images",
                          "secrets", "probes"});
    Engine engine{.name = required<std::string>(root, "engine"),
                  .display_name = required<std::string>(root, "displayName"),
                  .description = member<std::string>(root, "description", "")};
    engine.admin_path = member<std::string>(root, "adminPath", "/");
    engine.provision_deadline = std::chrono::seconds(member<int>(root, "provisionDeadlineSeconds", 600));
    engine.images = member<std::vector<std::string>>(root, "images", {});
    if (const YAML::Node secrets = root["secrets"]) {
        engine.admin_secret = parse_all<SecretKey>(secrets["admin"], parse_secret_key);
        engine.internal_secret = parse_all<SecretKey>(secrets["internal"], parse_secret_key);
    }
    engine.probes = parse_all<ProbeSpec>(root["probes"], parse_probe);
    if (engine.probes.empty()) throw YAML::Exception(root.Mark(), "'probes' needs at least one endpoint");
    return engine;
}

Mail mail_of(const YAML::Node& node) {
    refuse_unknown(node, {"host", "port", "security", "username", "from", "passwordSecret", "egress"});
    Mail mail{.host = required<std::string>(node, "host"),
              .port = member<std::int64_t>(node, "port", 587),
              .security = member<std::string>(node, "security", "starttls"),
              .username = member<std::string>(node, "username", ""),
              .from = required<std::string>(node, "from"),
              .password = {}};
    if (std::ranges::find(mail_securities, mail.security) == mail_securities.end())
        throw YAML::Exception(node.Mark(), fmt::format("security '{}' is not known (known: {})", mail.security,
                                                       fmt::join(mail_securities, ", ")));
    if (mail.port < 1 || mail.port > 65535) throw YAML::Exception(node.Mark(), "port must be 1 to 65535");
    const YAML::Node secret = node["passwordSecret"];
    if (!secret == !mail.username.empty())
        throw YAML::Exception(node.Mark(), "'username' and 'passwordSecret' come together");
    if (!secret) return mail;
    refuse_unknown(secret, {"name", "key"});
    mail.password = {required<std::string>(secret, "name"), member<std::string>(secret, "key", "password")};
    return mail;
}

Plan plan_of(const YAML::Node& node) {
    refuse_unknown(node,
                   {"name", "displayName", "size", "storage", "maxVolumeSize", "internetEgress", "quota", "mail"});
    const auto name = required<std::string>(node, "name");
    const YAML::Node mail = node["mail"];
    return {.name = name,
            .display_name = member<std::string>(node, "displayName", name),
            .size = required<std::string>(node, "size"),
            .storage = required<std::string>(node, "storage"),
            .max_volume_size = required<std::string>(node, "maxVolumeSize"),
            .internet_egress = member<bool>(node, "internetEgress", false),
            .quota = required<std::map<std::string, std::string>>(node, "quota"),
            .mail = mail ? std::optional(mail_of(mail)) : std::nullopt,
            .mail_egress = mail ? member<std::vector<std::string>>(mail, "egress", {}) : std::vector<std::string>{}};
}

/// Runs a parser over the text and turns yaml-cpp's exceptions into an Error with line and column.
template <typename T, typename Parse>
Result<T> parsed(std::string_view what, std::string_view yaml, Parse parse) {
    try {
        return parse(YAML::Load(std::string(yaml)));
    } catch (const YAML::Exception& e) {
        return fail(ErrorCode::invalid_argument,
                    fmt::format("{}, line {}, column {}: {}", what, e.mark.line + 1, e.mark.column + 1, e.msg));
    }
}

template <typename T, typename Name>
std::string names_of(const std::vector<T>& all, Name name) {
    std::vector<std::string> names;
    names.reserve(all.size());
    for (const auto& item : all) names.push_back(std::string(name(item)));
    std::ranges::sort(names);
    names.erase(std::unique(names.begin(), names.end()), names.end());
    return names.empty() ? "none" : fmt::format("{}", fmt::join(names, ", "));
}

/// The next dot-separated identifier of a version, taken off its front.
std::string_view take_identifier(std::string_view& rest) {
    const auto dot = std::min(rest.find('.'), rest.size());
    const auto identifier = rest.substr(0, dot);
    rest.remove_prefix(std::min(dot + 1, rest.size()));
    return identifier;
}

bool is_number(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

/// Numbers by value and before words; words by their bytes.
int compare_identifiers(std::string_view a, std::string_view b) {
    if (is_number(a) != is_number(b)) return is_number(a) ? -1 : 1;
    if (is_number(a) && a.size() != b.size()) return a.size() < b.size() ? -1 : 1;
    return a.compare(b);
}

int compare_dotted(std::string_view a, std::string_view b) {
    while (!a.empty() && !b.empty())
        if (const int order = compare_identifiers(take_identifier(a), take_identifier(b))) return order;
    return a.empty() == b.empty() ? 0 : (a.empty() ? -1 : 1);
}

}  // namespace

int compare_versions(std::string_view a, std::string_view b) {
    const auto core = [](std::string_view v) { return v.substr(0, v.find('-')); };
    const auto pre = [](std::string_view v) {
        const auto dash = v.find('-');
        return dash == std::string_view::npos ? std::string_view{} : v.substr(dash + 1);
    };
    if (const int order = compare_dotted(core(a), core(b))) return order;
    if (pre(a).empty() != pre(b).empty()) return pre(a).empty() ? 1 : -1;
    return compare_dotted(pre(a), pre(b));
}

Result<Engine> Catalog::engine(std::string_view name, std::string_view version) const {
    const Engine* best = nullptr;
    std::vector<std::string> versions;
    for (const auto& candidate : engines) {
        if (candidate.name != name) continue;
        versions.push_back(candidate.chart_version);
        if (!version.empty() && candidate.chart_version != version) continue;
        if (!best || compare_versions(best->chart_version, candidate.chart_version) < 0) best = &candidate;
    }
    if (best) return *best;
    if (versions.empty())
        return fail(ErrorCode::not_found,
                    fmt::format("spec.engine: there is no engine '{}' (installed: {})", name,
                                names_of(engines, [](const Engine& e) { return e.name; })),
                    "spec.engine");
    return fail(ErrorCode::not_found,
                fmt::format("spec.version: engine '{}' has no version '{}' (installed: {})", name, version,
                            fmt::join(versions, ", ")),
                "spec.version");
}

Result<Plan> Catalog::plan(std::string_view name) const {
    const auto found = std::ranges::find(plans, name, &Plan::name);
    if (found != plans.end()) return *found;
    return fail(ErrorCode::not_found,
                fmt::format("spec.plan: there is no plan '{}' (offered: {})", name,
                            names_of(plans, [](const Plan& p) { return p.name; })),
                "spec.plan");
}

Result<> Catalog::check_fit(const Engine& engine, const Plan& plan) const {
    const auto of_engine = [&](const Fit& fit) {
        return fit.engine == engine.name && fit.version == engine.chart_version;
    };
    const auto found = std::ranges::find_if(fits, [&](const Fit& f) { return of_engine(f) && f.plan == plan.name; });
    if (found == fits.end() || found->problem.empty()) return {};
    std::vector<std::string> others;
    for (const auto& fit : fits)
        if (of_engine(fit) && fit.problem.empty()) others.push_back(fit.plan);
    return fail(ErrorCode::invalid_argument,
                fmt::format("spec.plan: {}: {}", found->problem,
                            others.empty() ? "no plan is large enough; the operator has to enlarge one"
                                           : fmt::format("choose {}", fmt::join(others, " or "))),
                "spec.plan");
}

Result<Engine> parse_engine(std::string_view yaml) { return parsed<Engine>("engine.yaml", yaml, engine_of); }

Result<std::vector<Plan>> parse_plans(std::string_view yaml) {
    return parsed<std::vector<Plan>>("plans.yaml", yaml, [](const YAML::Node& root) {
        refuse_unknown(root, {"plans"});
        return parse_all<Plan>(root["plans"], plan_of);
    });
}

std::vector<std::string> parse_list(std::string_view text) {
    std::vector<std::string> parts;
    while (!text.empty()) {
        const auto comma = std::min(text.find(','), text.size());
        std::string_view part = text.substr(0, comma);
        text.remove_prefix(std::min(comma + 1, text.size()));
        while (!part.empty() && part.front() == ' ') part.remove_prefix(1);
        while (!part.empty() && part.back() == ' ') part.remove_suffix(1);
        if (!part.empty()) parts.emplace_back(part);
    }
    return parts;
}

}  // namespace storewright::domain
