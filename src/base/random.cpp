#include "base/random.hpp"

#include <sodium.h>

#include <stdexcept>

namespace storewright {
namespace {

void initialise() {
    static const bool ready = sodium_init() >= 0;
    if (!ready) throw std::runtime_error("libsodium found no source of randomness");
}

}  // namespace

unsigned random_below(unsigned bound) {
    initialise();
    return randombytes_uniform(bound);
}

std::string random_text(std::size_t length, std::string_view alphabet) {
    std::string text;
    text.reserve(length);
    while (text.size() < length) text.push_back(alphabet[random_below(static_cast<unsigned>(alphabet.size()))]);
    return text;
}

}  // namespace storewright
