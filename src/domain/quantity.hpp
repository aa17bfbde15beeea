#pragma once
// Kubernetes' quantities ("250m", "1.5Gi"), as far as resources and quotas use them.

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace storewright::domain {

/// In thousandths, rounded up; what is larger than fits counts as the largest.
Result<std::int64_t> parse_quantity(std::string_view text);

/// For people: "3.1Gi" of what is counted in bytes, "2.5" or "250m" of the rest; never less than it is.
std::string format_quantity(std::int64_t thousandths, bool bytes);

}  // namespace storewright::domain
