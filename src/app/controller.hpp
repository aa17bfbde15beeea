#pragma once
// The controller: takes keys from the queue and runs passes (observe, decide, act) until there is nothing left to do
// now.

#include <memory>
#include <span>
#include <thread>
#include <vector>

#include "app/act.hpp"
#include "app/metrics.hpp"
#include "app/queue.hpp"
#include "app/sweeper.hpp"

namespace storewright::app {

struct ControllerOptions {
    unsigned workers = 8;        ///< passes at once; each is mostly waiting for the API server
    unsigned probe_threads = 8;  ///< shops asked at once
    Backoff error_backoff{std::chrono::milliseconds(200), std::chrono::milliseconds(60'000)};
};

class Controller {
  public:
    /// The views' listener must call changed(). Everything referred to outlives the controller.
    Controller(kube::Client& client, Views& views, Memory& memory, const Config& config, const Offer& offer,
               const Clock& clock, Prober& prober, Metrics& metrics, ControllerOptions options = {});
    ~Controller();

    /// Begins work: every Store is looked at once.
    void start();
    /// Ends the passes that run, takes no more.
    void stop();
    void changed(const domain::StoreKey& key) { queue_.add(key); }

    /// What a pass would do now, without doing it.
    Result<reconcile::Plan> plan(const domain::StoreKey& key);

  private:
    void work();
    void run_pass(const domain::StoreKey& key);
    std::vector<Result<>> act_in_order(const Observation& o, std::span<const reconcile::Action> actions);
    std::vector<Result<>> act_at_once(const Observation& o, std::span<const reconcile::Action> actions);
    bool carry_out(const Observation& o, const reconcile::Plan& plan);
    void remember_error(const Observation& o, const reconcile::Action& action, Error error);

    Metrics& metrics_;
    ControllerOptions options_;
    Queue queue_;
    Observer observer_;
    ProbeRunner probes_;
    EventReporter events_;
    ActContext context_;
    Sweeper sweeper_;
    std::vector<std::jthread> workers_;
};

}  // namespace storewright::app
