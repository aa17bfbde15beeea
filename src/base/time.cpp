#include "base/time.hpp"

#include <fmt/format.h>

#include <charconv>
#include <optional>

namespace storewright {
namespace {

class SystemClock final : public Clock {
  public:
    TimePoint now() const override {
        return std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
    }
};

struct Broken {
    std::chrono::year_month_day date;
    std::chrono::hh_mm_ss<std::chrono::milliseconds> time;
};

Broken break_down(TimePoint t) {
    const auto day = std::chrono::floor<std::chrono::days>(t);
    return {std::chrono::year_month_day{day}, std::chrono::hh_mm_ss{t - day}};
}

/// The number in text[at, at+count), or nothing when a character is no digit.
std::optional<int> digits(std::string_view text, std::size_t at, std::size_t count) {
    if (at + count > text.size()) return std::nullopt;
    int value = 0;
    const char* const begin = text.data() + at;
    const auto [end, error] = std::from_chars(begin, begin + count, value);
    if (error != std::errc{} || end != begin + count || *begin == '-') return std::nullopt;
    return value;
}

/// Milliseconds from the fraction after the seconds (".5" is 500); empty is 0.
std::optional<int> milliseconds_of(std::string_view fraction) {
    if (fraction.empty()) return 0;
    if (fraction.front() != '.' || fraction.size() < 2 || fraction.size() > 10) return std::nullopt;
    std::string three(fraction.substr(1, 3));
    for (const char c : fraction.substr(1))
        if (c < '0' || c > '9') return std::nullopt;
    three.resize(3, '0');
    return digits(three, 0, 3);
}

}  // namespace

const Clock& system_clock() {
    static const SystemClock clock;
    return clock;
}

std::string format_time(TimePoint t) {
    const Broken b = break_down(t);
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", static_cast<int>(b.date.year()),
                       static_cast<unsigned>(b.date.month()), static_cast<unsigned>(b.date.day()),
                       b.time.hours().count(), b.time.minutes().count(), b.time.seconds().count());
}

std::string format_time_precise(TimePoint t) {
    std::string text = format_time(t);
    text.pop_back();
    return fmt::format("{}.{:03}Z", text, break_down(t).time.subseconds().count());
}

Result<TimePoint> parse_time(std::string_view text) {
    using namespace std::chrono;
    const auto bad = [&] {
        return fail(ErrorCode::invalid_argument, fmt::format("'{}' is not a UTC time like 2026-01-31T12:00:00Z", text));
    };
    if (text.size() < 20 || text.back() != 'Z' || text[4] != '-' || text[7] != '-' || text[10] != 'T' ||
        text[13] != ':' || text[16] != ':')
        return bad();
    const auto y = digits(text, 0, 4), mo = digits(text, 5, 2), d = digits(text, 8, 2);
    const auto h = digits(text, 11, 2), mi = digits(text, 14, 2), s = digits(text, 17, 2);
    const auto ms = milliseconds_of(text.substr(19, text.size() - 20));
    if (!y || !mo || !d || !h || !mi || !s || !ms) return bad();
    const year_month_day date{year{*y}, month{static_cast<unsigned>(*mo)}, day{static_cast<unsigned>(*d)}};
    if (!date.ok() || *h > 23 || *mi > 59 || *s > 60) return bad();
    return TimePoint{sys_days{date} + hours{*h} + minutes{*mi} + seconds{*s} + milliseconds{*ms}};
}

}  // namespace storewright
