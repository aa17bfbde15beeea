#include "domain/quantity.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace storewright::domain {
namespace {

struct Suffix {
    std::string_view text;
    long double factor;
};
constexpr std::array suffixes{
    Suffix{"", 1.0L},      Suffix{"m", 1e-3L},    Suffix{"k", 1e3L},     Suffix{"M", 1e6L},     Suffix{"G", 1e9L},
    Suffix{"T", 1e12L},    Suffix{"P", 1e15L},    Suffix{"E", 1e18L},    Suffix{"Ki", 0x1p10L}, Suffix{"Mi", 0x1p20L},
    Suffix{"Gi", 0x1p30L}, Suffix{"Ti", 0x1p40L}, Suffix{"Pi", 0x1p50L}, Suffix{"Ei", 0x1p60L},
};

bool is_decimal(std::string_view text) {
    return std::ranges::any_of(text, [](char c) { return c >= '0' && c <= '9'; }) &&
           std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || c == '.'; }) &&
           std::ranges::count(text, '.') <= 1;
}

/// One decimal, rounded up, without a trailing ".0".
std::string one_decimal(long double number) {
    auto text = fmt::format("{:.1f}", static_cast<double>(std::ceil(number * 10 - 1e-9L) / 10));
    if (text.ends_with(".0")) text.resize(text.size() - 2);
    return text;
}

}  // namespace

Result<std::int64_t> parse_quantity(std::string_view text) {
    const auto digits = std::min(text.find_first_not_of("0123456789."), text.size());
    const auto suffix = std::ranges::find(suffixes, text.substr(digits), &Suffix::text);
    if (!is_decimal(text.substr(0, digits)) || suffix == suffixes.end())
        return fail(ErrorCode::invalid_argument, fmt::format("'{}' is no quantity (for example 250m, 2, 1.5Gi)", text));
    const long double thousandths =
        std::ceil(std::stold(std::string(text.substr(0, digits))) * suffix->factor * 1000 - 1e-6L);
    constexpr auto most = std::numeric_limits<std::int64_t>::max();
    return thousandths >= static_cast<long double>(most) ? most : static_cast<std::int64_t>(thousandths);
}

std::string format_quantity(std::int64_t thousandths, bool bytes) {
    if (!bytes) {
        if (thousandths % 1000 == 0) return std::to_string(thousandths / 1000);
        return thousandths < 1000 ? fmt::format("{}m", thousandths)
                                  : one_decimal(static_cast<long double>(thousandths) / 1000);
    }
    const long double whole = static_cast<long double>(thousandths) / 1000;
    constexpr std::array units{Suffix{"Ti", 0x1p40L}, Suffix{"Gi", 0x1p30L}, Suffix{"Mi", 0x1p20L},
                               Suffix{"Ki", 0x1p10L}};
    for (const auto& unit : units)
        if (whole >= unit.factor) return one_decimal(whole / unit.factor) + std::string(unit.text);
    return one_decimal(whole);
}

}  // namespace storewright::domain
