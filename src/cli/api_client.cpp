#include "cli/api_client.hpp"

#include <fmt/format.h>

#include <array>
#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fstream>

namespace storewright::cli {
namespace {

namespace json = boost::json;

constexpr std::chrono::seconds patience{30};
/// Making a tenant waits for its quota to count.
constexpr std::chrono::minutes patience_with_quotas{7};

Result<std::string> read_token(const std::string& path) {
    if (path.empty())
        return fail(ErrorCode::unauthenticated,
                    "no token: set STOREWRIGHT_TOKEN_FILE or --token-file to the file that holds it "
                    "(on this machine: eval \"$(make -s env)\")");
    std::ifstream file(path);
    std::string token;
    if (!std::getline(file, token) || token.empty())
        return fail(ErrorCode::unauthenticated, fmt::format("the token file {} cannot be read or is empty", path));
    while (!token.empty() && (token.back() == '\r' || token.back() == ' ')) token.pop_back();
    return token;
}

ErrorCode code_named(std::string_view name) {
    constexpr std::array all{ErrorCode::invalid_argument, ErrorCode::not_found,       ErrorCode::conflict,
                             ErrorCode::forbidden,        ErrorCode::unauthenticated, ErrorCode::unavailable,
                             ErrorCode::internal};
    for (const auto code : all)
        if (to_string(code) == name) return code;
    return ErrorCode::internal;
}

std::string text_in(const json::object& object, std::string_view name) {
    const auto* value = object.if_contains(name);
    return value && value->is_string() ? std::string(value->as_string()) : std::string();
}

/// What is no problem of ours comes from something in between, or from somewhere else altogether.
Error error_in(const http::Response& response) {
    boost::system::error_code malformed;
    const auto body = json::parse(response.body, malformed);
    const auto* problem = malformed ? nullptr : body.if_object();
    const std::string detail = problem ? text_in(*problem, "detail") : std::string(),
                      code = problem ? text_in(*problem, "code") : std::string();
    if (!detail.empty() && !code.empty()) return {code_named(code), detail, {}};
    const bool passing = response.status == 404 || response.status == 429 || response.status >= 502;
    return {passing ? ErrorCode::unavailable : ErrorCode::internal,
            fmt::format("the platform answered {}: is it running, and is this its address?{}", response.status,
                        detail.empty() ? "" : " " + detail),
            {}};
}

}  // namespace

Result<std::unique_ptr<ApiClient>> ApiClient::create(const Connection& connection) {
    SW_TRY_ASSIGN(std::string token, read_token(connection.token_file));
    auto http = http::Client::create({.origin = connection.server,
                                      .bearer_token = [token] { return token; },
                                      .user_agent = "storewright-cli",
                                      .max_connections = 2});
    if (!http) return with_context("--server", http.error());
    auto client = std::make_unique<ApiClient>();
    client->http_ = *std::move(http);
    return client;
}

Result<json::value> ApiClient::send(std::string method, const std::string& path, const json::object* body) {
    http::Request request{.method = std::move(method), .target = "/api/v1" + path, .timeout = patience};
    if (request.method == "PUT") request.timeout = patience_with_quotas;
    request.headers.emplace_back("Accept", "application/json");
    if (body) {
        request.headers.emplace_back("Content-Type", "application/json");
        request.body = json::serialize(*body);
    }
    SW_TRY_ASSIGN(const auto response, http_->send(request));
    // A redirect is never ours, and would carry the token elsewhere.
    if (response.status >= 300) return std::unexpected(error_in(response));
    if (response.body.empty()) return json::value();
    boost::system::error_code malformed;
    auto value = json::parse(response.body, malformed);
    if (malformed || !value.is_object())
        return fail(ErrorCode::internal, "the platform's answer is no JSON object: is this its address?");
    return value;
}

Result<json::value> ApiClient::get(const std::string& path) { return send("GET", path, nullptr); }
Result<json::value> ApiClient::post(const std::string& path, const json::object& body) {
    return send("POST", path, &body);
}
Result<json::value> ApiClient::put(const std::string& path, const json::object& body) {
    return send("PUT", path, &body);
}
Result<json::value> ApiClient::patch(const std::string& path, const json::object& body) {
    return send("PATCH", path, &body);
}
Result<json::value> ApiClient::remove(const std::string& path) { return send("DELETE", path, nullptr); }

}  // namespace storewright::cli
