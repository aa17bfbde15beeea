#include "cli/progress.hpp"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <boost/json/array.hpp>
#include <csignal>
#include <map>
#include <optional>
#include <thread>

#include "cli/context.hpp"

namespace storewright::cli {
namespace {

namespace json = boost::json;
using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr auto poll_interval = 250ms;
/// A platform that restarts is away for a moment: only beyond that is it worth a word.
constexpr auto quiet_outage = 3s;
std::atomic<bool> was_interrupted = false;

/// Ctrl-C ends the waiting, not the store; pressed again, it ends the program at once.
class InterruptGuard {
  public:
    InterruptGuard() {
        was_interrupted = false;
        struct sigaction action{};
        action.sa_handler = [](int) { was_interrupted = true; };
        action.sa_flags = static_cast<int>(SA_RESETHAND);
        sigaction(SIGINT, &action, &before_);
    }
    ~InterruptGuard() { sigaction(SIGINT, &before_, nullptr); }

  private:
    struct sigaction before_{};
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
        const std::string message = cell_at(step, "message");  // "-" when there is none
        steps.push_back(
            {cell_at(step, "name"), cell_at(step, "state"), message == "-" ? "" : message, duration_between(step)});
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
        const std::size_t room = columns() - std::min<std::size_t>(columns(), sizeof("  x Workloads   123456.7 s  "));
        for (const auto& step : steps)
            fmt::print(stderr, "\033[2K  {} {:<11} {:>10}  {}\n", mark(step.state), step.name, step.duration,
                       shortened(step.message, room));
        lines_ = steps.size();
    }

    void print_news(const std::vector<StepView>& steps) {
        for (const auto& step : steps) {
            auto& known = states_[step.name];
            if (known == step.state || step.state == "pending") continue;
            known = step.state;
            fmt::print(stderr, "{:<11} {:<8} {:>8}  {}\n", step.name, step.state,
                       step.state == "running" ? "" : step.duration, step.message);
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
    static std::size_t columns() {
        winsize size{};
        return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
    }

    const Wait& wait_;
    std::size_t lines_ = 0;
    std::map<std::string, std::string> states_;
};

int tell_failure(const Wait& wait, const json::object& store) {
    fmt::print(stderr, "error: store {} failed: {}\n", wait.name, cell_at(store, "status.failure.message"));
    if (const auto hint = cell_at(store, "status.failure.hint"); hint != "-") fmt::print(stderr, "  {}\n", hint);
    fmt::print(stderr, "  storewright store events {}   shows what happened\n", wait.name);
    return store_failed;
}

int tell_timeout(const Wait& wait, std::string_view verb) {
    fmt::print(stderr, "error: {} was not {} within {} s; it goes on by itself: storewright store wait {}\n", wait.name,
               verb, wait.timeout.count(), wait.name);
    return timed_out;
}

int tell_interrupted(const Wait& wait) {
    fmt::print(stderr, "\nNo longer waiting; the store goes on by itself: storewright store wait {}\n", wait.name);
    return interrupted;
}

/// Asks for the store until `judge` gives an exit code. A platform that does not answer is asked again: only the
/// deadline, Ctrl-C or another error ends the waiting.
template <typename Judge>
int follow(ApiClient& client, const Wait& wait, std::string_view verb, Judge judge) {
    const InterruptGuard guard;
    auto answered_at = Clock::now();
    bool told = false;
    for (const auto deadline = Clock::now() + wait.timeout; Clock::now() < deadline;
         std::this_thread::sleep_for(poll_interval)) {
        if (was_interrupted) return tell_interrupted(wait);
        const auto store = client.get(wait.path);
        if (!store && store.error().code == ErrorCode::unavailable) {
            if (!told && Clock::now() - answered_at > quiet_outage) {
                fmt::print(stderr, "the platform does not answer, still trying: {}\n", store.error().message);
                told = true;
            }
            continue;
        }
        answered_at = Clock::now();
        told = false;
        if (const std::optional<int> code = judge(store)) return *code;
    }
    return tell_timeout(wait, verb);
}

std::optional<int> judge_ready(const Wait& wait, const json::object& store) {
    const std::string phase = cell_at(store, "status.phase");
    if (store.contains("deletionRequestedAt")) {
        fmt::print(stderr, "error: store {} is being deleted\n", wait.name);
        return conflict;
    }
    // A phase speaks of the generation it was decided for: an older one is about what was wanted before.
    if (cell_at(store, "status.observedGeneration") != cell_at(store, "generation")) return std::nullopt;
    if (phase == "Ready" || phase == "Suspended") return ok;
    if (phase == "Failed") return tell_failure(wait, store);
    return std::nullopt;
}

}  // namespace

int wait_until_ready(ApiClient& client, const Wait& wait) {
    Drawing drawing(wait);
    return follow(client, wait, "ready", [&](const Result<json::value>& store) -> std::optional<int> {
        if (!store) return report(store.error());
        if (const auto steps = client.get(wait.path + "/steps")) drawing.show(steps_in(*steps));
        return judge_ready(wait, store->as_object());
    });
}

int wait_until_gone(ApiClient& client, const Wait& wait) {
    std::string told;
    return follow(client, wait, "gone", [&](const Result<json::value>& store) -> std::optional<int> {
        if (!store) return store.error().code == ErrorCode::not_found ? int{ok} : report(store.error());
        const std::string holding = cell_at(store->as_object(), "status.failure.message");
        if (holding != "-" && holding != told) fmt::print(stderr, "{}\n", told = holding);
        return std::nullopt;
    });
}

}  // namespace storewright::cli
