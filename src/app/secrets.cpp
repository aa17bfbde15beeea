#include "app/secrets.hpp"

#include "base/random.hpp"

namespace storewright::app {
namespace {

namespace json = boost::json;

std::string value_of(const domain::Store& store, const domain::SecretKey& key) {
    if (key.from == "adminEmail") return store.spec.admin_email;
    return key.prefix + random_text(key.length, key.hex ? hex_alphabet : alnum_alphabet);
}

}  // namespace

json::object store_labels(const domain::Store& store, std::string_view id, std::string_view component) {
    return {{domain::store_label, id},
            {"app.kubernetes.io/name", store.spec.engine},
            {"app.kubernetes.io/instance", id},
            {"app.kubernetes.io/component", component},
            {"app.kubernetes.io/part-of", "storewright"},
            {"app.kubernetes.io/managed-by", "storewright"}};
}

json::object make_secret(const domain::Store& store, std::string_view name,
                         const std::vector<domain::SecretKey>& keys) {
    json::object data;
    for (const auto& key : keys) data[key.key] = value_of(store, key);
    return {{"apiVersion", "v1"},
            {"kind", "Secret"},
            {"metadata", json::object{{"name", name},
                                      {"namespace", store.status.namespace_},
                                      {"labels", store_labels(store, store.status.id, "credentials")}}},
            {"type", "Opaque"},
            {"stringData", std::move(data)}};
}

json::object settings_in_secret(const domain::Store& store, const std::vector<domain::SecretKey>& keys) {
    json::object data;
    for (const auto& key : keys)
        if (!key.from.empty()) data[key.key] = value_of(store, key);
    return data;
}

}  // namespace storewright::app
