#pragma once
// The border to the Go archive: one JSON request in, one JSON response out. Only helm.cpp uses it.

#include <boost/json/object.hpp>
#include <string_view>

#include "base/result.hpp"

namespace storewright::helm {

/// Runs one operation of helm/engine and returns its result. The Go runtime starts with the first
/// call (about 15 ms). Thread-safe; the calling thread's asynchronous signals wait until it
/// returns.
Result<boost::json::object> call_engine(std::string_view operation, boost::json::object request);

}  // namespace storewright::helm
