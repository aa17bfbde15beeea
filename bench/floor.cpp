// The floor of bench/apply: applies objects that are ready beforehand, by the controller's own
// client, as many stores at once as the controller works on. It decides, renders, watches and
// records nothing. Usage: storewright-bench-floor KUBECONFIG WORKERS CONNECTIONS <STORES Each line
// of standard input is one store: {"waves": [[object, ...], ...]}; a wave waits for the one before.
// Writes one JSON object.

#include <sys/resource.h>

#include <atomic>
#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <chrono>
#include <cstdio>
#include <iostream>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "base/backoff.hpp"
#include "kube/client.hpp"

namespace {

using namespace storewright;
using namespace std::chrono_literals;
namespace json = boost::json;
using Clock = std::chrono::steady_clock;
using Wave = std::vector<kube::ApplyRequest>;
using Store = std::vector<Wave>;

/// A right that was just given counts only some moments later (403), and objects of one store that come at once fight
/// over its quota's record (409): so long neither is believed. A loaded machine of two cores was seen to need more than
/// 5 seconds for a right; what is waited counts as the floor's.
constexpr auto patience = 30s;
constexpr Backoff backoff{5ms, 40ms};

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

double cpu_seconds() {
    rusage used{};
    getrusage(RUSAGE_SELF, &used);
    const auto seconds = [](const timeval& t) {
        return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
    };
    return seconds(used.ru_utime) + seconds(used.ru_stime);
}

Result<kube::ApplyRequest> parse_request(const json::value& value) {
    if (!value.is_object()) return fail(ErrorCode::invalid_argument, "an object of a wave is no JSON object");
    const auto& object = value.as_object();
    const auto* kind = kube::kinds::find(kube::text_at(object, "apiVersion"), kube::text_at(object, "kind"));
    if (!kind) return fail(ErrorCode::invalid_argument, "unknown kind: " + std::string(kube::text_at(object, "kind")));
    return kube::ApplyRequest{{kind, std::string(kube::text_at(object, "metadata.namespace")),
                               std::string(kube::text_at(object, "metadata.name"))},
                              object};
}

Result<Store> parse_store(const std::string& line) {
    boost::system::error_code error;
    const auto value = json::parse(line, error);
    const auto* waves = value.is_object() ? value.as_object().if_contains("waves") : nullptr;
    if (error || !waves || !waves->is_array())
        return fail(ErrorCode::invalid_argument, "a line is not of the form {\"waves\": [[...], ...]}");
    Store store;
    for (const auto& objects : waves->as_array()) {
        auto& wave = store.emplace_back();
        if (!objects.is_array()) return fail(ErrorCode::invalid_argument, "a wave is no array of objects");
        for (const auto& object : objects.as_array()) {
            SW_TRY_ASSIGN(auto request, parse_request(object));
            wave.push_back(std::move(request));
        }
    }
    return store;
}

/// Everything of the wave at once; what is refused with 403 or 409 again, less and less often, until `patience` is
/// over.
Result<> apply_wave(kube::Client& client, Wave wave) {
    const auto deadline = Clock::now() + patience;
    for (unsigned refusals = 0; !wave.empty(); ++refusals) {
        if (refusals > 0) std::this_thread::sleep_for(backoff.after(refusals));
        const auto answers = client.apply_all(wave, {.field_manager = "bench-floor"});
        Wave refused;
        for (std::size_t i = 0; i < answers.size(); ++i) {
            if (answers[i]) continue;
            const auto code = answers[i].error().code;
            const bool passing =
                (code == ErrorCode::forbidden || code == ErrorCode::conflict) && Clock::now() < deadline;
            if (!passing) return with_context(wave[i].ref.text(), answers[i].error());
            refused.push_back(std::move(wave[i]));
        }
        wave = std::move(refused);
    }
    return {};
}

struct Outcome {
    std::mutex mutex;
    std::vector<double> seconds;  ///< of each store
    std::optional<Error> error;   ///< the first
};

void work(kube::Client& client, const std::vector<Store>& stores, std::atomic<std::size_t>& next, Outcome& outcome) {
    for (std::size_t i = next++; i < stores.size(); i = next++) {
        const auto start = Clock::now();
        for (const auto& wave : stores[i])
            if (const auto done = apply_wave(client, wave); !done) {
                const std::lock_guard lock(outcome.mutex);
                if (!outcome.error) outcome.error = done.error();
                return;
            }
        const std::lock_guard lock(outcome.mutex);
        outcome.seconds.push_back(seconds_since(start));
    }
}

/// Every connection is open before the clock starts, as the controller's are.
Result<> connect(kube::Client& client, std::size_t connections) {
    http::Request version;
    version.target = "/version";
    for (const auto& answer : client.http().send_all(std::vector<http::Request>(connections, version)))
        if (!answer) return std::unexpected(answer.error());
    return {};
}

Result<> run(const std::string& kubeconfig, unsigned workers, std::size_t connections) {
    std::vector<Store> stores;
    for (std::string line; std::getline(std::cin, line);) {
        SW_TRY_ASSIGN(auto store, parse_store(line));
        stores.push_back(std::move(store));
    }
    SW_TRY_ASSIGN(const auto client, kube::Client::create(kubeconfig, "storewright-bench-floor", connections));
    SW_TRY(connect(*client, connections));

    Outcome outcome;
    std::atomic<std::size_t> next = 0;
    const auto cpu_before = cpu_seconds();
    const auto start = Clock::now();
    {
        std::vector<std::jthread> threads;
        for (unsigned i = 0; i < workers; ++i) threads.emplace_back([&] { work(*client, stores, next, outcome); });
    }
    const auto seconds = seconds_since(start);
    if (outcome.error) return std::unexpected(*outcome.error);
    const json::object report{{"seconds", seconds},
                              {"cpuSeconds", cpu_seconds() - cpu_before},
                              {"storeSeconds", json::array(outcome.seconds.begin(), outcome.seconds.end())}};
    std::puts(json::serialize(report).c_str());
    return {};
}

}  // namespace

int main(int argc, char** argv) {
    const long workers = argc == 4 ? std::strtol(argv[2], nullptr, 10) : 0,
               connections = argc == 4 ? std::strtol(argv[3], nullptr, 10) : 0;
    if (workers < 1 || connections < 1) {
        std::fprintf(stderr, "usage: %s KUBECONFIG WORKERS CONNECTIONS <STORES, where both numbers are at least 1\n",
                     argv[0]);
        return 2;
    }
    const auto done = run(argv[1], static_cast<unsigned>(workers), static_cast<std::size_t>(connections));
    if (done) return 0;
    std::fprintf(stderr, "%s\n", done.error().message.c_str());
    return 1;
}
