#include "kube/client.hpp"

#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "kube/errors.hpp"

namespace storewright::kube {
namespace {

namespace json = boost::json;

std::string collection_path(const Kind& kind, std::string_view namespace_) {
    std::string path = kind.group.empty() ? fmt::format("/api/{}", kind.version) : fmt::format("/apis/{}/{}", kind.group, kind.version);
    if (kind.namespaced && !namespace_.empty()) path += fmt::format("/namespaces/{}", http::encode_component(namespace_));
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

Result<json::object> object_in(const Result<http::Response>& answer) {
    if (!answer) return std::unexpected(answer.error());
    if (answer->status >= 400) return std::unexpected(error_of(*answer));
    boost::system::error_code malformed;
    auto value = json::parse(answer->body, malformed);
    if (malformed || !value.is_object()) return fail(ErrorCode::unavailable, "Kubernetes' answer is no JSON object");
    return std::move(value.as_object());
}

std::string apply_target(const ObjectRef& ref, const ApplyOptions& options) {
    std::string target = object_path(ref, options.subresource) + "?fieldManager=" + http::encode_component(options.field_manager);
    if (options.force) target += "&force=true";
    if (options.dry_run) target += "&dryRun=All";
    return target;
}

http::Request apply_request(const ApplyRequest& request, const ApplyOptions& options) {
    return request_for("PATCH", apply_target(request.ref, options), &request.object, "application/apply-patch+yaml");
}

constexpr std::string_view create_query = "?fieldManager=storewright";

http::Request create_request(const ApplyRequest& request) {
    return request_for("POST", collection_path(*request.ref.kind, request.ref.namespace_) + std::string(create_query), &request.object);
}

std::vector<Result<json::object>> objects_in(const std::vector<Result<http::Response>>& answers) {
    std::vector<Result<json::object>> objects;
    objects.reserve(answers.size());
    for (const auto& answer : answers) objects.push_back(object_in(answer));
    return objects;
}

}  // namespace

Client::Client(std::unique_ptr<http::Client> http) : http_(std::move(http)) {}

Result<json::object> Client::get(const ObjectRef& ref) { return object_in(http_->send(request_for("GET", object_path(ref)))); }

Result<List> Client::list(const Kind& kind, std::string_view namespace_, const ListOptions& options) {
    List all;
    std::string next;
    do {
        std::string target = fmt::format("{}?limit={}", collection_path(kind, namespace_), options.limit);
        if (!options.label_selector.empty()) target += "&labelSelector=" + http::encode_component(options.label_selector);
        if (!options.field_selector.empty()) target += "&fieldSelector=" + http::encode_component(options.field_selector);
        if (!next.empty()) target += "&continue=" + http::encode_component(next);
        SW_TRY_ASSIGN(auto page, object_in(http_->send(request_for("GET", target))));
        auto* items = page.if_contains("items");
        if (!items || !items->is_array()) return fail(ErrorCode::unavailable, fmt::format("the list of {} has no items", kind.resource));
        for (auto& item : items->as_array())
            if (item.is_object()) all.items.push_back(std::move(item.as_object()));
        next = text_at(page, "metadata.continue");
        if (all.resource_version.empty()) all.resource_version = text_at(page, "metadata.resourceVersion");
    } while (!next.empty());
    return all;
}

Result<json::object> Client::create(const ObjectRef& ref, const json::object& object) {
    return object_in(http_->send(create_request({ref, object})));
}

std::vector<Result<json::object>> Client::create_all(std::span<const ApplyRequest> requests) {
    std::vector<http::Request> all;
    all.reserve(requests.size());
    for (const auto& request : requests) all.push_back(create_request(request));
    return objects_in(http_->send_all(all));
}

Result<json::object> Client::apply(const ApplyRequest& request, const ApplyOptions& options) {
    return object_in(http_->send(apply_request(request, options)));
}

std::vector<Result<json::object>> Client::apply_all(std::span<const ApplyRequest> requests, const ApplyOptions& options) {
    std::vector<http::Request> all;
    all.reserve(requests.size());
    for (const auto& request : requests) all.push_back(apply_request(request, options));
    return objects_in(http_->send_all(all));
}

Result<json::object> Client::merge_patch(const ObjectRef& ref, const json::object& patch, std::string_view subresource) {
    return object_in(http_->send(request_for("PATCH", object_path(ref, subresource) + std::string(create_query), &patch, "application/merge-patch+json")));
}

Result<json::object> Client::replace(const ObjectRef& ref, const json::object& object, std::string_view subresource) {
    return object_in(http_->send(request_for("PUT", object_path(ref, subresource) + std::string(create_query), &object)));
}

Result<> Client::remove(const ObjectRef& ref, const DeleteOptions& options) {
    json::object body{{"apiVersion", "v1"}, {"kind", "DeleteOptions"}, {"propagationPolicy", options.propagation}};
    json::object preconditions;
    if (!options.uid.empty()) preconditions["uid"] = options.uid;
    if (!options.resource_version.empty()) preconditions["resourceVersion"] = options.resource_version;
    if (!preconditions.empty()) body["preconditions"] = std::move(preconditions);
    const auto answer = object_in(http_->send(request_for("DELETE", object_path(ref), &body)));
    if (!answer && answer.error().code != ErrorCode::not_found) return std::unexpected(answer.error());
    return {};
}

Result<std::string> Client::pod_log(std::string_view namespace_, std::string_view pod, std::string_view container, unsigned tail_lines,
                                    bool previous) {
    const ObjectRef ref{&kinds::pod, std::string(namespace_), std::string(pod)};
    return raw_get(fmt::format("{}?container={}&tailLines={}&previous={}&limitBytes=65536", object_path(ref, "log"),
                               http::encode_component(container), tail_lines, previous));
}

Result<std::string> Client::raw_get(const std::string& path) {
    http::Request request;
    request.target = path;
    SW_TRY_ASSIGN(auto answer, http_->send(request));
    if (answer.status >= 400) return std::unexpected(error_of(answer));
    return std::move(answer.body);
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

std::string_view text_at(const json::object& object, std::string_view path) {
    const auto* value = value_at(object, path);
    return value && value->is_string() ? std::string_view(value->as_string()) : std::string_view{};
}

}  // namespace storewright::kube
