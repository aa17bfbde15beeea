#include "kube/owned_fields.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <vector>

#include "base/digest.hpp"
#include "kube/client.hpp"

namespace storewright::kube {
namespace {

namespace json = boost::json;

/// fieldsV1 of the manager's Apply entry, or nullptr.
const json::object* fields_of(const json::object& object, std::string_view manager) {
    const auto* entries = value_at(object, "metadata.managedFields");
    if (!entries || !entries->is_array()) return nullptr;
    for (const auto& entry : entries->as_array()) {
        const auto* o = entry.if_object();
        if (!o || text_at(*o, "manager") != manager || text_at(*o, "operation") != "Apply" ||
            !text_at(*o, "subresource").empty())
            continue;
        const auto* fields = o->if_contains("fieldsV1");
        return fields ? fields->if_object() : nullptr;
    }
    return nullptr;
}

/// Whether item has every field of a "k:{...}" key.
bool has_key(const json::value& item, const json::object& key) {
    const auto* o = item.if_object();
    return o && std::ranges::all_of(key, [&](const auto& field) {
               const auto* value = o->if_contains(field.key());
               return value && *value == field.value();
           });
}

/// The value that one path element of fieldsV1 points to, or nullptr.
const json::value* step_into(const json::value& value, std::string_view element) {
    const std::string_view name = element.substr(2);
    if (element.starts_with("f:")) {
        const auto* o = value.if_object();
        return o ? o->if_contains(name) : nullptr;
    }
    const auto* array = value.if_array();
    if (!array) return nullptr;
    boost::system::error_code malformed;
    const json::value key = json::parse(json::string_view(name.data(), name.size()), malformed);
    if (malformed) return nullptr;
    for (const auto& item : *array)
        if (element.starts_with("k:") ? (key.is_object() && has_key(item, key.as_object())) : item == key) return &item;
    return nullptr;
}

/// A text in which objects' members are in order of name.
void write_canonical(const json::value& value, std::string& out) {
    if (const auto* o = value.if_object()) {
        std::vector<const json::key_value_pair*> members;
        for (const auto& member : *o) members.push_back(&member);
        std::ranges::sort(members, {}, [](const auto* m) { return std::string_view(m->key()); });
        out += '{';
        for (const auto* member : members) {
            out.append(member->key()).append(":");
            write_canonical(member->value(), out);
            out += ',';
        }
        out += '}';
    } else if (const auto* a = value.if_array()) {
        out += '[';
        for (const auto& item : *a) {
            write_canonical(item, out);
            out += ',';
        }
        out += ']';
    } else {
        out += json::serialize(value);
    }
}

/// Appends path and value of every owned leaf: an element with no elements beneath it. `path` is as it was afterwards.
void collect(const json::value& value, const json::object& fields, std::string& path, std::string& leaves) {
    const auto length = path.size();
    for (const auto& field : fields) {
        const std::string_view element = field.key();
        if (element == "." || element.size() < 2) continue;
        path.append("/").append(element);
        const json::value* inner = step_into(value, element);
        const auto* beneath = field.value().if_object();
        if (inner && beneath && !beneath->empty()) {
            collect(*inner, *beneath, path, leaves);
        } else {
            leaves.append("\n").append(path).append("=");
            if (inner) write_canonical(*inner, leaves);
        }
        path.resize(length);
    }
}

}  // namespace

std::string owned_fields_digest(const json::object& object, std::string_view manager) {
    const auto* fields = fields_of(object, manager);
    if (!fields || fields->empty()) return {};
    // The API server writes the fields of a set in one order, whoever asks.
    std::string all(text_at(object, "metadata.uid")), path;
    collect(object, *fields, path, all);
    return digest_hex(all);
}

}  // namespace storewright::kube
