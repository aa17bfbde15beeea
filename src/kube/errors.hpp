#pragma once
#include "base/result.hpp"
#include "http/client.hpp"

namespace storewright::kube {

/// What a Kubernetes answer of 4xx or 5xx means; the message and the field come from its Status object.
Error error_of(const http::Response& response);

}  // namespace storewright::kube
