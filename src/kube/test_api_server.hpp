#pragma once
// An API server of a few lines for the tests of this module: it records what it is asked and answers by a function.

#include <boost/json/serialize.hpp>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "http/server.hpp"
#include "kube/client.hpp"

namespace storewright::kube {

class TestApiServer {
  public:
    using Answer = std::function<http::ServerResponse(const http::ServerRequest&)>;

    explicit TestApiServer(Answer answer) : answer_(std::move(answer)) {
        server_ = *http::Server::start({.address = "127.0.0.1", .port = 0}, [this](const http::ServerRequest& request) {
            {
                const std::lock_guard lock(mutex_);
                requests_.push_back(request);
            }
            return answer_(request);
        });
    }

    std::unique_ptr<Client> client() const {
        return std::make_unique<Client>(
            *http::Client::create({.origin = "http://127.0.0.1:" + std::to_string(server_->port())}));
    }
    std::vector<http::ServerRequest> requests() const {
        const std::lock_guard lock(mutex_);
        return requests_;
    }
    void stop() { server_->stop(std::chrono::seconds(1)); }

  private:
    Answer answer_;
    mutable std::mutex mutex_;
    std::vector<http::ServerRequest> requests_;
    std::unique_ptr<http::Server> server_;
};

inline http::ServerResponse json_answer(const boost::json::value& body, unsigned status = 200) {
    return {.status = status, .headers = {{"Content-Type", "application/json"}}, .body = boost::json::serialize(body)};
}

/// A Status object, as the API server refuses.
inline http::ServerResponse refusal(unsigned status, std::string_view message) {
    return json_answer(
        boost::json::object{{"kind", "Status"}, {"status", "Failure"}, {"message", message}, {"code", status}}, status);
}

}  // namespace storewright::kube
