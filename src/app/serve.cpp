#include "app/serve.hpp"

#include <pthread.h>
#include <signal.h>

#include <atomic>
#include <condition_variable>
#include <cstdlib>
#include <mutex>
#include <thread>

#include "api/api.hpp"
#include "app/controller.hpp"
#include "app/store_service.hpp"
#include "base/backoff.hpp"
#include "base/log.hpp"
#include "base/random.hpp"
#include "http/server.hpp"
#include "kube/lease.hpp"

namespace storewright::app {
namespace {

using namespace std::chrono_literals;

constexpr auto shutdown_deadline = 10s;
constexpr auto version_deadline = 30s;
constexpr std::size_t api_server_connections = 32;
constexpr std::size_t ingress_connections = 32;

std::string environment(const char* name, std::string otherwise) {
    const char* value = std::getenv(name);
    return value && *value ? std::string(value) : std::move(otherwise);
}

/// Tells the main thread why to end.
class Ending {
  public:
    void request(std::string why) {
        {
            const std::lock_guard lock(mutex_);
            if (why_.empty()) why_ = std::move(why);
        }
        changed_.notify_all();
    }
    bool wait_for(std::chrono::milliseconds time) {
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, time, [this] { return !why_.empty(); });
    }
    std::string why() const {
        const std::lock_guard lock(mutex_);
        return why_;
    }

  private:
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::string why_;
};

/// The signals that end us are taken by one thread of their own; every other thread, made later, has them blocked.
class Signals {
  public:
    Signals() {
        sigemptyset(&set_);
        sigaddset(&set_, SIGTERM);
        sigaddset(&set_, SIGINT);
        pthread_sigmask(SIG_BLOCK, &set_, nullptr);
        signal(SIGPIPE, SIG_IGN);
    }
    /// The signal's number if one came within the time, else 0.
    int wait_for(std::chrono::milliseconds time) const {
        const timespec limit{time.count() / 1000, (time.count() % 1000) * 1'000'000};
        const int number = sigtimedwait(&set_, nullptr, &limit);
        return number > 0 ? number : 0;
    }

  private:
    sigset_t set_{};
};

/// Everything that runs, in the order in which it needs each other.
class Process {
  public:
    Process(const ServeOptions& options, Config config, Offer offer, std::unique_ptr<kube::Client> client,
            std::unique_ptr<Prober> prober)
        : options_(options),
          config_(std::move(config)),
          offer_(std::move(offer)),
          client_(std::move(client)),
          prober_(std::move(prober)),
          views_(*client_, [this](const domain::StoreKey& key) { changed(key); }),
          observer_(views_, memory_, config_, offer_, system_clock()),
          service_(*client_, views_, observer_, config_, offer_, metrics_),
          controller_(*client_, views_, memory_, config_, offer_, system_clock(), *prober_, metrics_) {}

    Result<> run() {
        const Signals& signals = signals_;
        SW_TRY(start_server());
        views_.start();
        if (options_.role != Role::api) elect();
        while (!signals.wait_for(200ms) && !ending_.wait_for(0ms)) begin_when_leading();
        if (!ending_.why().empty()) end_at_once();
        log::info("ending", {{"why", "signal"}});
        controller_.stop();
        elector_.reset();
        if (server_) server_->stop(shutdown_deadline);
        // Watches call the controller and the service: they end before those do.
        views_.stop();
        return {};
    }

  private:
    /// Another replica may lead by now: a pass under way must not write another word. This is what a crash would be,
    /// and those are survived.
    [[noreturn]] void end_at_once() const {
        log::error("ending at once", {{"why", ending_.why()}});
        std::_Exit(EXIT_FAILURE);
    }

    Result<> start_server() {
        SW_TRY_ASSIGN(const std::string token, read_token());
        api_ = api::make_handler(service_, {.token = token});
        SW_TRY_ASSIGN(server_, http::Server::start({.address = options_.address, .port = options_.port}, api_));
        log::info("listening", {{"address", options_.address}, {"port", std::to_string(server_->port())}});
        return {};
    }

