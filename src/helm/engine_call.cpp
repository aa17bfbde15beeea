#include "helm/engine_call.hpp"

#include <pthread.h>

#include <array>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <csignal>
#include <cstddef>
#include <exception>
#include <memory>
#include <string>

// What the archive exports: helm/engine/main.go, and the start of its runtime, which
// helm/engine/CMakeLists.txt has moved from .init_array to a section of its own.
extern "C" {
char* helm_engine_call(const char* request, std::size_t request_size, std::size_t* response_size);
void helm_engine_free(char* response);

using EngineStart = void (*)(int argc, char** argv, char** envp);
extern const EngineStart helm_engine_start[] asm("__start_helm_engine_start");
}

namespace storewright::helm {
namespace {

namespace json = boost::json;

/// Kubernetes objects nest to about 20 levels; Boost.JSON's own limit of 32 would be close.
constexpr std::size_t max_json_depth = 128;

/// While it lives, this thread takes no asynchronous signal.
///
/// Goroutines run on stacks of a few KiB. A handler that was installed without SA_ONSTACK, as
/// Boost.Asio's are, would run on such a stack and overflow it. Threads that Go starts inherit the
/// mask, so those never take our signals either.
class HeldSignals {
  public:
    HeldSignals() {
        sigset_t held;
        sigfillset(&held);
        // Faults are the thread's own doing, and Go turns its own into panics; Go stops goroutines
        // with SIGURG.
        for (const int signal : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGABRT, SIGSYS, SIGURG, SIGPROF})
            sigdelset(&held, signal);
        pthread_sigmask(SIG_BLOCK, &held, &before_);
    }
    ~HeldSignals() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
    HeldSignals(const HeldSignals&) = delete;
    HeldSignals& operator=(const HeldSignals&) = delete;

  private:
    sigset_t before_{};
};

/// Starts the Go runtime. The caller holds signals, for the runtime's threads to inherit.
void start_engine() {
    // Laid out as a process start lays them out: arguments, environment, auxiliary vector (which Go
    // then reads from /proc). The environment is empty, so neither variables nor secrets in them
    // reach a template, and no variable changes how the engine works. Go keeps the pointers.
    static std::array<char, 12> name{"helm-engine"};
    static std::array<char*, 6> arguments{name.data(), nullptr, nullptr, nullptr, nullptr, nullptr};

    // Go takes SIGPIPE over, for its own sockets. It has none here, and the program has decided on
    // SIGPIPE already.
    struct sigaction sigpipe{};
    sigaction(SIGPIPE, nullptr, &sigpipe);
    helm_engine_start[0](1, arguments.data(), arguments.data() + 2);
    sigaction(SIGPIPE, &sigpipe, nullptr);
}

struct ResponseDeleter {
    void operator()(char* response) const { helm_engine_free(response); }
};

/// The raw call: text in, text out.
json::value exchange(const std::string& request, json::error_code& error) {
    const HeldSignals held;
    static const bool started = (start_engine(), true);
    static_cast<void>(started);

    std::size_t size = 0;
    const std::unique_ptr<char, ResponseDeleter> response(helm_engine_call(request.data(), request.size(), &size));
    json::parse_options options;
    options.max_depth = max_json_depth;
    return json::parse({response.get(), size}, error, {}, options);
}

std::string text(const json::object& object, std::string_view key) {
    const auto* const value = object.if_contains(key);
    const auto* const string = value ? value->if_string() : nullptr;
    return string ? std::string(*string) : std::string();
}

Error error_of(const json::object& answer) {
    const auto code = text(answer, "code") == "invalid_argument" ? ErrorCode::invalid_argument : ErrorCode::internal;
    return {code, text(answer, "message"), text(answer, "field")};
}

}  // namespace

Result<json::object> call_engine(std::string_view operation, json::object request) try {
    request["op"] = operation;
    json::error_code parse_error;
    json::value response = exchange(json::serialize(request), parse_error);
    if (parse_error) return fail(ErrorCode::internal, "response of the Helm engine: " + parse_error.message());
    json::object& body = response.as_object();
    if (const auto* const error = body.if_contains("error")) return std::unexpected(error_of(error->as_object()));
    return std::move(body.at("result").as_object());
} catch (const std::exception& error) {
    return fail(ErrorCode::internal, std::string("calling the Helm engine: ") + error.what());
}

}  // namespace storewright::helm
