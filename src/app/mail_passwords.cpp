#include "app/mail_passwords.hpp"

#include <boost/json/array.hpp>

#include "app/mail.hpp"
#include "app/patience.hpp"
#include "base/log.hpp"
#include "base/random.hpp"

namespace storewright::app {
namespace {

namespace json = boost::json;

constexpr std::string_view made_for_label = "storewright.dev/mail-of";
constexpr std::size_t random_characters = 6;

kube::ObjectRef ref_of(const domain::StoreKey& key, const std::string& name) {
    return {&kube::kinds::secret, key.namespace_, name};
}

json::array owned_by(const std::string& name, const std::string& uid) {
    return {json::object{{"apiVersion", domain::api_version}, {"kind", "Store"}, {"name", name}, {"uid", uid}}};
}

void note(std::string_view what, const domain::StoreKey& key, const Error& error) {
    log::warning(what, {{"store", key.text()}, {"error", error.message}});
}

}  // namespace

std::string MailPasswords::new_name(const domain::StoreKey& key) {
    return key.name + "-smtp-" + random_text(random_characters, hex_alphabet);
}

Result<> MailPasswords::put(const domain::StoreKey& key, const std::string& name, const std::string& password,
                            const std::string& store_uid) {
    json::object metadata{
        {"name", name}, {"namespace", key.namespace_}, {"labels", json::object{{made_for_label, key.name}}}};
    if (!store_uid.empty()) metadata["ownerReferences"] = owned_by(key.name, store_uid);
    const json::object secret{{"apiVersion", "v1"},
                              {"kind", "Secret"},
                              {"metadata", std::move(metadata)},
                              {"type", domain::mail_secret_type},
                              {"stringData", json::object{{"password", password}}}};
    const auto create = [&] { return client_.create(ref_of(key, name), secret); };
    auto made = create();
    if (!made && made.error().code == ErrorCode::forbidden) {
        const kube::ObjectRef binding{&kube::kinds::role_binding, key.namespace_, "storewright"};
        SW_TRY(client_.apply({binding, mail_role_binding(key.namespace_, config_)}));
        made = patiently(create);
    }
    if (!made) return with_context("storing the mail's password", made.error());
    return {};
}

void MailPasswords::give_to(const domain::Store& store, const std::string& name) {
    const json::object patch{{"metadata", json::object{{"ownerReferences", owned_by(store.key.name, store.uid)}}}};
    if (const auto done = client_.merge_patch(ref_of(store.key, name), patch); !done)
        note("a mail password's Secret stays without an owner", store.key, done.error());
}

void MailPasswords::remove(const domain::StoreKey& key, const std::string& name) {
    const auto secret = client_.get(ref_of(key, name));
    if (!secret) return;
    if (kube::label(*secret, made_for_label) != key.name) return;
    if (const auto done = client_.remove(ref_of(key, name)); !done)
        note("a mail password's old Secret is left", key, done.error());
}

}  // namespace storewright::app
