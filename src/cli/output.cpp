#include "cli/output.hpp"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

namespace storewright::cli {
namespace {

namespace json = boost::json;

const json::value* value_at(const json::object& object, std::string_view path) {
    const json::object* here = &object;
    while (here) {
        const auto dot = path.find('.');
        const auto* value = here->if_contains(path.substr(0, dot));
        if (!value || dot == std::string_view::npos) return value;
        here = value->if_object();
        path.remove_prefix(dot + 1);
    }
    return nullptr;
}

void emit(YAML::Emitter& out, const json::value& value) {
    if (const auto* object = value.if_object()) {
        out << YAML::BeginMap;
        for (const auto& [name, inner] : *object) {
            out << YAML::Key << std::string(name) << YAML::Value;
            emit(out, inner);
        }
        out << YAML::EndMap;
    } else if (const auto* array = value.if_array()) {
        out << YAML::BeginSeq;
        for (const auto& inner : *array) emit(out, inner);
        out << YAML::EndSeq;
    } else if (value.is_string()) {
        out << std::string(value.as_string());
    } else {
        out << json::serialize(value);
    }
}

void pretty(const json::value& value, std::string& out, std::string indent) {
    const std::string deeper = indent + "  ";
    if (const auto* object = value.if_object(); object && !object->empty()) {
        out += "{\n";
        bool first = true;
        for (const auto& [name, inner] : *object) {
            out += (first ? "" : ",\n") + deeper + json::serialize(json::string(name)) + ": ";
            pretty(inner, out, deeper);
            first = false;
        }
        out += "\n" + indent + "}";
    } else if (const auto* array = value.if_array(); array && !array->empty()) {
        out += "[\n";
        for (std::size_t i = 0; i < array->size(); ++i) {
            out += (i ? ",\n" : "") + deeper;
            pretty((*array)[i], out, deeper);
        }
        out += "\n" + indent + "]";
    } else {
        out += json::serialize(value);
    }
}

std::vector<const json::object*> objects_of(const json::value& items) {
    std::vector<const json::object*> all;
    if (const auto* one = items.if_object()) all.push_back(one);
    if (const auto* many = items.if_array())
        for (const auto& item : *many)
            if (const auto* object = item.if_object()) all.push_back(object);
    return all;
}

std::string table(const std::vector<const json::object*>& items, const std::vector<Column>& columns, bool wide, TimePoint now) {
    std::vector<std::vector<std::string>> rows(items.size() + 1);
    for (const auto& column : columns) {
        if (column.wide && !wide) continue;
        rows[0].push_back(column.title);
        for (std::size_t i = 0; i < items.size(); ++i) rows[i + 1].push_back(column.cell(*items[i], now));
    }
    std::vector<std::size_t> widths(rows[0].size());
    for (const auto& row : rows)
        for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
    std::string text;
    for (const auto& row : rows) {
        std::string line;
        for (std::size_t i = 0; i < row.size(); ++i) line += fmt::format("{:<{}}", row[i], i + 1 < row.size() ? widths[i] + 3 : 0);
        text += line + "\n";
    }
    return text;
}

}  // namespace

std::string to_yaml(const json::value& value) {
    YAML::Emitter out;
    emit(out, value);
    return std::string(out.c_str()) + "\n";
}

std::string to_pretty_json(const json::value& value) {
    std::string out;
    pretty(value, out, "");
    return out + "\n";
}

std::string cell_at(const json::object& item, std::string_view path) {
    const auto* value = value_at(item, path);
    if (!value || value->is_null()) return "-";
    if (const auto* text = value->if_string()) return text->empty() ? "-" : std::string(*text);
    if (const auto* array = value->if_array()) {
        std::string joined;
        for (const auto& inner : *array)
            if (inner.is_string()) joined += (joined.empty() ? "" : ",") + std::string(inner.as_string());
        return joined.empty() ? "-" : joined;
    }
    return json::serialize(*value);
}

std::string age(TimePoint since, TimePoint now) {
    const auto seconds = std::max<std::int64_t>(std::chrono::duration_cast<std::chrono::seconds>(now - since).count(), 0);
    if (seconds < 120) return fmt::format("{}s", seconds);
    if (seconds < 120 * 60) return fmt::format("{}m", seconds / 60);
    if (seconds < 48 * 3600) return fmt::format("{}h", seconds / 3600);
    return fmt::format("{}d", seconds / 86400);
}

std::string format_items(const json::value& items, const std::vector<Column>& columns, Format format, TimePoint now) {
    switch (format) {
        case Format::json: return to_pretty_json(items);
        case Format::yaml: return to_yaml(items);
        case Format::name: {
            std::string names;
            for (const auto* item : objects_of(items)) names += cell_at(*item, "name") + "\n";
            return names;
        }
        default: return table(objects_of(items), columns, format == Format::wide, now);
    }
}

}  // namespace storewright::cli
