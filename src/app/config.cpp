#include "app/config.hpp"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>
#include <charconv>
#include <fstream>
#include <functional>
#include <map>
#include <sstream>

namespace storewright::app {
namespace {

namespace json = boost::json;

/// A plain scalar by YAML 1.2's core schema, as far as configuration files use it.
json::value scalar(const YAML::Node& node) {
    const std::string& text = node.Scalar();
    if (node.Tag() == "!") return json::string(text);  // quoted
    if (text.empty() || text == "null" || text == "~") return nullptr;
    if (text == "true") return true;
    if (text == "false") return false;
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error == std::errc{} && end == text.data() + text.size()) return number;
    return json::string(text);
}

json::value convert(const YAML::Node& node) {
    switch (node.Type()) {
        case YAML::NodeType::Scalar: return scalar(node);
        case YAML::NodeType::Sequence: {
            json::array array;
            for (const auto& item : node) array.push_back(convert(item));
            return array;
        }
        case YAML::NodeType::Map: {
            json::object object;
            for (const auto& entry : node) object[entry.first.as<std::string>()] = convert(entry.second);
            return object;
        }
        default: return nullptr;
    }
}

/// Where a field of config.yaml goes.
struct Fields {
    std::map<std::string_view, std::string*> texts;
    std::map<std::string_view, bool*> flags;
    std::map<std::string_view, json::object*> objects;
};

std::unexpected<Error> wrong(const std::string& field, std::string_view wanted) {
    return fail(ErrorCode::invalid_argument, fmt::format("config.yaml: {} must be {}", field, wanted), field);
}

Result<> assign(const Fields& fields, std::string_view name, const json::value& value, const std::string& path) {
    if (const auto text = fields.texts.find(name); text != fields.texts.end()) {
        if (!value.is_string()) return wrong(path, "a text");
        *text->second = value.as_string().c_str();
        return {};
    }
    if (const auto flag = fields.flags.find(name); flag != fields.flags.end()) {
        if (!value.is_bool()) return wrong(path, "true or false");
        *flag->second = value.as_bool();
        return {};
    }
    if (const auto object = fields.objects.find(name); object != fields.objects.end()) {
        if (!value.is_object()) return wrong(path, "a map");
        *object->second = value.as_object();
        return {};
    }
    return fail(ErrorCode::invalid_argument, fmt::format("config.yaml: unknown field {}", path), path);
}

Result<> assign_all(const Fields& fields, const json::object& object, const std::string& prefix) {
    for (const auto& [name, value] : object) SW_TRY(assign(fields, name, value, prefix + std::string(name)));
    return {};
}

}  // namespace

Result<json::value> yaml_to_json(std::string_view yaml) {
    try {
        return convert(YAML::Load(std::string(yaml)));
    } catch (const YAML::Exception& e) {
        return fail(ErrorCode::invalid_argument, fmt::format("line {}: {}", e.mark.line + 1, e.msg));
    }
}

Result<Config> parse_config(std::string_view yaml) {
    auto root = yaml_to_json(yaml);
    if (!root) return with_context("config.yaml", root.error());
    Config config;
    if (root->is_null()) return config;
    if (!root->is_object()) return wrong("the document", "a map");
    json::object ingress;
    const Fields top{.texts = {{"baseDomain", &config.base_domain},
                               {"platformHost", &config.platform_host},
                               {"chartsDir", &config.charts_dir},
                               {"plansFile", &config.plans_file},
                               {"enginesDir", &config.engines_dir},
                               {"namespace", &config.namespace_},
                               {"serviceAccount", &config.service_account},
                               {"secretsRole", &config.secrets_role},
                               {"mailSecretsRole", &config.mail_secrets_role},
                               {"tokenFile", &config.token_file}},
                     .flags = {{"allowRetainedVolumes", &config.allow_retained_volumes}},
                     .objects = {{"ingress", &ingress}, {"guardrails", &config.guardrails}}};
    SW_TRY(assign_all(top, root->as_object(), ""));
    const Fields of_ingress{.texts = {{"className", &config.ingress_class}, {"origin", &config.ingress_origin}},
                            .flags = {{"tls", &config.ingress_tls}},
                            .objects = {}};
    SW_TRY(assign_all(of_ingress, ingress, "ingress."));
    return config;
}

Result<std::string> read_file(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) return fail(ErrorCode::not_found, fmt::format("{} cannot be read", path));
    std::ostringstream content;
    content << file.rdbuf();
    if (file.bad()) return fail(ErrorCode::unavailable, fmt::format("reading {} failed", path));
    return std::move(content).str();
}

}  // namespace storewright::app
