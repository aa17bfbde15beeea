#include "kube/errors.hpp"

#include <fmt/format.h>

#include <boost/json/array.hpp>

#include "kube/client.hpp"

namespace storewright::kube {
namespace {

ErrorCode code_of(unsigned status) {
    switch (status) {
        case 400:
        case 405:
        case 413:
        case 415:
        case 422: return ErrorCode::invalid_argument;
        case 401: return ErrorCode::unauthenticated;
        case 403: return ErrorCode::forbidden;
        case 404: return ErrorCode::not_found;
        case 409:
        case 410: return ErrorCode::conflict;
        default: return ErrorCode::unavailable;
    }
}

/// details.causes[0].field of a Status object: the field that the API server refuses.
std::string field_of(const boost::json::object& status) {
    const auto* causes = value_at(status, "details.causes");
    if (!causes || !causes->is_array() || causes->as_array().empty() || !causes->as_array()[0].is_object()) return {};
    return std::string(text_at(causes->as_array()[0].as_object(), "field"));
}

}  // namespace

Error error_of(const http::Response& response) {
    Error error{code_of(response.status), fmt::format("Kubernetes answered {}", response.status), {}};
    const auto body = parse_json(response.body);
    if (!body || !body->is_object()) return error;
    const auto& status = body->as_object();
    if (const auto message = text_at(status, "message"); !message.empty()) error.message = message;
    error.field = field_of(status);
    // A ValidatingAdmissionPolicy's refusal is Forbidden or Invalid by its own choice; to the user it is about the
    // input.
    if (error.code == ErrorCode::forbidden && error.message.find("ValidatingAdmissionPolicy") != std::string::npos)
        error.code = ErrorCode::invalid_argument;
    return error;
}

}  // namespace storewright::kube
