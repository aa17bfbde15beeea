#pragma once
#include <chrono>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace storewright {

/// An instant in UTC, to the millisecond.
using TimePoint = std::chrono::sys_time<std::chrono::milliseconds>;

/// Where "now" comes from: an interface, so that tests choose it and decide() never asks.
class Clock {
  public:
    virtual ~Clock() = default;
    virtual TimePoint now() const = 0;
};

/// The system's clock.
const Clock& system_clock();

/// RFC 3339 in UTC with seconds, as Kubernetes' metav1.Time: "2026-01-31T12:00:00Z".
std::string format_time(TimePoint t);
/// RFC 3339 in UTC with milliseconds, for what is measured: "2026-01-31T12:00:00.123Z".
std::string format_time_precise(TimePoint t);
/// Reads either form, and metav1.MicroTime; offsets other than Z are invalid_argument.
Result<TimePoint> parse_time(std::string_view text);

}  // namespace storewright
