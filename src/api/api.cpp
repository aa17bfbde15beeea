#include "api/api.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sodium.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <charconv>
#include <chrono>
#include <memory>

#include "api/bodies.hpp"
#include "api/json_views.hpp"
#include "api/problem.hpp"
#include "api/router.hpp"
#include "base/log.hpp"
#include "domain/validation.hpp"

namespace storewright::api {
namespace {

namespace json = boost::json;
using http::ServerRequest;
using http::ServerResponse;
using namespace std::chrono_literals;

constexpr std::size_t default_page = 20, largest_page = 100;
/// A stream that says nothing is cut by what lies between; and a server that stops waits for no longer than one look.
constexpr auto heartbeat = 15s, look = 1s;

ServerResponse answer(unsigned status, const json::value& body) {
    return {.status = status,
            .headers = {{"Content-Type", "application/json"}, {"Cache-Control", "no-store"}},
            .body = json::serialize(body)};
}

ServerResponse text(unsigned status, std::string body) {
    return {.status = status, .headers = {{"Content-Type", "text/plain; charset=utf-8"}}, .body = std::move(body)};
}

std::string etag_of(const domain::Store& store) { return "\"" + store.resource_version + "\""; }

std::string path_of(const domain::Store& store) {
    return fmt::format("/api/v1/tenants/{}/stores/{}", store.tenant(), store.key.name);
}

/// 202 with the Location, of what now takes its time.
ServerResponse accepted(const domain::Store& store) {
    auto response = answer(202, view(store));
    response.headers.emplace_back("ETag", etag_of(store));
    response.headers.emplace_back("Location", path_of(store));
    return response;
}

/// {"items": [...]}
template <typename T>
ServerResponse items(const std::vector<T>& all) {
    json::array array;
    for (const auto& item : all) array.push_back(view(item));
    return answer(200, json::object{{"items", std::move(array)}});
}

template <typename T>
ServerResponse items_or_problem(const Result<std::vector<T>>& all) {
    return all ? items(*all) : problem(all.error());
}

domain::StoreKey key_of(const Call& call) {
    return {domain::tenant_namespace(call.parameter("tenant")), call.parameter("store")};
}

/// The resourceVersion that If-Match wants, empty for any (RFC 9110, 13.1.1). Weak tags and lists never name one
/// version.
Result<std::string> if_match(const ServerRequest& request) {
    const std::string_view tag = request.header("If-Match");
    if (tag.empty() || tag == "*") return std::string();
    const bool strong = tag.size() > 2 && tag.front() == '"' && tag.back() == '"' && tag.find('"', 1) == tag.size() - 1;
    if (!strong)
        return fail(ErrorCode::invalid_argument, "If-Match: must be one ETag as it was given, quotes and all",
                    "If-Match");
    return std::string(tag.substr(1, tag.size() - 2));
}

/// A conflict is a failed precondition when the caller had set one.
ServerResponse conflict_or(const Error& error, const std::string& match) {
    const bool precondition = !match.empty() && error.code == ErrorCode::conflict;
    return precondition ? problem(412, "The store has changed", error) : problem(error);
}

class Handlers {
  public:
    explicit Handlers(StoreService& service) : service_(service) {}

    ServerResponse health(const Call&) const { return text(200, "ok\n"); }
    ServerResponse ready(const Call&) const {
        const auto ready = service_.ready();
        return ready ? text(200, "ok\n") : text(503, ready.error().message + "\n");
    }
    ServerResponse metrics(const Call&) const {
        auto response = text(200, service_.metrics());
        response.headers = {{"Content-Type", "text/plain; version=0.0.4; charset=utf-8"}};
        return response;
    }

    ServerResponse list_tenants(const Call&) const { return items_or_problem(service_.tenants()); }
    ServerResponse put_tenant(const Call& call) const {
        const auto wanted = parse_tenant(call.parameter("tenant"), call.request.body);
        if (!wanted) return problem(wanted.error());
        const auto made = service_.put_tenant(wanted->tenant, wanted->max_stores);
        return made ? answer(200, view(*made)) : problem(made.error());
    }
    ServerResponse delete_tenant(const Call& call) const {
        const auto done = service_.remove_tenant(call.parameter("tenant"));
        return done ? ServerResponse{.status = 204} : problem(done.error());
    }

