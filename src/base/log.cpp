#include "base/log.hpp"

#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <memory>

#include "base/time.hpp"

namespace storewright::log {
namespace {

Format current_format = Format::text;

spdlog::logger& logger() {
    static const auto instance = [] {
        auto made = std::make_shared<spdlog::logger>("storewright", std::make_shared<spdlog::sinks::stderr_sink_mt>());
        made->set_pattern("%v");
        return made;
    }();
    return *instance;
}

spdlog::level::level_enum to_spdlog(Level level) {
    switch (level) {
        case Level::debug: return spdlog::level::debug;
        case Level::info: return spdlog::level::info;
        case Level::warning: return spdlog::level::warn;
        case Level::error: return spdlog::level::err;
    }
    return spdlog::level::info;
}

std::string_view name_of(Level level) {
    switch (level) {
        case Level::debug: return "debug";
        case Level::info: return "info";
        case Level::warning: return "warning";
        case Level::error: return "error";
    }
    return "info";
}

std::string as_json(Level level, std::string_view message, std::initializer_list<Field> fields) {
    boost::json::object line{
        {"time", format_time_precise(system_clock().now())}, {"level", name_of(level)}, {"message", message}};
    for (const auto& field : fields) line[field.name] = field.value;
    return boost::json::serialize(line);
}

std::string as_text(Level level, std::string_view message, std::initializer_list<Field> fields) {
    std::string line = format_time_precise(system_clock().now());
    line.append(" ").append(name_of(level)).append(" ").append(message);
    for (const auto& field : fields) line.append(" ").append(field.name).append("=").append(field.value);
    return line;
}

}  // namespace

void configure(Level level, Format format) {
    current_format = format;
    logger().set_level(to_spdlog(level));
}

void write(Level level, std::string_view message, std::initializer_list<Field> fields) {
    if (!logger().should_log(to_spdlog(level))) return;
    const std::string line =
        current_format == Format::json ? as_json(level, message, fields) : as_text(level, message, fields);
    logger().log(to_spdlog(level), line);
}

}  // namespace storewright::log
