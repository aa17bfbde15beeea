#include "kube/watch.hpp"

#include <fmt/format.h>

#include <atomic>
#include <charconv>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "base/log.hpp"
#include "kube/errors.hpp"
#include "kube/line_splitter.hpp"

namespace storewright::kube {

namespace json = boost::json;

namespace {

std::uint64_t number_in(std::string_view text) {
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc{} && end == text.data() + text.size() ? number : 0;
}

}  // namespace

ObjectKey key_of(const json::object& object) {
    return {std::string(text_at(object, "metadata.namespace")), std::string(text_at(object, "metadata.name"))};
}

std::uint64_t resource_version_of(const json::object& object) {
    return number_in(text_at(object, "metadata.resourceVersion"));
}

class Reflector::Loop {
    using Clock = std::chrono::steady_clock;

  public:
    Loop(Client& client, const Kind& kind, WatchOptions options, WatchHandler& handler)
        : client_(client),
          kind_(kind),
          options_(std::move(options)),
          handler_(handler),
          stale_since_(Clock::now()),
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
            const auto began = Clock::now();
            const auto outcome = version_.empty() ? list() : watch(stop);
            // One that ran for long and broke is the first failure, not one more.
            if (outcome || Clock::now() - began > options_.backoff.most) failures = 0;
            if (outcome) continue;
            if (stop.stop_requested()) return;
            mark_stale(true);
            ++failures;
            log::warning("a watch broke",
                         {{"resource", std::string(kind_.resource)}, {"error", outcome.error().message}});
            std::unique_lock lock(mutex_);
            wake_.wait_for(lock, stop, options_.backoff.jittered(failures), [] { return false; });
        }
    }

    Result<> list() {
        std::set<ObjectKey> present;
        const auto visit = [&](json::object item) {
            present.insert(key_of(item));
            // Items of a list leave out what the list says once.
            item["apiVersion"] = kind_.api_version();
            item["kind"] = kind_.kind;
            handler_.upserted(item);
        };
        SW_TRY_ASSIGN(const auto version,
                      client_.list_each(kind_, options_.namespace_,
                                        {.label_selector = options_.label_selector, .field_selector = {}}, visit));
        handler_.listed(present, number_in(version));
        version_ = version;
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
        const auto began = Clock::now();
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
        if (response->status == 410) version_.clear();
        if (response->status != 200) return std::unexpected(error_of(*response));
        // A server, or a proxy before it, that ends every watch at once would else be asked without a pause.
        if (Clock::now() - began < options_.shortest) return fail(ErrorCode::unavailable, "it was ended at once");
        return {};
    }

    std::string watch_target() const {
        std::string target = kind_.group.empty() ? fmt::format("/api/{}", kind_.version)
                                                 : fmt::format("/apis/{}/{}", kind_.group, kind_.version);
        if (!options_.namespace_.empty()) target += "/namespaces/" + options_.namespace_;
        target += fmt::format("/{}?watch=true&allowWatchBookmarks=true&resourceVersion={}&timeoutSeconds={}",
                              kind_.resource, version_, options_.server_timeout.count());
        if (!options_.label_selector.empty())
            target += "&labelSelector=" + http::encode_component(options_.label_selector);
        return target;
    }

    /// One line of the watch: {"type": ..., "object": ...}; of a BOOKMARK only the version counts.
    Result<> event(std::string_view line) {
        auto value = parse_json(line);
        auto* o = value ? value->if_object() : nullptr;
        auto* object = o ? o->if_contains("object") : nullptr;
        if (!object || !object->is_object())
            return fail(ErrorCode::unavailable, "the watch sent something that is no event");
        const auto type = text_at(*o, "type");
        if (type == "ERROR") return broken(object->as_object());
        const std::string version(text_at(object->as_object(), "metadata.resourceVersion"));
        if (type == "ADDED" || type == "MODIFIED") handler_.upserted(object->as_object());
        if (type == "DELETED") handler_.removed(object->as_object());
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
