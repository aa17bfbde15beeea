#pragma once
// How results are printed: -o table|wide|json|yaml|name.

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"

namespace storewright::cli {

enum class Format { table, wide, json, yaml, name };

struct Column {
    std::string title;
    std::string (*cell)(const boost::json::object& item, TimePoint now);
    bool wide = false;  ///< only with -o wide
};

/// The items as a table with aligned columns, or as the format says. An object is one item.
std::string format_items(const boost::json::value& items, const std::vector<Column>& columns, Format format,
                         TimePoint now);

std::string to_yaml(const boost::json::value& value);
std::string to_pretty_json(const boost::json::value& value);

/// Control characters become spaces: a message from inside a shop must neither break a table nor steer a terminal.
std::string printable(std::string_view text);

/// At most that many characters, "..." at the end of what was cut.
std::string shortened(std::string_view text, std::size_t width);

/// The text at a dotted path made printable, or "-".
std::string cell_at(const boost::json::object& item, std::string_view path);

/// "12s", "5m", "3h", "9d", as kubectl's ages.
std::string age(TimePoint since, TimePoint now);

}  // namespace storewright::cli
