#pragma once
// The CLI's side of the API.

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <functional>
#include <memory>
#include <string>

#include "http/client.hpp"

namespace storewright::cli {

struct Connection {
    std::string server;      ///< origin of the platform
    std::string token_file;  ///< the token itself is never an argument
};

/// A problem answer becomes an Error with its detail, code and field.
class ApiClient {
  public:
    static Result<std::unique_ptr<ApiClient>> create(const Connection& connection);

    Result<boost::json::value> get(const std::string& path);
    Result<boost::json::value> post(const std::string& path, const boost::json::object& body);
    Result<boost::json::value> put(const std::string& path, const boost::json::object& body);
    Result<boost::json::value> patch(const std::string& path, const boost::json::object& body);
    Result<boost::json::value> remove(const std::string& path);

  private:
    Result<boost::json::value> send(std::string method, const std::string& path, const boost::json::object* body);
    std::unique_ptr<http::Client> http_;
};

}  // namespace storewright::cli
