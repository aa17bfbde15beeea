#include "http/origin.hpp"

#include <fmt/format.h>

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>
#include <charconv>
#include <cstdint>

#include "http/client.hpp"

namespace storewright::http {
namespace {

std::string bracketed(const std::string& host) { return host.find(':') == std::string::npos ? host : "[" + host + "]"; }

bool is_port(const std::string& digits) {
    std::uint16_t number = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    return error == std::errc{} && end == digits.data() + digits.size() && number != 0;
}

}  // namespace

std::string Origin::host_header() const {
    const bool usual = (scheme == "http" && port == "80") || (scheme == "https" && port == "443");
    return usual ? bracketed(host) : bracketed(host) + ":" + port;
}

std::string Origin::text() const { return fmt::format("{}://{}", scheme, host_header()); }

Result<Origin> parse_origin(std::string_view text) {
    const auto bad = [&](std::string_view why) {
        return fail(ErrorCode::invalid_argument,
                    fmt::format("'{}' is no origin like https://example.com:6443: {}", text, why));
    };
    const auto parsed = boost::urls::parse_uri(boost::core::string_view(text.data(), text.size()));
    if (!parsed) return bad("it is no URL");
    const auto& url = *parsed;
    if (url.scheme() != "http" && url.scheme() != "https") return bad("its scheme must be http or https");
    if (url.host_address().empty()) return bad("it has no host");
    if (url.has_userinfo()) return bad("it names a user");
    if (!url.encoded_path().empty() && url.encoded_path() != "/") return bad("it has a path");
    if (url.has_query() || url.has_fragment()) return bad("it has more than scheme, host and port");
    Origin origin{std::string(url.scheme()), std::string(url.host_address()), std::string(url.port())};
    if (origin.port.empty()) origin.port = origin.scheme == "https" ? "443" : "80";
    else if (!is_port(origin.port)) return bad("its port must be 1 to 65535");
    return origin;
}

std::string encode_component(std::string_view text) {
    std::string encoded;
    for (const char c : text) {
        const bool unreserved = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                                c == '-' || c == '.' || c == '_' || c == '~';
        if (unreserved) encoded += c;
        else encoded += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
    return encoded;
}

}  // namespace storewright::http
