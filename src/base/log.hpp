#pragma once
// Structured logs on stderr: one JSON object a line when serving, plain text for a person at a terminal.
// Nothing secret is ever passed here: values of Secrets have no way into these functions' callers.

#include <initializer_list>
#include <string>
#include <string_view>

namespace storewright::log {

enum class Level { debug, info, warning, error };
enum class Format { text, json };

struct Field {
    std::string_view name;
    std::string value;
};

/// Sets level and format for the process; called once, before threads start.
void configure(Level level, Format format);

void write(Level level, std::string_view message, std::initializer_list<Field> fields = {});

inline void debug(std::string_view message, std::initializer_list<Field> fields = {}) {
    write(Level::debug, message, fields);
}
inline void info(std::string_view message, std::initializer_list<Field> fields = {}) {
    write(Level::info, message, fields);
}
inline void warning(std::string_view message, std::initializer_list<Field> fields = {}) {
    write(Level::warning, message, fields);
}
inline void error(std::string_view message, std::initializer_list<Field> fields = {}) {
    write(Level::error, message, fields);
}

}  // namespace storewright::log