    ServerResponse list_stores(const Call& call) const {
        const auto page = page_of(call);
        if (!page) return problem(page.error());
        const auto tenant = call.parameters.find("tenant");
        const auto found =
            service_.list(tenant == call.parameters.end() ? std::nullopt : std::optional(tenant->second), *page);
        if (!found) return problem(found.error());
        json::array stores;
        for (const auto& store : found->stores) stores.push_back(view(store));
        json::object body{{"items", std::move(stores)}, {"stale", service_.stale()}};
        if (!found->next_cursor.empty()) body["nextCursor"] = found->next_cursor;
        return answer(200, body);
    }
    ServerResponse create_store(const Call& call) const {
        const auto wanted = parse_new_store(call.request.body);
        if (!wanted) return problem(wanted.error());
        const auto made = service_.create({domain::tenant_namespace(call.parameter("tenant")), wanted->name},
                                          wanted->spec, wanted->mail_password);
        return made ? accepted(*made) : problem(made.error());
    }
    ServerResponse get_store(const Call& call) const {
        const auto store = service_.get(key_of(call));
        if (!store) return problem(store.error());
        const std::string etag = etag_of(*store);
        ServerResponse response{.status = 304, .headers = {{"Cache-Control", "no-store"}}};
        if (call.request.header("If-None-Match") != etag) response = answer(200, with_staleness(*store));
        response.headers.emplace_back("ETag", etag);
        return response;
    }
    ServerResponse patch_store(const Call& call) const {
        const auto match = if_match(call.request);
        if (!match) return problem(match.error());
        const auto patch = parse_store_patch(call.request.body);
        if (!patch) return problem(patch.error());
        const auto store = service_.update(key_of(call), patch->spec, patch->mail_password, *match);
        if (!store) return conflict_or(store.error(), *match);
        auto response = answer(200, view(*store));
        response.headers.emplace_back("ETag", etag_of(*store));
        return response;
    }
    ServerResponse delete_store(const Call& call) const {
        const auto match = if_match(call.request);
        if (!match) return problem(match.error());
        const auto store = service_.remove(key_of(call), *match);
        return store ? accepted(*store) : conflict_or(store.error(), *match);
    }

    ServerResponse steps(const Call& call) const { return items_or_problem(service_.steps(key_of(call))); }
    ServerResponse events(const Call& call) const { return items_or_problem(service_.events(key_of(call))); }
    ServerResponse plan(const Call& call) const {
        const auto plan = service_.plan(key_of(call));
        return plan ? answer(200, *plan) : problem(plan.error());
    }
    ServerResponse credentials(const Call& call) const {
        const auto found = service_.credentials(key_of(call));
        return found ? answer(200, view(*found)) : problem(found.error());
    }

    /// Server-Sent Events: the store whenever it changes, until it is gone.
    ServerResponse watch(const Call& call) const {
        const auto key = key_of(call);
        if (const auto store = service_.get(key); !store) return problem(store.error());
        std::string seen(call.request.header("Last-Event-ID"));
        ServerResponse response{.headers = {{"Content-Type", "text/event-stream"}, {"Cache-Control", "no-store"}}};
        response.stream = [service = &service_, key, seen](const http::StreamWriter& write,
                                                           const std::stop_token& stop) mutable {
            auto said = std::chrono::steady_clock::now();
            while (!stop.stop_requested()) {
                const auto store = service->wait_for_change(key, seen, look);
                if (!store) {
                    write("event: gone\ndata: {}\n\n");
                    return;
                }
                const bool news = store->resource_version != seen;
                if (!news && std::chrono::steady_clock::now() - said < heartbeat) continue;
                seen = store->resource_version;
                said = std::chrono::steady_clock::now();
                const std::string piece =
                    news ? fmt::format("id: {}\nevent: store\ndata: {}\n\n", seen, json::serialize(view(*store)))
                         : ": still here\n\n";
                if (!write(piece)) return;
            }
        };
        return response;
    }

    ServerResponse engines(const Call&) const {
        const auto fits = service_.fits();
        json::array engines;
        for (const auto& engine : service_.engines()) engines.push_back(view(engine, fits));
        return answer(200, json::object{{"items", std::move(engines)}});
    }
    ServerResponse plans(const Call&) const { return items(service_.plans()); }

  private:
    json::object with_staleness(const domain::Store& store) const {
        auto object = view(store);
        if (service_.stale()) object["stale"] = true;
        return object;
    }

    static Result<Page> page_of(const Call& call) {
        Page page{.limit = default_page, .cursor = {}};
        if (const auto cursor = call.query.find("cursor"); cursor != call.query.end()) page.cursor = cursor->second;
        const auto limit = call.query.find("limit");
        if (limit == call.query.end()) return page;
        const std::string& text = limit->second;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), page.limit);
        if (error != std::errc{} || end != text.data() + text.size() || page.limit < 1 || page.limit > largest_page)
            return fail(ErrorCode::invalid_argument,
                        fmt::format("limit: must be a whole number from 1 to {}", largest_page), "limit");
        return page;
    }

    StoreService& service_;
};

/// Binds a member function of Handlers.
template <typename Member>
auto to(const std::shared_ptr<const Handlers>& handlers, Member member) {
    return [handlers, member](const Call& call) { return (handlers.get()->*member)(call); };
}

