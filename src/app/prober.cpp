#include "app/prober.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <span>

namespace storewright::app {

namespace {

http::Request question(const ProbeTarget& target, const domain::ProbeSpec& spec) {
    http::Request request;
    request.target = spec.path;
    request.headers = {{"Host", target.hostname}, {"Accept", "*/*"}};
    request.timeout = spec.timeout;
    return request;
}

Result<> judge(const domain::ProbeSpec& spec, const Result<http::Response>& response) {
    const auto wrong = [&](std::string_view what) {
        return fail(ErrorCode::unavailable, fmt::format("{} ({}): {}", spec.name, spec.path, what));
    };
    if (!response) return wrong(response.error().message);
    if (response->status != spec.status)
        return wrong(fmt::format("answered {} instead of {}", response->status, spec.status));
    if (!spec.contains.empty() && response->body.find(spec.contains) == std::string::npos)
        return wrong(fmt::format("the answer lacks '{}'", spec.contains));
    return {};
}

}  // namespace

Result<> HttpProber::probe(const ProbeTarget& target) {
    const auto ask = [&](std::span<const domain::ProbeSpec> specs) -> Result<> {
        std::vector<http::Request> questions;
        for (const auto& spec : specs) questions.push_back(question(target, spec));
        const auto answers = ingress_->send_all(questions);
        for (std::size_t i = 0; i < answers.size(); ++i) SW_TRY(judge(specs[i], answers[i]));
        return {};
    };
    // The first alone: while it fails, the others would only wait for what is behind it. The rest at once: a new shop's
    // first answers are its slowest, and its customer waits for the last of them.
    const std::span specs(target.probes);
    const std::size_t alone = std::min<std::size_t>(specs.size(), 1);
    SW_TRY(ask(specs.first(alone)));
    return ask(specs.subspan(alone));
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
