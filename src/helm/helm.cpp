#include "helm/helm.hpp"

#include <boost/json/value_to.hpp>
#include <exception>
#include <string_view>
#include <utility>

#include "helm/engine_call.hpp"

namespace storewright::helm {
namespace {

namespace json = boost::json;

/// Calls the engine and turns its result into a value with the given function; neither lets an
/// exception out.
template <typename Convert>
auto ask(std::string_view operation, json::object request, Convert convert)
    -> Result<decltype(convert(std::declval<json::object&>()))> try {
    SW_TRY_ASSIGN(json::object result, call_engine(operation, std::move(request)));
    return convert(result);
} catch (const std::exception& error) {
    return fail(ErrorCode::internal, "result of the Helm engine's " + std::string(operation) + ": " + error.what());
}

std::string text(const json::object& object, std::string_view key) {
    return json::value_to<std::string>(object.at(key));
}

std::string_view to_string(ReleaseState state) {
    switch (state) {
        case ReleaseState::deployed: return "deployed";
        case ReleaseState::superseded: return "superseded";
        case ReleaseState::failed: return "failed";
    }
    return "unknown";
}

/// Helm's pending-*, uninstall* and unknown are states in which another program stopped halfway:
/// failed, to us.
ReleaseState state_of(std::string_view text) {
    if (text == "deployed") return ReleaseState::deployed;
    if (text == "superseded") return ReleaseState::superseded;
    return ReleaseState::failed;
}

/// The name and payload of a release's Secret, as the engine takes them.
Result<json::object> payload(const json::object& secret) {
    const auto* const metadata = secret.if_contains("metadata");
    const auto* const data = secret.if_contains("data");
    const auto* const name = metadata && metadata->is_object() ? metadata->get_object().if_contains("name") : nullptr;
    const auto* const release = data && data->is_object() ? data->get_object().if_contains("release") : nullptr;
    if (!name || !name->is_string() || !release || !release->is_string())
        return fail(ErrorCode::invalid_argument,
                    "not the Secret of a Helm release: it needs metadata.name and data.release");
    return json::object{{"secret", *name}, {"release", *release}};
}

TimePoint time_at(const json::object& object, std::string_view key) { return parse_time(text(object, key)).value(); }

}  // namespace

Result<ChartInfo> inspect(const std::string& chart_path) {
    return ask("inspect", {{"chart_path", chart_path}}, [](json::object& info) {
        return ChartInfo{text(info, "name"), text(info, "version"), text(info, "app_version"), text(info, "digest"),
                         text(info, "engine_yaml")};
    });
}

Result<Rendering> render(const RenderInput& input) {
    json::object request{
        {"chart_path", input.chart_path},
        {"release_name", input.release_name},
        {"values", input.values},
        {"release_namespace", input.release_namespace},
        {"kube_version", input.kube_version},
        {"revision", input.revision},
        {"is_upgrade", input.is_upgrade},
    };
    return ask("render", std::move(request), [](json::object& result) {
        Rendering rendering;
        json::array& objects = result.at("objects").as_array();
        rendering.objects.reserve(objects.size());
        for (json::value& object : objects) rendering.objects.push_back(std::move(object.as_object()));
        rendering.manifest = text(result, "manifest");
        rendering.hooks = std::move(result.at("hooks").as_array());
        rendering.notes = text(result, "notes");
        return rendering;
    });
}

Result<json::object> encode_release(const ReleaseRecord& record) {
    json::object request{
        {"name", record.name},
        {"namespace", record.namespace_},
        {"revision", record.revision},
        {"state", to_string(record.state)},
        {"description", record.description},
        {"first_deployed", format_time_precise(record.first_deployed)},
        {"last_deployed", format_time_precise(record.last_deployed)},
        {"values", record.values},
        {"manifest", record.manifest},
        {"hooks", record.hooks},
        {"notes", record.notes},
        {"chart_path", record.chart_path},
    };
    return ask("encode", std::move(request), [](json::object& secret) { return std::move(secret); });
}

Result<ReleaseRecord> decode_release(const json::object& secret) {
    SW_TRY_ASSIGN(json::object request, payload(secret));
    return ask("decode", std::move(request), [](json::object& result) {
        ReleaseRecord record;
        record.name = text(result, "name");
        record.namespace_ = text(result, "namespace");
        record.revision = json::value_to<int>(result.at("revision"));
        record.state = state_of(text(result, "state"));
        record.description = text(result, "description");
        record.first_deployed = time_at(result, "first_deployed");
        record.last_deployed = time_at(result, "last_deployed");
        record.values = std::move(result.at("values").as_object());
        record.manifest = text(result, "manifest");
        record.hooks = std::move(result.at("hooks").as_array());
        record.notes = text(result, "notes");
        return record;
    });
}

Result<json::object> with_state(const json::object& secret, ReleaseState state) {
    SW_TRY_ASSIGN(json::object request, payload(secret));
    request["state"] = to_string(state);
    return ask("with_state", std::move(request), [&secret, state](json::object& result) {
        json::object changed = secret;
        json::object& metadata = changed.at("metadata").as_object();
        metadata.erase("managedFields");  // the API server's own; apply refuses an object that has it
        if (!metadata.contains("labels")) metadata["labels"] = json::object{};
        metadata.at("labels").as_object()["status"] = to_string(state);
        changed.at("data").as_object()["release"] = result.at("release");
        return changed;
    });
}

}  // namespace storewright::helm
