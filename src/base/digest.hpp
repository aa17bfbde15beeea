#pragma once
#include <string>
#include <string_view>

namespace storewright {

/// BLAKE2b (RFC 7693) with a 16-byte output, as 32 hex digits: names contents, proves nothing to an adversary with a
/// key.
std::string digest_hex(std::string_view bytes);

}  // namespace storewright
