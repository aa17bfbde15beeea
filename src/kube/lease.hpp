#pragma once
// Leader election by a coordination.k8s.io Lease, with client-go's semantics (tools/leaderelection).

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "kube/client.hpp"

namespace storewright::kube {

struct LeaseOptions {
    std::string namespace_;
    std::string name = "storewright-controller";
    std::string identity;  ///< the pod's name: a restarted controller finds itself the holder and goes on at once
    std::chrono::milliseconds duration{15'000};
    std::chrono::milliseconds renew_deadline{10'000};
    std::chrono::milliseconds retry_period{2'000};
};

class LeaderElector {
  public:
    /// Runs on a thread of its own. `started` is called once when the lease is won, `stopped` once when it is lost or
    /// could not be renewed within the deadline; the process is then expected to end its passes (and usually itself).
    LeaderElector(Client& client, LeaseOptions options, std::function<void()> started, std::function<void()> stopped);
    /// Stops renewing and releases the lease (holderIdentity empty), so that another takes over at once.
    ~LeaderElector();
    bool leading() const;

  private:
    class Loop;
    std::unique_ptr<Loop> loop_;
};

}  // namespace storewright::kube
