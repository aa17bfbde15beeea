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

bool is_any_of(std::string_view text, std::initializer_list<std::string_view> words) {
    return std::ranges::find(words, text) != words.end();
}

/// Whether a text would be read back as something else if it stood there without quotes (YAML 1.1, which kubectl
/// reads): a number, a truth value, nothing, a date. yaml-cpp quotes only what would break the syntax.
bool needs_quotes(std::string_view text) {
    if (text.empty()) return true;
    std::string lower(text);
    std::ranges::transform(lower, lower.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    if (is_any_of(lower, {"true", "false", "yes", "no", "on", "off", "y", "n", "null", "~", ".inf", ".nan", "<<", "="}))
        return true;
    const bool starts_like_number =
        (text.front() >= '0' && text.front() <= '9') || is_any_of(text.substr(0, 1), {"+", "-", "."});
    return starts_like_number && text.find_first_not_of("0123456789abcdefABCDEFxXoO+-_.:TZ") == std::string_view::npos;
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
        const std::string text(value.as_string());
        if (needs_quotes(text)) out << YAML::DoubleQuoted;
        out << text;
    } else if (value.is_null()) {
        out << YAML::Null;
    } else {
        out << json::serialize(value);
    }
}

void pretty(const json::value& value, std::string& out, const std::string& indent) {
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

/// Characters, not bytes: every byte of UTF-8 but the continuations begins one.
std::size_t width_of(std::string_view text) {
    return static_cast<std::size_t>(
        std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

std::string table(const std::vector<const json::object*>& items, const std::vector<Column>& columns, bool wide,
                  TimePoint now) {
    std::vector<std::vector<std::string>> rows(items.size() + 1);
    for (const auto& column : columns) {
        if (column.wide && !wide) continue;
        rows[0].push_back(column.title);
        for (std::size_t i = 0; i < items.size(); ++i) rows[i + 1].push_back(column.cell(*items[i], now));
    }
    std::vector<std::size_t> widths(rows[0].size());
    for (const auto& row : rows)
        for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width_of(row[i]));
    std::string text;
    for (const auto& row : rows) {
        std::string line;
        for (std::size_t i = 0; i < row.size(); ++i) {
            line += row[i];
            if (i + 1 < row.size()) line.append(widths[i] + 3 - width_of(row[i]), ' ');
        }
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

std::string printable(std::string_view text) {
    std::string out(text);
    std::ranges::replace_if(out, [](char c) { return static_cast<unsigned char>(c) < ' ' || c == 127; }, ' ');
    return out;
}

std::string shortened(std::string_view text, std::size_t width) {
    if (width_of(text) <= width) return std::string(text);
    std::string out;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const bool begins = (static_cast<unsigned char>(text[at]) & 0xC0U) != 0x80U;
        if (begins && width_of(out) + 4 > width) break;
        out += text[at];
    }
    return width < 4 ? std::string() : out + "...";
}

std::string cell_at(const json::object& item, std::string_view path) {
    const auto* value = value_at(item, path);
    if (!value || value->is_null()) return "-";
    if (const auto* text = value->if_string()) return text->empty() ? "-" : printable(std::string_view(*text));
    if (const auto* array = value->if_array()) {
        std::string joined;
        for (const auto& inner : *array)
            if (inner.is_string())
                joined += (joined.empty() ? "" : ",") + printable(std::string_view(inner.as_string()));
        return joined.empty() ? "-" : joined;
    }
    return json::serialize(*value);
}

std::string age(TimePoint since, TimePoint now) {
    const auto seconds =
        std::max<std::int64_t>(std::chrono::duration_cast<std::chrono::seconds>(now - since).count(), 0);
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
