#pragma once
// Asking a shop whether it really answers: through the ingress Service with the shop's Host header, never by resolving
// a tenant's name, never following a redirect.

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "domain/catalog.hpp"
#include "http/client.hpp"

namespace storewright::app {

struct ProbeTarget {
    std::string hostname;
    bool tls =
        false;  ///< told to the shop as X-Forwarded-Proto by the ingress; the probe itself goes to ingress_origin
    std::vector<domain::ProbeSpec> probes;
};

/// The interface at which tests without a data plane put their own answer.
class Prober {
  public:
    virtual ~Prober() = default;
    /// Success, or what failed: "admin (/app): answered 502 instead of 200".
    virtual Result<> probe(const ProbeTarget& target) = 0;
};

/// The real one.
class HttpProber final : public Prober {
  public:
    explicit HttpProber(std::unique_ptr<http::Client> ingress) : ingress_(std::move(ingress)) {}
    Result<> probe(const ProbeTarget& target) override;

  private:
    std::unique_ptr<http::Client> ingress_;
};

/// Runs probes on a few threads so that a slow shop holds up no pass. Thread-safe.
class ProbeRunner {
  public:
    using Done = std::function<void(Result<>)>;
    ProbeRunner(Prober& prober, unsigned threads);
    ~ProbeRunner();  ///< lets running probes end
    void submit(ProbeTarget target, Done done);

  private:
    void work();
    Prober& prober_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<std::pair<ProbeTarget, Done>> jobs_;
    bool closed_ = false;
    std::vector<std::jthread> threads_;
};

}  // namespace storewright::app