    Result<std::string> read_token() const {
        SW_TRY_ASSIGN(std::string token, read_file(config_.token_file));
        while (!token.empty() && (token.back() == '\n' || token.back() == ' ')) token.pop_back();
        if (token.size() < 32)
            return fail(ErrorCode::invalid_argument,
                        config_.token_file + ": the token must have at least 32 characters");
        return token;
    }

    void elect() {
        kube::LeaseOptions lease;
        lease.namespace_ = environment("POD_NAMESPACE", config_.namespace_);
        lease.identity = environment("POD_NAME", "storewright-" + random_text(8, hex_alphabet));
        elector_ = std::make_unique<kube::LeaderElector>(
            *client_, lease, [this] { leading_ = true; }, [this] { ending_.request("the lease was lost"); });
    }

    void begin_when_leading() {
        metrics_.leading(leading_);
        if (begun_ || !leading_ || !views_.synced()) return;
        begun_ = true;
        controller_.start();
        log::info("reconciling", {{"stores", std::to_string(views_.stores().size())}});
    }

    void changed(const domain::StoreKey& key) {
        controller_.changed(key);
        service_.changed(key);
    }

    ServeOptions options_;
    Signals signals_;
    Ending ending_;
    Config config_;
    Offer offer_;
    std::unique_ptr<kube::Client> client_;
    std::unique_ptr<Prober> prober_;
    Memory memory_;
    Metrics metrics_;
    Views views_;
    Observer observer_;
    KubernetesStoreService service_;
    Controller controller_;
    http::Handler api_;
    std::unique_ptr<http::Server> server_;
    std::atomic<bool> leading_ = false;
    bool begun_ = false;
    std::unique_ptr<kube::LeaderElector> elector_;
};

Result<std::unique_ptr<Prober>> http_prober(const Config& config) {
    SW_TRY_ASSIGN(auto ingress, http::Client::create({.origin = config.ingress_origin,
                                                      .user_agent = "storewright-probe",
                                                      .max_connections = ingress_connections}));
    return std::make_unique<HttpProber>(std::move(ingress));
}

/// Charts may ask for it, so nothing can be rendered before it is known. A process that starts while Kubernetes is away
/// waits a while for it: it could not fill its caches either.
Result<std::string> server_version(kube::Client& client) {
    constexpr Backoff backoff{100ms, 2s};
    const auto deadline = std::chrono::steady_clock::now() + version_deadline;
    for (unsigned tries = 1;; ++tries) {
        auto version = client.server_version();
        if (version) return version;
        if (std::chrono::steady_clock::now() > deadline)
            return with_context("asking Kubernetes for its version", version.error());
        std::this_thread::sleep_for(backoff.jittered(tries));
    }
}

}  // namespace

Result<> serve(const ServeOptions& options) { return serve(options, nullptr); }

Result<> serve(const ServeOptions& options, std::unique_ptr<Prober> prober) {
    log::configure(log::Level::info, log::Format::json);
    SW_TRY_ASSIGN(const std::string text, read_file(options.config_path));
    SW_TRY_ASSIGN(auto config, parse_config(text));
    SW_TRY_ASSIGN(auto client,
                  kube::Client::create(options.kubeconfig, "storewright-controller", api_server_connections));
    SW_TRY_ASSIGN(const auto version, server_version(*client));
    SW_TRY_ASSIGN(auto offer, load_offer(config, version));
    if (!prober) {
        SW_TRY_ASSIGN(prober, http_prober(config));
    }
    return Process(options, std::move(config), std::move(offer), std::move(client), std::move(prober)).run();
}

Result<std::size_t> count_stores(const std::string& kubeconfig) {
    SW_TRY_ASSIGN(auto client, kube::Client::create(kubeconfig, "storewright-uninstall-check"));
    SW_TRY_ASSIGN(const auto stores, client->list(kube::kinds::store, {}));
    return stores.items.size();
}

}  // namespace storewright::app
