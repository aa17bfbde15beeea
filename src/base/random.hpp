#pragma once
// Random text from the operating system's CSPRNG, through libsodium (randombytes_uniform: no modulo bias).

#include <cstddef>
#include <string>
#include <string_view>

namespace storewright {

inline constexpr std::string_view alnum_alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
inline constexpr std::string_view hex_alphabet = "0123456789abcdef";

/// length characters, each drawn evenly from the alphabet (which is not empty).
std::string random_text(std::size_t length, std::string_view alphabet);

/// A number in [0, bound), bound > 0.
unsigned random_below(unsigned bound);

}  // namespace storewright
