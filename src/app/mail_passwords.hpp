#pragma once
// Passwords of mail servers that come through the API: each goes into a Secret of its own beside the Store, which names
// it. A new password is a new name, so that the controller notices it as it notices every change of a Store.

#include <string>

#include "app/config.hpp"
#include "domain/store.hpp"
#include "kube/client.hpp"

namespace storewright::app {

class MailPasswords {
  public:
    MailPasswords(kube::Client& client, const Config& config) : client_(client), config_(config) {}

    /// A name for the Secret of a new password.
    static std::string new_name(const domain::StoreKey& key);
    /// Makes the Secret; with the Store's UID it goes when the Store does.
    Result<> put(const domain::StoreKey& key, const std::string& name, const std::string& password,
                 const std::string& store_uid);
    /// Best effort: an owner for a Secret that was made before its Store.
    void give_to(const domain::Store& store, const std::string& name);
    /// Best effort: takes it away, if it was made here for that store.
    void remove(const domain::StoreKey& key, const std::string& name);

  private:
    kube::Client& client_;
    const Config& config_;
};

}  // namespace storewright::app
