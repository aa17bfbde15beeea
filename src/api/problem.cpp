#include "api/problem.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

namespace storewright::api {
namespace {

namespace json = boost::json;

std::string_view title_of(ErrorCode code) {
    switch (code) {
        case ErrorCode::invalid_argument: return "The request is not valid";
        case ErrorCode::not_found: return "Not found";
        case ErrorCode::conflict: return "Conflict";
        case ErrorCode::forbidden: return "Not allowed";
        case ErrorCode::unauthenticated: return "Not signed in";
        case ErrorCode::unavailable: return "Not available at the moment";
        case ErrorCode::internal: return "Something went wrong on our side";
    }
    return "Error";
}

}  // namespace

unsigned status_of(ErrorCode code) {
    switch (code) {
        case ErrorCode::invalid_argument: return 422;
        case ErrorCode::not_found: return 404;
        case ErrorCode::conflict: return 409;
        case ErrorCode::forbidden: return 403;
        case ErrorCode::unauthenticated: return 401;
        case ErrorCode::unavailable: return 503;
        case ErrorCode::internal: return 500;
    }
    return 500;
}

http::ServerResponse problem(unsigned status, std::string_view title, const Error& error) {
    json::object body{{"type", "about:blank"},
                      {"title", title},
                      {"status", status},
                      {"detail", error.message},
                      {"code", to_string(error.code)}};
    if (!error.field.empty())
        body["errors"] = json::array{json::object{{"field", error.field}, {"message", error.message}}};
    http::ServerResponse response{
        .status = status, .headers = {{"Content-Type", "application/problem+json"}}, .body = json::serialize(body)};
    if (status == 401) response.headers.emplace_back("WWW-Authenticate", "Bearer");
    return response;
}

http::ServerResponse problem(const Error& error) { return problem(status_of(error.code), title_of(error.code), error); }

}  // namespace storewright::api
