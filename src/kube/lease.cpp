#include "kube/lease.hpp"

#include <fmt/format.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "base/log.hpp"
#include "base/random.hpp"
#include "base/time.hpp"

namespace storewright::kube {
namespace {

namespace json = boost::json;
using Clock = std::chrono::steady_clock;

/// metav1.MicroTime
std::string micro_time(TimePoint t) {
    std::string text = format_time_precise(t);
    text.insert(text.size() - 1, "000");
    return text;
}

}  // namespace

class LeaderElector::Loop {
  public:
    Loop(Client& client, LeaseOptions options, std::function<void()> started, std::function<void()> stopped)
        : client_(client.with_timeout(options.renew_deadline / 4)),
          options_(std::move(options)),
          started_(std::move(started)),
          stopped_(std::move(stopped)),
          ref_{&kinds::lease, options_.namespace_, options_.name},
          thread_([this](const std::stop_token& stop) { run(stop); }) {}

    bool leading() const { return leading_; }

  private:
    void run(const std::stop_token& stop) {
        while (!stop.stop_requested() && !leading_) {
            if (const auto won = try_to_hold(); won && *won) begin();
            else wait(stop);
        }
        while (!stop.stop_requested()) {
            wait(stop);
            if (stop.stop_requested()) break;
            if (overdue()) return end();
            const auto held = try_to_hold();
            const bool lost_to_another = held && !*held;
            if (lost_to_another || overdue()) return end();
        }
        if (leading_) release();
    }

    /// Others may take the lease once its duration has passed: we stop well before, and no request of ours outlasts a
    /// fourth of that.
    bool overdue() const { return Clock::now() - renewed_ > options_.renew_deadline; }

    void begin() {
        leading_ = true;
        log::info("leading", {{"identity", options_.identity}});
        started_();
    }

    void end() {
        leading_ = false;
        log::error("the lease is lost", {{"identity", options_.identity}});
        stopped_();
    }

    void wait(const std::stop_token& stop) {
        std::unique_lock lock(mutex_);
        const auto jitter = std::chrono::milliseconds(random_below(200));
        wake_.wait_for(lock, stop, options_.retry_period + jitter, [] { return false; });
    }

    /// Whether the lease is ours now; an error when nobody could be asked.
    Result<bool> try_to_hold() {
        const auto began = Clock::now();
        auto lease = client_.get(ref_);
        Result<bool> outcome = false;
        if (lease) outcome = may_take(*lease) ? write(*lease) : Result<bool>(false);
        else if (lease.error().code == ErrorCode::not_found) outcome = write({});
        else outcome = std::unexpected(lease.error());
        if (outcome && *outcome) renewed_ = began;
        if (!outcome) log::warning("the lease could not be asked for", {{"error", outcome.error().message}});
        return outcome;
    }

    /// Ours already, released, or not renewed for as long as its holder promised, measured by our own clock since we
    /// last saw it change.
    bool may_take(const json::object& lease) {
        const auto holder = text_at(lease, "spec.holderIdentity");
        if (holder.empty() || holder == options_.identity) return true;
        const std::string version(text_at(lease, "metadata.resourceVersion"));
        if (version != seen_version_) {
            seen_version_ = version;
            seen_at_ = Clock::now();
            return false;
        }
        const auto* seconds = value_at(lease, "spec.leaseDurationSeconds");
        const auto promised = std::chrono::seconds(seconds && seconds->is_int64() ? seconds->as_int64() : 15);
        return Clock::now() - seen_at_ > promised;
    }

    /// Writes us in as the holder, provided that nobody wrote since `before` was read.
    Result<bool> write(const json::object& before) {
        const std::string now = micro_time(system_clock().now());
        const bool ours = text_at(before, "spec.holderIdentity") == options_.identity;
        const auto* transitions = value_at(before, "spec.leaseTransitions");
        const std::int64_t changes = transitions && transitions->is_int64() ? transitions->as_int64() : 0;
        json::object metadata{{"name", options_.name}, {"namespace", options_.namespace_}};
        if (!before.empty()) metadata["resourceVersion"] = text_at(before, "metadata.resourceVersion");
        const std::string acquired = ours ? std::string(text_at(before, "spec.acquireTime")) : now;
        const json::object lease{
            {"apiVersion", "coordination.k8s.io/v1"},
            {"kind", "Lease"},
            {"metadata", std::move(metadata)},
            {"spec", json::object{{"holderIdentity", options_.identity},
                                  {"leaseDurationSeconds",
                                   std::chrono::duration_cast<std::chrono::seconds>(options_.duration).count()},
                                  {"acquireTime", acquired.empty() ? now : acquired},
                                  {"renewTime", now},
                                  {"leaseTransitions", before.empty() || ours ? changes : changes + 1}}}};
        const auto written = before.empty() ? client_.create(ref_, lease) : client_.replace(ref_, lease);
        // A conflict says that somebody wrote, not that somebody else holds it now: the next look tells.
        if (!written) return std::unexpected(written.error());
        return true;
    }

    void release() {
        const auto lease = client_.get(ref_);
        if (!lease || text_at(*lease, "spec.holderIdentity") != options_.identity) return;
        json::object empty = *lease;
        auto& spec = empty["spec"].as_object();
        spec["holderIdentity"] = "";
        spec["leaseDurationSeconds"] = 1;
        if (const auto written = client_.replace(ref_, empty); !written)
            log::warning("the lease could not be released", {{"error", written.error().message}});
    }

    Client client_;  ///< with a deadline of its own
    LeaseOptions options_;
    std::function<void()> started_, stopped_;
    ObjectRef ref_;
    std::atomic<bool> leading_ = false;
    Clock::time_point renewed_{}, seen_at_{};
    std::string seen_version_;
    std::mutex mutex_;
    std::condition_variable_any wake_;
    std::jthread thread_;
};

LeaderElector::LeaderElector(Client& client, LeaseOptions options, std::function<void()> started,
                             std::function<void()> stopped)
    : loop_(std::make_unique<Loop>(client, std::move(options), std::move(started), std::move(stopped))) {}
LeaderElector::~LeaderElector() = default;
bool LeaderElector::leading() const { return loop_->leading(); }

}  // namespace storewright::kube
