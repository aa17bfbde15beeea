// TLS as the client speaks it, against a server made of OpenSSL alone: who is trusted, and under which name.

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>
#include <unistd.h>

#include <memory>
#include <thread>

#include "http/client.hpp"

namespace storewright::http {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

template <auto Free>
struct Freer {
    template <typename T>
    void operator()(T* p) const {
        Free(p);
    }
};
using Key = std::unique_ptr<EVP_PKEY, Freer<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Freer<X509_free>>;
using Context = std::unique_ptr<SSL_CTX, Freer<SSL_CTX_free>>;

struct Identity {
    Key key;
    Certificate certificate;
    std::string pem() const {
        const std::unique_ptr<BIO, Freer<BIO_free_all>> out(BIO_new(BIO_s_mem()));
        PEM_write_bio_X509(out.get(), certificate.get());
        char* data = nullptr;
        const long size = BIO_get_mem_data(out.get(), &data);
        return {data, static_cast<std::size_t>(size)};
    }
};

/// A certificate signed by itself, valid for an hour, for these names: "DNS:example.com,IP:127.0.0.1".
Identity self_signed(const std::string& names) {
    Identity made{Key(EVP_EC_gen("P-256")), Certificate(X509_new())};
    X509* x = made.certificate.get();
    X509_set_version(x, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(x), 1);
    X509_gmtime_adj(X509_getm_notBefore(x), -60);
    X509_gmtime_adj(X509_getm_notAfter(x), 3600);
    X509_set_pubkey(x, made.key.get());
    X509_NAME* name = X509_get_subject_name(x);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("test"), -1, -1, 0);
    X509_set_issuer_name(x, name);
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, x, x, nullptr, nullptr, 0);
    for (const auto& [nid, value] :
         {std::pair{NID_subject_alt_name, names}, std::pair{NID_basic_constraints, std::string("critical,CA:TRUE")}}) {
        const std::unique_ptr<X509_EXTENSION, Freer<X509_EXTENSION_free>> extension(
            X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str()));
        X509_add_ext(x, extension.get(), -1);
    }
    X509_sign(x, made.key.get(), EVP_sha256());
    return made;
}

/// Takes one connection after the other and answers each request with 200.
class TlsServer {
  public:
    explicit TlsServer(const Identity& identity)
        : context_(SSL_CTX_new(TLS_server_method())), listener_(socket(AF_INET, SOCK_STREAM, 0)) {
        SSL_CTX_use_certificate(context_.get(), identity.certificate.get());
        SSL_CTX_use_PrivateKey(context_.get(), identity.key.get());
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        EXPECT_EQ(bind(listener_, reinterpret_cast<sockaddr*>(&address), size), 0);
        EXPECT_EQ(listen(listener_, 8), 0);
        getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
        port_ = ntohs(address.sin_port);
        thread_ = std::jthread([this] { run(); });
    }
    ~TlsServer() {
        shutdown(listener_, SHUT_RDWR);
        thread_.join();
        close(listener_);
    }
    std::string origin() const { return "https://127.0.0.1:" + std::to_string(port_); }

  private:
    void run() const {
        for (int fd = 0; (fd = accept(listener_, nullptr, nullptr)) >= 0; close(fd)) {
            const std::unique_ptr<SSL, Freer<SSL_free>> tls(SSL_new(context_.get()));
            SSL_set_fd(tls.get(), fd);
            if (SSL_accept(tls.get()) != 1) continue;
            char request[4096];
            if (SSL_read(tls.get(), request, sizeof request) <= 0) continue;
            const std::string answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok";
            SSL_write(tls.get(), answer.data(), static_cast<int>(answer.size()));
            SSL_shutdown(tls.get());
        }
    }

    Context context_;
    int listener_;
    unsigned short port_ = 0;
    std::jthread thread_;
};

Result<Response> ask(const TlsServer& server, Tls tls) {
    auto client = Client::create({.origin = server.origin(), .tls = std::move(tls)});
    if (!client) return std::unexpected(client.error());
    return (*client)->send({.timeout = 5s});
}

TEST(TlsTest, a_server_whose_certificate_names_its_address_is_trusted_by_its_authority) {
    const auto identity = self_signed("IP:127.0.0.1");
    const TlsServer server(identity);
    const auto answer = ask(server, {.ca_pem = identity.pem()});
    ASSERT_TRUE(answer) << answer.error().message;
    EXPECT_EQ(answer->body, "ok");
}

TEST(TlsTest, an_unknown_authority_is_refused) {
    const auto identity = self_signed("IP:127.0.0.1"), stranger = self_signed("IP:127.0.0.1");
    const TlsServer server(identity);
    for (const auto& ca : {stranger.pem(), std::string()}) {
        const auto answer = ask(server, {.ca_pem = ca});
        ASSERT_FALSE(answer);
        EXPECT_EQ(answer.error().code, ErrorCode::unavailable);
        EXPECT_THAT(answer.error().message, HasSubstr("TLS with"));
    }
}

TEST(TlsTest, a_certificate_for_another_name_is_refused) {
    const auto identity = self_signed("DNS:api.example.com,IP:127.0.0.2");
    const TlsServer server(identity);
    EXPECT_FALSE(ask(server, {.ca_pem = identity.pem()}));
    EXPECT_FALSE(ask(server, {.ca_pem = identity.pem(), .server_name = "other.example.com"}));
    EXPECT_TRUE(ask(server, {.ca_pem = identity.pem(), .server_name = "api.example.com"}));
}

TEST(TlsTest, certificates_that_are_none_are_said_to_be) {
    const auto client = Client::create({.origin = "https://127.0.0.1:1", .tls = Tls{.ca_pem = "nonsense"}});
    ASSERT_FALSE(client);
    EXPECT_EQ(client.error().code, ErrorCode::invalid_argument);
}

}  // namespace
}  // namespace storewright::http
