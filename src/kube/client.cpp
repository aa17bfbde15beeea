#include "kube/client.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/monotonic_resource.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <charconv>
#include <thread>

#include "kube/errors.hpp"

namespace storewright::kube {
namespace {

namespace json = boost::json;

std::string collection_path(const Kind& kind, std::string_view namespace_) {
    std::string path = kind.group.empty() ? fmt::format("/api/{}", kind.version)
                                          : fmt::format("/apis/{}/{}", kind.group, kind.version);
    if (kind.namespaced && !namespace_.empty())
        path += fmt::format("/namespaces/{}", http::encode_component(namespace_));
    return path + "/" + std::string(kind.resource);
}

std::string object_path(const ObjectRef& ref, std::string_view subresource = {}) {
    std::string path = collection_path(*ref.kind, ref.namespace_) + "/" + http::encode_component(ref.name);
    return subresource.empty() ? path : path + "/" + std::string(subresource);
}

http::Request request_for(std::string method, std::string target, const json::object* body = nullptr,
                          std::string_view content_type = "application/json") {
    http::Request request;
    request.method = std::move(method);
    request.target = std::move(target);
    request.headers.emplace_back("Accept", "application/json");
    if (body) {
        request.headers.emplace_back("Content-Type", content_type);
        request.body = json::serialize(*body);
    }
    return request;
}

constexpr std::size_t max_json_depth = 128;

Result<json::object> object_in(const Result<http::Response>& answer) {
    if (!answer) return std::unexpected(answer.error());
    if (answer->status >= 400) return std::unexpected(error_of(*answer));
    auto value = parse_json(answer->body);
    if (!value || !value->is_object()) return fail(ErrorCode::unavailable, "Kubernetes' answer is no JSON object");
    return std::move(value->as_object());
}

/// How long the server asks to be left alone, if it does: 429 (API Priority and Fairness), or 5xx with Retry-After.
/// What was answered so was not carried out: every method may be sent again.
std::optional<std::chrono::milliseconds> asked_pause(const Result<http::Response>& answer) {
    if (!answer || (answer->status != 429 && answer->status < 500)) return std::nullopt;
    const auto header = answer->header("Retry-After");
    if (header.empty() && answer->status != 429) return std::nullopt;
    unsigned seconds = 1;
    std::from_chars(header.data(), header.data() + header.size(), seconds);
    return std::chrono::seconds(std::clamp(seconds, 1U, 60U));
}

std::string apply_target(const ObjectRef& ref, const ApplyOptions& options) {
    std::string target =
        object_path(ref, options.subresource) + "?fieldManager=" + http::encode_component(options.field_manager);
    if (options.force) target += "&force=true";
    if (options.dry_run) target += "&dryRun=All";
    return target;
}

http::Request apply_request(const ApplyRequest& request, const ApplyOptions& options) {
    return request_for("PATCH", apply_target(request.ref, options), &request.object, "application/apply-patch+yaml");
}

constexpr std::string_view create_query = "?fieldManager=storewright";

http::Request create_request(const ApplyRequest& request) {
    return request_for("POST", collection_path(*request.ref.kind, request.ref.namespace_) + std::string(create_query),
                       &request.object);
}

json::object delete_body(const DeleteOptions& options) {
    json::object body{{"apiVersion", "v1"}, {"kind", "DeleteOptions"}, {"propagationPolicy", options.propagation}};
    if (options.grace) body["gracePeriodSeconds"] = options.grace->count();
    json::object preconditions;
    if (!options.uid.empty()) preconditions["uid"] = options.uid;
    if (!options.resource_version.empty()) preconditions["resourceVersion"] = options.resource_version;
    if (!preconditions.empty()) body["preconditions"] = std::move(preconditions);
    return body;
}

std::vector<Result<json::object>> objects_in(const std::vector<Result<http::Response>>& answers) {
    std::vector<Result<json::object>> objects;
    objects.reserve(answers.size());
    for (const auto& answer : answers) objects.push_back(object_in(answer));
    return objects;
}

}  // namespace

Client::Client(std::shared_ptr<http::Client> http) : http_(std::move(http)) {}

Client Client::with_timeout(std::chrono::milliseconds timeout) const {
    Client other(http_);
    other.timeout_ = timeout;
    return other;
}

std::vector<Result<http::Response>> Client::send_all(std::vector<http::Request> requests) {
    const auto deadline = std::chrono::steady_clock::now() + timeout_;
    for (auto& request : requests) request.timeout = timeout_;
    auto answers = http_->send_all(requests);
    while (true) {
        std::vector<std::size_t> refused;
        std::chrono::milliseconds pause{};
        for (std::size_t i = 0; i < answers.size(); ++i)
            if (const auto asked = asked_pause(answers[i])) {
                refused.push_back(i);
                pause = std::max(pause, *asked);
            }
        const auto left = deadline - std::chrono::steady_clock::now() - pause;
        if (refused.empty() || left <= std::chrono::milliseconds::zero()) return answers;
        std::this_thread::sleep_for(pause);
        std::vector<http::Request> again;
        for (const auto i : refused) {
            again.push_back(requests[i]);
            again.back().timeout = std::chrono::duration_cast<std::chrono::milliseconds>(left);
        }
        auto better = http_->send_all(again);
        for (std::size_t n = 0; n < refused.size(); ++n) answers[refused[n]] = std::move(better[n]);
    }
}

Result<http::Response> Client::send(http::Request request) {
    std::vector<http::Request> one;
    one.push_back(std::move(request));
    return std::move(send_all(std::move(one)).front());
}

Result<json::object> Client::get(const ObjectRef& ref) { return object_in(send(request_for("GET", object_path(ref)))); }

Result<List> Client::list(const Kind& kind, std::string_view namespace_, const ListOptions& options) {
    List all;
    SW_TRY_ASSIGN(all.resource_version, list_each(kind, namespace_, options,
                                                  [&](json::object item) { all.items.push_back(std::move(item)); }));
    return all;
}

Result<std::string> Client::list_each(const Kind& kind, std::string_view namespace_, const ListOptions& options,
                                      const std::function<void(json::object)>& visit) {
    std::string version, next;
    do {
        std::string target = fmt::format("{}?limit={}", collection_path(kind, namespace_), options.limit);
        if (!options.label_selector.empty())
            target += "&labelSelector=" + http::encode_component(options.label_selector);
        if (!options.field_selector.empty())
            target += "&fieldSelector=" + http::encode_component(options.field_selector);
        if (!next.empty()) target += "&continue=" + http::encode_component(next);
        SW_TRY_ASSIGN(auto page, object_in(send(request_for("GET", target))));
        auto* items = page.if_contains("items");
        if (!items || !items->is_array())
            return fail(ErrorCode::unavailable, fmt::format("the list of {} has no items", kind.resource));
        for (auto& item : items->as_array())
            if (item.is_object()) visit(std::move(item.as_object()));
        next = text_at(page, "metadata.continue");
        if (version.empty()) version = text_at(page, "metadata.resourceVersion");
    } while (!next.empty());
    return version;
}

Result<json::object> Client::create(const ObjectRef& ref, const json::object& object) {
    return object_in(send(create_request({ref, object})));
}

Result<json::object> Client::apply(const ApplyRequest& request, const ApplyOptions& options) {
    return object_in(send(apply_request(request, options)));
}

std::vector<Result<json::object>> Client::apply_all(std::span<const ApplyRequest> requests,
                                                    const ApplyOptions& options) {
    std::vector<http::Request> all;
    all.reserve(requests.size());
    for (const auto& request : requests) all.push_back(apply_request(request, options));
    return objects_in(send_all(std::move(all)));
}

Result<json::object> Client::merge_patch(const ObjectRef& ref, const json::object& patch,
                                         std::string_view subresource) {
    return object_in(send(request_for("PATCH", object_path(ref, subresource) + std::string(create_query), &patch,
                                      "application/merge-patch+json")));
}

Result<json::object> Client::replace(const ObjectRef& ref, const json::object& object, std::string_view subresource) {
    return object_in(send(request_for("PUT", object_path(ref, subresource) + std::string(create_query), &object)));
}

Result<json::object> Client::remove(const ObjectRef& ref, const DeleteOptions& options) {
    const json::object body = delete_body(options);
    auto answer = object_in(send(request_for("DELETE", object_path(ref), &body)));
    if (!answer && answer.error().code == ErrorCode::not_found) return json::object();
    return answer;
}

Result<> Client::remove_all(const Kind& kind, std::string_view namespace_, const DeleteOptions& options) {
    const json::object body = delete_body(options);
    SW_TRY(object_in(send(request_for("DELETE", collection_path(kind, namespace_), &body))));
    return {};
}

Result<std::string> Client::server_version() {
    http::Request request;
    request.target = "/version";
    SW_TRY_ASSIGN(const auto answer, object_in(send(std::move(request))));
    const auto version = text_at(answer, "gitVersion");
    if (version.empty()) return fail(ErrorCode::unavailable, "the API server does not tell its version");
    return std::string(version);
}

Result<json::value> parse_json(std::string_view text) {
    boost::system::error_code malformed;
    json::parse_options options;
    options.max_depth = max_json_depth;
    // An answer is read once and dropped whole: its hundreds of small parts need no allocation each.
    auto storage = json::make_shared_resource<json::monotonic_resource>(2 * text.size());
    auto value = json::parse(json::string_view(text.data(), text.size()), malformed, std::move(storage), options);
    if (malformed) return fail(ErrorCode::unavailable, malformed.message());
    return value;
}

const json::value* value_at(const json::object& object, std::string_view path) {
    const json::object* here = &object;
    while (true) {
        const auto dot = path.find('.');
        const json::value* value = here->if_contains(path.substr(0, dot));
        if (!value || dot == std::string_view::npos) return value;
        here = value->if_object();
        if (!here) return nullptr;
        path.remove_prefix(dot + 1);
    }
}

std::int64_t number_at(const json::object& object, std::string_view path, std::int64_t otherwise) {
    const auto* value = value_at(object, path);
    return value && value->is_int64() ? value->as_int64() : otherwise;
}

const json::array& array_at(const json::object& object, std::string_view path) {
    static const json::array none;
    const auto* value = value_at(object, path);
    return value && value->is_array() ? value->as_array() : none;
}

namespace {

std::string_view text_of(const json::value* value) {
    return value && value->is_string() ? std::string_view(value->as_string()) : std::string_view{};
}

std::string_view entry(const json::object& object, std::string_view map, std::string_view name) {
    const auto* entries = value_at(object, map);
    return entries && entries->is_object() ? text_of(entries->as_object().if_contains(name)) : std::string_view{};
}

}  // namespace

std::string_view text_at(const json::object& object, std::string_view path) { return text_of(value_at(object, path)); }

std::string_view label(const json::object& object, std::string_view name) {
    return entry(object, "metadata.labels", name);
}

std::string_view annotation(const json::object& object, std::string_view name) {
    return entry(object, "metadata.annotations", name);
}

}  // namespace storewright::kube
