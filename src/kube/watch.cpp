#include "kube/watch.hpp"

#include <fmt/format.h>

#include <atomic>
#include <boost/json/parse.hpp>
#include <condition_variable>
#include <mutex>

#include "base/log.hpp"
#include "kube/cache.hpp"
#include "kube/errors.hpp"
#include "kube/line_splitter.hpp"

namespace storewright::kube {

namespace json = boost::json;

std::uint64_t resource_version_of(const json::object& object) {
    std::uint64_t version = 0;
    for (const char c : text_at(object, "metadata.resourceVersion")) {
        if (c < '0' || c > '9') return 0;
        version = version * 10 + static_cast<std::uint64_t>(c - '0');
    }
    return version;
}

class Reflector::Loop {
    using Clock = std::chrono::steady_clock;

  public:
    Loop(Client& client, const Kind& kind, WatchOptions options, WatchHandler& handler)
        : client_(client), kind_(kind), options_(std::move(options)), handler_(handler), stale_since_(Clock::now()),
          thread_([this](const std::stop_token& stop) { run(stop); }) {}

    bool synced() const { return synced_; }
    std::optional<Clock::time_point> stale_since() const {
        const std::lock_guard lock(mutex_);
        return stale_since_;
    }

  private:
    /// Lists when there is no version to watch from, then watches until that breaks, for ever.
    void run(const std::stop_token& stop) {
        unsigned failures = 0;
        while (!stop.stop_requested()) {
            const auto outcome = version_.empty() ? list() : watch(stop);
            if (outcome) {
                failures = 0;
                continue;
            }
            if (stop.stop_requested()) return;
            mark_stale(true);
            ++failures;
            log::warning("a watch broke", {{"resource", std::string(kind_.resource)}, {"error", outcome.error().message}});
            std::unique_lock lock(mutex_);
            wake_.wait_for(lock, stop, options_.backoff.jittered(failures), [] { return false; });
        }
    }

    Result<> list() {
        SW_TRY_ASSIGN(auto all, client_.list(kind_, options_.namespace_, {.label_selector = options_.label_selector, .field_selector = {}}));
        // Items of a list leave out what the list says once.
        for (auto& item : all.items) {
            item["apiVersion"] = kind_.api_version();
            item["kind"] = kind_.kind;
        }
        handler_.replaced(std::move(all.items));
        version_ = all.resource_version;
        synced_ = true;
        mark_stale(false);
        return {};
    }

    /// One watch request; success when the server ended it in the ordinary way.
    Result<> watch(const std::stop_token& stop) {
        Result<> verdict;
        LineSplitter splitter;
        http::Request request;
        request.target = watch_target();
        const auto sink = [&](std::string_view piece) {
            mark_stale(false);
            const auto fed = splitter.feed(piece, [&](std::string_view line) {
                verdict = event(line);
                return verdict.has_value();
            });
            if (!fed) verdict = std::unexpected(fed.error());
            return verdict.has_value();
        };
        const auto response = client_.http().stream(request, options_.idle_timeout, sink, stop);
        if (!verdict) return verdict;
        if (!response) return std::unexpected(response.error());
        if (response->status == 200) return {};
        Error error = error_of(*response);
        if (response->status == 410) version_.clear();
        return std::unexpected(std::move(error));
    }

    std::string watch_target() const {
        std::string target = kind_.group.empty() ? fmt::format("/api/{}", kind_.version) : fmt::format("/apis/{}/{}", kind_.group, kind_.version);
        if (!options_.namespace_.empty()) target += "/namespaces/" + options_.namespace_;
        target += fmt::format("/{}?watch=true&allowWatchBookmarks=true&resourceVersion={}&timeoutSeconds=540", kind_.resource, version_);
        if (!options_.label_selector.empty()) target += "&labelSelector=" + http::encode_component(options_.label_selector);
        return target;
    }

    /// One line of the watch: {"type": ..., "object": ...}
    Result<> event(std::string_view line) {
        boost::system::error_code malformed;
        auto value = json::parse(json::string_view(line.data(), line.size()), malformed);
        auto* o = malformed ? nullptr : value.if_object();
        auto* object = o ? o->if_contains("object") : nullptr;
        if (!object || !object->is_object()) return fail(ErrorCode::unavailable, "the watch sent something that is no event");
        const auto type = text_at(*o, "type");
        if (type == "ERROR") return broken(object->as_object());
        const std::string version(text_at(object->as_object(), "metadata.resourceVersion"));
        if (type == "ADDED" || type == "MODIFIED") handler_.upserted(std::move(object->as_object()));
        if (type == "DELETED") handler_.removed(std::move(object->as_object()));
        if (!version.empty()) version_ = version;
        return {};
    }

    /// An ERROR event: code 410 means that the version is too old, and a new list is needed.
    Result<> broken(const json::object& status) {
        const auto* code = value_at(status, "code");
        if (code && code->is_int64() && code->as_int64() == 410) version_.clear();
        return fail(ErrorCode::unavailable, std::string(text_at(status, "message")));
    }

    void mark_stale(bool stale) {
        const std::lock_guard lock(mutex_);
        if (!stale) stale_since_.reset();
        else if (!stale_since_) stale_since_ = Clock::now();
    }

    Client& client_;
    const Kind& kind_;
    WatchOptions options_;
    WatchHandler& handler_;
    std::string version_;  ///< the last one seen; empty: list first
    std::atomic<bool> synced_ = false;
    mutable std::mutex mutex_;
    std::condition_variable_any wake_;
    std::optional<Clock::time_point> stale_since_;
    std::jthread thread_;
};

Reflector::Reflector(Client& client, const Kind& kind, WatchOptions options, WatchHandler& handler)
    : loop_(std::make_unique<Loop>(client, kind, std::move(options), handler)) {}
Reflector::~Reflector() = default;
bool Reflector::synced() const { return loop_->synced(); }
std::optional<std::chrono::steady_clock::time_point> Reflector::stale_since() const { return loop_->stale_since(); }

}  // namespace storewright::kube
