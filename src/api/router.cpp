#include "api/router.hpp"

#include <algorithm>
#include <optional>

#include "http/target.hpp"

namespace storewright::api {
namespace {

std::string_view take_segment(std::string_view& path) {
    const auto slash = std::min(path.find('/'), path.size());
    const auto segment = path.substr(0, slash);
    path.remove_prefix(std::min(slash + 1, path.size()));
    return segment;
}

using Parameters = std::map<std::string, std::string, std::less<>>;

std::optional<Parameters> fit(std::string_view pattern, std::string_view path) {
    if (std::ranges::count(pattern, '/') != std::ranges::count(path, '/')) return std::nullopt;
    Parameters parameters;
    while (!pattern.empty()) {
        const auto want = take_segment(pattern), have = take_segment(path);
        const bool is_parameter = want.starts_with('{');
        if (is_parameter && !have.empty()) parameters.emplace(want.substr(1, want.size() - 2), have);
        else if (want != have) return std::nullopt;
    }
    return parameters;
}

}  // namespace

Match match(std::span<const Route> routes, std::string_view method, std::string_view path) {
    Match result;
    for (const auto& route : routes) {
        auto parameters = fit(route.path, path);
        if (!parameters) continue;
        if (route.method == method || (method == "HEAD" && route.method == "GET")) {
            result.route = &route;
            result.parameters = *std::move(parameters);
            return result;
        }
        result.allowed += (result.allowed.empty() ? "" : ", ") + std::string(route.method);
    }
    return result;
}

Result<Parameters> parse_query(std::string_view query) {
    Parameters all;
    while (!query.empty()) {
        const auto end = std::min(query.find('&'), query.size());
        const std::string_view pair = query.substr(0, end);
        query.remove_prefix(std::min(end + 1, query.size()));
        const auto equals = std::min(pair.find('='), pair.size());
        const std::string name(pair.substr(0, equals));
        const auto value = http::split_target("/" + std::string(pair.substr(std::min(equals + 1, pair.size()))));
        if (!value) return fail(ErrorCode::invalid_argument, "the query is not encoded correctly", name);
        if (!all.emplace(name, value->path.substr(1)).second)
            return fail(ErrorCode::invalid_argument, "the query names '" + name + "' twice", name);
    }
    return all;
}

}  // namespace storewright::api
