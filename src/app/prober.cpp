#include "app/prober.hpp"

#include <fmt/format.h>

namespace storewright::app {

Result<> HttpProber::probe(const ProbeTarget& target) {
    for (const auto& spec : target.probes) {
        http::Request request;
        request.target = spec.path;
        request.headers = {{"Host", target.hostname}, {"Accept", "*/*"}};
        request.timeout = spec.timeout;
        const auto response = ingress_->send(request);
        if (!response)
            return fail(ErrorCode::unavailable,
                        fmt::format("{} ({}): {}", spec.name, spec.path, response.error().message));
        if (response->status != spec.status)
            return fail(ErrorCode::unavailable, fmt::format("{} ({}): answered {} instead of {}", spec.name, spec.path,
                                                            response->status, spec.status));
        if (!spec.contains.empty() && response->body.find(spec.contains) == std::string::npos)
            return fail(ErrorCode::unavailable,
                        fmt::format("{} ({}): the answer lacks '{}'", spec.name, spec.path, spec.contains));
    }
    return {};
}

ProbeRunner::ProbeRunner(Prober& prober, unsigned threads) : prober_(prober) {
    for (unsigned i = 0; i < threads; ++i) threads_.emplace_back([this] { work(); });
}

ProbeRunner::~ProbeRunner() {
    {
        const std::lock_guard lock(mutex_);
        closed_ = true;
    }
    changed_.notify_all();
}

void ProbeRunner::submit(ProbeTarget target, Done done) {
    {
        const std::lock_guard lock(mutex_);
        jobs_.emplace_back(std::move(target), std::move(done));
    }
    changed_.notify_one();
}

void ProbeRunner::work() {
    std::unique_lock lock(mutex_);
    while (true) {
        changed_.wait(lock, [this] { return closed_ || !jobs_.empty(); });
        if (closed_) return;
        auto [target, done] = std::move(jobs_.front());
        jobs_.pop_front();
        lock.unlock();
        done(prober_.probe(target));
        lock.lock();
    }
}

}  // namespace storewright::app
