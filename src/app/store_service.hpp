#pragma once
// What the API offers, over Kubernetes: writes go to the API server, reads come from the watch caches.

#include <condition_variable>
#include <mutex>

#include "api/service.hpp"
#include "app/controller.hpp"
#include "app/mail_passwords.hpp"
#include "app/views.hpp"

namespace storewright::app {

class KubernetesStoreService final : public api::StoreService {
  public:
    KubernetesStoreService(kube::Client& client, Views& views, Observer& observer, const Config& config,
                           const Offer& offer, Metrics& metrics)
        : client_(client),
          views_(views),
          observer_(observer),
          config_(config),
          offer_(offer),
          metrics_(metrics),
          mail_passwords_(client, config) {}

    Result<domain::Store> create(const domain::StoreKey& key, const domain::StoreSpec& spec,
                                 const std::string& mail_password) override;
    Result<api::StorePage> list(const std::optional<std::string>& tenant, const api::Page& page) override;
    Result<domain::Store> get(const domain::StoreKey& key) override;
    Result<domain::Store> update(const domain::StoreKey& key, const boost::json::object& spec_patch,
                                 const std::string& mail_password, const std::string& if_match) override;
    Result<domain::Store> remove(const domain::StoreKey& key, const std::string& if_match) override;
    Result<std::vector<api::Step>> steps(const domain::StoreKey& key) override;
    Result<boost::json::value> plan(const domain::StoreKey& key) override;
    Result<api::Credentials> credentials(const domain::StoreKey& key) override;
    Result<std::vector<api::StoreEvent>> events(const domain::StoreKey& key) override;

    Result<std::vector<api::TenantView>> tenants() override;
    Result<api::TenantView> put_tenant(const domain::Tenant& tenant, int max_stores) override;
    Result<> remove_tenant(const std::string& slug) override;

    std::vector<domain::Engine> engines() override { return offer_.catalog.engines; }
    std::vector<domain::Plan> plans() override { return offer_.catalog.plans; }
    std::vector<domain::Fit> fits() override { return offer_.catalog.fits; }
    std::vector<std::string> reserved_domains() override { return config_.reserved_domains(); }

    Result<domain::Store> wait_for_change(const domain::StoreKey& key, const std::string& seen,
                                          std::chrono::milliseconds timeout) override;
    Result<> ready() override;
    bool stale() override;
    std::string metrics() override;

    /// Wakes those who wait_for_change(); called by the views' listener.
    void changed(const domain::StoreKey& key);

  private:
    Result<> check_tenant(const domain::Tenant& tenant) const;
    Result<> check_references(const domain::StoreSpec& spec) const;
    /// The store as that patch would leave it.
    Result<domain::Store> patched(const domain::Store& current, const boost::json::object& spec_patch) const;
    Result<> check_hostnames(const domain::StoreKey& key, const domain::StoreSpec& spec) const;

    kube::Client& client_;
    Views& views_;
    Observer& observer_;
    const Config& config_;
    const Offer& offer_;
    Metrics& metrics_;
    MailPasswords mail_passwords_;
    std::mutex mutex_;
    std::condition_variable changed_;
};

}  // namespace storewright::app
