#include "http/target.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>

namespace storewright::http {
namespace {

bool same_name(std::string_view a, std::string_view b) {
    return std::ranges::equal(a, b, [](char x, char y) {
        return std::tolower(static_cast<unsigned char>(x)) == std::tolower(static_cast<unsigned char>(y));
    });
}

std::unexpected<Error> bad(std::string_view why) {
    return fail(ErrorCode::invalid_argument, "The request's path " + std::string(why) + ".");
}

}  // namespace

Result<Target> split_target(std::string_view target) {
    if (target.empty() || target.front() != '/') return bad("must begin with a slash");
    Target out;
    const auto question = target.find('?');
    if (question != std::string_view::npos) out.query = target.substr(question + 1);
    const std::string_view path = target.substr(0, question);
    for (std::size_t i = 0; i < path.size(); ++i) {
        if (path[i] != '%') {
            out.path += path[i];
            continue;
        }
        unsigned value = 0;
        const auto digits = path.substr(i + 1, 2);
        const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
        if (error != std::errc{} || digits.size() != 2 || end != digits.data() + 2)
            return bad("has a broken percent-encoding");
        if (value < ' ' || value == '/' || value == 127) return bad("hides a slash or a control character");
        out.path += static_cast<char>(value);
        i += 2;
    }
    return out;
}

std::string_view find_header(const Headers& headers, std::string_view name) {
    const auto found = std::ranges::find_if(headers, [&](const auto& h) { return same_name(h.first, name); });
    return found == headers.end() ? std::string_view{} : std::string_view(found->second);
}

}  // namespace storewright::http
