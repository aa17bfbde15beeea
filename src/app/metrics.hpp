#pragma once
// What Prometheus is told: names by its conventions, units in the names.

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

namespace storewright::app {

/// Thread-safe.
class Metrics {
  public:
    Metrics();
    ~Metrics();

    void queue_depth(std::size_t keys);
    void pass_took(std::chrono::steady_clock::duration time);
    void action(std::string_view name, bool succeeded);
    void stores(std::string_view phase, std::size_t count);
    void sweep(std::string_view what, std::size_t orphans, bool braked);
    void leading(bool leader);
    void views_stale(std::chrono::seconds age);

    /// The text exposition format, version 0.0.4.
    std::string expose() const;

  private:
    struct Series;
    std::unique_ptr<Series> series_;
};

}  // namespace storewright::app
