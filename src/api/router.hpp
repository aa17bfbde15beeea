#pragma once
// From method and path to a handler, by one table of templates like "/api/v1/tenants/{tenant}/stores".

#include <functional>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "http/server.hpp"

namespace storewright::api {

/// A request on its way through a handler.
struct Call {
    const http::ServerRequest& request;
    std::map<std::string, std::string, std::less<>> parameters;  ///< of the path's template
    std::map<std::string, std::string, std::less<>> query;
    const std::string& parameter(std::string_view name) const { return parameters.find(name)->second; }
};

struct Route {
    std::string_view method;
    std::string_view path;                ///< template
    bool open = false;                    ///< needs no token
    std::vector<std::string_view> query;  ///< the names it knows; others are refused
    std::function<http::ServerResponse(const Call&)> handle;
};

struct Match {
    const Route* route = nullptr;  ///< nullptr: none
    std::string allowed;           ///< methods there are for the path, for 405; empty: unknown path
    std::map<std::string, std::string, std::less<>> parameters;
};

Match match(std::span<const Route> routes, std::string_view method, std::string_view path);

/// "a=1&b=2", decoded. Errors: invalid_argument for a broken encoding or a name that comes twice.
Result<std::map<std::string, std::string, std::less<>>> parse_query(std::string_view query);

}  // namespace storewright::api
