#pragma once
// Errors as values: every fallible function returns a Result, never throws across a module's border.

#include <expected>
#include <string>
#include <string_view>
#include <utility>

namespace storewright {

/// What kind of failure it is, which decides the HTTP status and the exit code (one table each, in api/ and cli/).
enum class ErrorCode {
    invalid_argument,  ///< the caller's input is wrong; the message names the field and the remedy
    not_found,         ///< there is no such thing, or the caller may not know of it
    conflict,          ///< it exists already, or changed since it was read
    forbidden,         ///< the caller is known and may not
    unauthenticated,   ///< the caller is not known
    unavailable,       ///< a part that is needed does not answer; trying again later may work
    internal,          ///< a defect of ours
};

/// The code's name as it appears in logs and API problems, e.g. "invalid_argument".
std::string_view to_string(ErrorCode code);

struct Error {
    ErrorCode code{};
    std::string message;  ///< what failed, why, and what to do next, in one line
    std::string field;    ///< the input field it is about, as the user wrote it, or empty
    bool operator==(const Error&) const = default;
};

/// A value or an Error. std::expected, marked so that ignoring one does not compile.
template <typename T = void>
class [[nodiscard]] Result : public std::expected<T, Error> {
  public:
    using std::expected<T, Error>::expected;
};

/// The unexpected half of a Result.
inline std::unexpected<Error> fail(ErrorCode code, std::string message, std::string field = {}) {
    return std::unexpected(Error{code, std::move(message), std::move(field)});
}

/// The same error with what was being done put before its message: "reading plans.yaml: no such file".
inline std::unexpected<Error> with_context(std::string_view context, Error error) {
    error.message = std::string(context) + ": " + error.message;
    return std::unexpected(std::move(error));
}

}  // namespace storewright

#define SW_CONCAT_(a, b) a##b
#define SW_CONCAT(a, b) SW_CONCAT_(a, b)
#define SW_TRY_ASSIGN_(tmp, declaration, expression)          \
    auto tmp = (expression);                                  \
    if (!tmp) return std::unexpected(std::move(tmp).error()); \
    declaration = *std::move(tmp)
/// SW_TRY_ASSIGN(const auto x, f()): x is f()'s value, or the function returns f()'s error.
#define SW_TRY_ASSIGN(declaration, expression) SW_TRY_ASSIGN_(SW_CONCAT(sw_try_, __LINE__), declaration, expression)
/// SW_TRY(f()): goes on if f() succeeded, else the function returns its error.
#define SW_TRY(expression)                                                                          \
    do {                                                                                            \
        if (auto sw_try = (expression); !sw_try) return std::unexpected(std::move(sw_try).error()); \
    } while (false)
