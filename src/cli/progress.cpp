#include "cli/progress.hpp"

#include <fmt/format.h>
#include <signal.h>

#include <atomic>
#include <boost/json/array.hpp>
#include <map>
#include <thread>

#include "cli/exit_code.hpp"
#include "cli/output.hpp"

namespace storewright::cli {
namespace {

namespace json = boost::json;
using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr auto poll_interval = 250ms;
std::atomic<bool> interrupted = false;

/// Ctrl-C ends the waiting, not the store.
class InterruptGuard {
  public:
    InterruptGuard() {
        struct sigaction action {};
        action.sa_handler = [](int) { interrupted = true; };
        sigaction(SIGINT, &action, &before_);
    }
    ~InterruptGuard() { sigaction(SIGINT, &before_, nullptr); }

  private:
    struct sigaction before_ {};
};

struct StepView {
    std::string name, state, message, duration;
};

std::string duration_between(const json::object& step) {
    const auto from = parse_time(cell_at(step, "startedAt"));
    if (!from) return "";
    const auto ended = parse_time(cell_at(step, "endedAt"));
    const auto to = ended ? *ended : system_clock().now();
    return fmt::format("{:.1f} s", std::max(0.0, std::chrono::duration<double>(to - *from).count()));
}

std::vector<StepView> steps_in(const json::value& answer) {
    std::vector<StepView> steps;
    for (const auto& item : answer.at("items").as_array()) {
        const auto& step = item.as_object();
        const std::string message = cell_at(step, "message");
        steps.push_back({cell_at(step, "name"), cell_at(step, "state"), message == "-" ? "" : message, duration_between(step)});
    }
    return steps;
}

/// Draws the steps: on a terminal as a block that is rewritten, otherwise a line for each that changes its state.
class Drawing {
  public:
    explicit Drawing(const Wait& wait) : wait_(wait) {}

    void show(const std::vector<StepView>& steps) {
        if (wait_.draw) redraw(steps);
        else print_news(steps);
    }

  private:
    void redraw(const std::vector<StepView>& steps) {
        if (lines_ > 0) fmt::print(stderr, "\033[{}A", lines_);
        for (const auto& step : steps)
            fmt::print(stderr, "\033[2K  {} {:<11} {:>8}  {}\n", mark(step.state), step.name, step.duration, shortened(step.message));
        lines_ = steps.size();
    }

    void print_news(const std::vector<StepView>& steps) {
        for (const auto& step : steps) {
            auto& known = states_[step.name];
            if (known == step.state || step.state == "pending") continue;
            known = step.state;
            fmt::print(stderr, "{:<11} {:<8} {:>8}  {}\n", step.name, step.state, step.state == "running" ? "" : step.duration, step.message);
        }
    }

    std::string mark(const std::string& state) const {
        const auto paint = [this](const char* colour, const char* text) {
            return wait_.colour ? fmt::format("\033[{}m{}\033[0m", colour, text) : std::string(text);
        };
        if (state == "done") return paint("32", "✓");
        if (state == "failed") return paint("31", "✗");
        return state == "running" ? paint("36", "…") : std::string("·");
    }

    /// A line must not wrap, or the block could not be rewritten.
    static std::string shortened(const std::string& text) { return text.size() <= 70 ? text : text.substr(0, 67) + "..."; }

    const Wait& wait_;
    std::size_t lines_ = 0;
    std::map<std::string, std::string> states_;
};

int tell_failure(const Wait& wait, const json::object& store) {
    fmt::print(stderr, "error: store {} failed: {}\n  {}\n", wait.name, cell_at(store, "status.failure.message"), cell_at(store, "status.failure.hint"));
    fmt::print(stderr, "  storewright store events {}   shows what happened\n", wait.name);
    return store_failed;
}

int tell_timeout(const Wait& wait, std::string_view verb) {
    fmt::print(stderr, "error: {} was not {} within {} s; it goes on by itself: storewright store wait {}\n", wait.name, verb,
               wait.timeout.count(), wait.name);
    return timed_out;
}

int tell_interrupted(const Wait& wait) {
    fmt::print(stderr, "\nNo longer waiting; the store goes on by itself: storewright store wait {}\n", wait.name);
    return timed_out;
}

/// A platform that restarts answers again in a moment: only the deadline ends the waiting.
bool passing(const Error& error) { return error.code == ErrorCode::unavailable; }

}  // namespace

int wait_until_ready(ApiClient& client, const Wait& wait) {
    const InterruptGuard guard;
    Drawing drawing(wait);
    for (const auto deadline = Clock::now() + wait.timeout; Clock::now() < deadline; std::this_thread::sleep_for(poll_interval)) {
        if (interrupted) return tell_interrupted(wait);
        const auto store = client.get(wait.path);
        if (!store && passing(store.error())) continue;
        if (!store) {
            fmt::print(stderr, "error: {}\n", store.error().message);
            return exit_code_of(store.error().code);
        }
        if (const auto steps = client.get(wait.path + "/steps")) drawing.show(steps_in(*steps));
        const std::string phase = cell_at(store->as_object(), "status.phase");
        // A phase speaks of the generation it was decided for: an older one is about what was wanted before.
        const bool current = cell_at(store->as_object(), "status.observedGeneration") == cell_at(store->as_object(), "generation");
        if (current && (phase == "Ready" || phase == "Suspended")) return ok;
        if (current && phase == "Failed") return tell_failure(wait, store->as_object());
        const bool refused = phase == "Pending" && cell_at(store->as_object(), "status.failure.reason") != "-";
        if (refused) return tell_failure(wait, store->as_object());
    }
    return tell_timeout(wait, "ready");
}

int wait_until_gone(ApiClient& client, const Wait& wait) {
    const InterruptGuard guard;
    std::string told;
    for (const auto deadline = Clock::now() + wait.timeout; Clock::now() < deadline; std::this_thread::sleep_for(poll_interval)) {
        if (interrupted) return tell_interrupted(wait);
        const auto store = client.get(wait.path);
        if (!store && passing(store.error())) continue;
        if (!store && store.error().code == ErrorCode::not_found) return ok;
        if (!store) {
            fmt::print(stderr, "error: {}\n", store.error().message);
            return exit_code_of(store.error().code);
        }
        const std::string holding = cell_at(store->as_object(), "status.failure.message");
        if (holding != "-" && holding != told) fmt::print(stderr, "{}\n", told = holding);
    }
    return tell_timeout(wait, "gone");
}

}  // namespace storewright::cli
