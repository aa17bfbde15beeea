#include "app/values.hpp"

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>

namespace storewright::app {

namespace json = boost::json;

namespace {

json::object mail_values(const domain::Mail* mail) {
    static const domain::Mail off{.port = 0, .security = "none"};
    const domain::Mail& m = mail ? *mail : off;
    return {{"enabled", mail != nullptr}, {"host", m.host},         {"port", m.port},
            {"security", m.security},     {"username", m.username}, {"from", m.from},
            {"secret", mail_secret_name}};
}

}  // namespace

json::object engine_values(const domain::Store& store, const domain::Plan& plan,
                           const std::vector<std::string>& hostnames, const domain::Mail* mail, const Config& config,
                           const json::object& overlay) {
    json::object values = overlay;
    const auto& spec = store.spec;
    merge_values(values,
                 json::object{
                     {"store", json::object{{"id", store.status.id},
                                            {"name", store.key.name},
                                            {"tenant", store.tenant()},
                                            {"displayName", store.display_name()},
                                            {"adminEmail", spec.admin_email},
                                            {"country", spec.country},
                                            {"currency", spec.currency},
                                            {"language", spec.language},
                                            {"timezone", spec.timezone},
                                            {"url", config.scheme() + "://" + hostnames.front()},
                                            {"hostnames", json::array(hostnames.begin(), hostnames.end())}}},
                     {"secrets", json::object{{"admin", admin_secret_name}, {"internal", internal_secret_name}}},
                     {"plan", json::object{{"name", plan.name},
                                           {"size", plan.size},
                                           {"storage", plan.storage},
                                           {"internetEgress", plan.internet_egress}}},
                     {"ingress", json::object{{"className", config.ingress_class}, {"tls", config.ingress_tls}}},
                     {"mail", mail_values(mail)},
                 });
    return values;
}

json::object guardrail_values(const domain::Store& store, const domain::Plan& plan, const MailSource* mail,
                              const Config& config) {
    json::object values = config.guardrails;
    json::object quota;
    for (const auto& [name, quantity] : plan.quota) quota[name] = quantity;
    merge_values(
        values,
        json::object{
            {"store", json::object{{"id", store.status.id}, {"name", store.key.name}, {"tenant", store.tenant()}}},
            {"plan", json::object{{"name", plan.name},
                                  {"maxVolumeSize", plan.max_volume_size},
                                  {"internetEgress", plan.internet_egress},
                                  {"quota", std::move(quota)}}},
        });
    if (mail)
        values["mailEgress"] =
            json::object{{"port", mail->mail.port}, {"cidrs", json::array(mail->egress.begin(), mail->egress.end())}};
    return values;
}

void merge_values(json::object& base, const json::object& over) {
    for (const auto& [name, value] : over) {
        auto* known = base.if_contains(name);
        if (known && known->is_object() && value.is_object()) merge_values(known->as_object(), value.as_object());
        else base[name] = value;
    }
}

}  // namespace storewright::app