std::vector<Route> make_routes(StoreService& service) {
    const auto h = std::make_shared<const Handlers>(service);
    const std::string_view store = "/api/v1/tenants/{tenant}/stores/{store}";
    const std::vector<std::string_view> paging{"limit", "cursor"};
    return {
        {"GET", "/healthz", true, {}, to(h, &Handlers::health)},
        {"GET", "/readyz", true, {}, to(h, &Handlers::ready)},
        {"GET", "/metrics", true, {}, to(h, &Handlers::metrics)},
        {"GET", "/api/v1/engines", false, {}, to(h, &Handlers::engines)},
        {"GET", "/api/v1/plans", false, {}, to(h, &Handlers::plans)},
        {"GET", "/api/v1/tenants", false, {}, to(h, &Handlers::list_tenants)},
        {"PUT", "/api/v1/tenants/{tenant}", false, {}, to(h, &Handlers::put_tenant)},
        {"DELETE", "/api/v1/tenants/{tenant}", false, {}, to(h, &Handlers::delete_tenant)},
        {"GET", "/api/v1/stores", false, paging, to(h, &Handlers::list_stores)},
        {"GET", "/api/v1/tenants/{tenant}/stores", false, paging, to(h, &Handlers::list_stores)},
        {"POST", "/api/v1/tenants/{tenant}/stores", false, {}, to(h, &Handlers::create_store)},
        {"GET", store, false, {}, to(h, &Handlers::get_store)},
        {"PATCH", store, false, {}, to(h, &Handlers::patch_store)},
        {"DELETE", store, false, {}, to(h, &Handlers::delete_store)},
        {"GET", "/api/v1/tenants/{tenant}/stores/{store}/steps", false, {}, to(h, &Handlers::steps)},
        {"GET", "/api/v1/tenants/{tenant}/stores/{store}/events", false, {}, to(h, &Handlers::events)},
        {"GET", "/api/v1/tenants/{tenant}/stores/{store}/plan", false, {}, to(h, &Handlers::plan)},
        {"GET", "/api/v1/tenants/{tenant}/stores/{store}/credentials", false, {}, to(h, &Handlers::credentials)},
        {"GET", "/api/v1/tenants/{tenant}/stores/{store}/watch", false, {}, to(h, &Handlers::watch)},
    };
}

/// Compared in constant time, so that an answer's timing tells nothing about the token.
bool authorised(const ServerRequest& request, const std::string& token) {
    constexpr std::string_view scheme = "bearer ";
    const auto header = request.header("Authorization");
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
    if (!std::ranges::equal(header.substr(0, scheme.size()), scheme, {}, lower)) return false;
    const auto given = header.substr(scheme.size());
    return given.size() == token.size() && sodium_memcmp(given.data(), token.data(), token.size()) == 0;
}

/// A parameter that is passed over silently would be taken for heeded.
Result<> only_known(const Route& route, const Call& call) {
    for (const auto& [name, value] : call.query)
        if (!route.open && std::ranges::find(route.query, name) == route.query.end())
            return fail(ErrorCode::invalid_argument,
                        fmt::format("{}: is not known here (known: {})", name,
                                    route.query.empty() ? "none" : fmt::format("{}", fmt::join(route.query, ", "))),
                        name);
    return {};
}

ServerResponse dispatch(const std::vector<Route>& routes, const ServerRequest& request, const ApiOptions& options,
                        std::string& route) {
    auto found = match(routes, request.method, request.path);
    if (!found.route && found.allowed.empty())
        return problem({ErrorCode::not_found, "There is nothing at this path.", {}});
    if (!found.route) {
        auto response =
            problem(405, "Method not allowed", {ErrorCode::invalid_argument, "Allowed here: " + found.allowed, {}});
        response.headers.emplace_back("Allow", found.allowed);
        return response;
    }
    route = found.route->path;
    if (!found.route->open && !authorised(request, options.token))
        return problem({ErrorCode::unauthenticated, "Send the API token as 'Authorization: Bearer ...'.", {}});
    auto query = parse_query(request.query);
    if (!query) return problem(query.error());
    const Call call{request, std::move(found.parameters), *std::move(query)};
    if (const auto known = only_known(*found.route, call); !known) return problem(known.error());
    return found.route->handle(call);
}

}  // namespace

http::Handler make_handler(StoreService& service, ApiOptions options) {
    return [routes = make_routes(service), options = std::move(options)](const ServerRequest& request) {
        const auto started = std::chrono::steady_clock::now();
        std::string route = "none";
        auto response = dispatch(routes, request, options, route);
        response.headers.emplace_back("X-Content-Type-Options", "nosniff");
        const auto took =
            std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - started);
        if (request.path.starts_with("/api/"))
            log::info("request", {{"method", request.method},
                                  {"route", route},
                                  {"status", std::to_string(response.status)},
                                  {"microseconds", std::to_string(took.count())}});
        return response;
    };
}

}  // namespace storewright::api
