#pragma once
#include <functional>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace storewright::kube {

/// Cuts a stream into lines at '\n', whatever the pieces it arrives in. A line longer than the bound is an error.
class LineSplitter {
  public:
    static constexpr std::size_t max_line = 16UL << 20;  ///< etcd's own limit for an object is 1.5 MiB

    /// Calls line() for each line that is complete, without its end; empty lines are passed over. Stops when line()
    /// returns false.
    Result<bool> feed(std::string_view piece, const std::function<bool(std::string_view)>& line);

  private:
    std::string rest_;
};

}  // namespace storewright::kube
