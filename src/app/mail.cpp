#include "app/mail.hpp"

#include <fmt/format.h>

#include <boost/json/array.hpp>

#include "app/patience.hpp"
#include "app/secrets.hpp"
#include "app/values.hpp"

namespace storewright::app {
namespace {

namespace json = boost::json;

std::unexpected<Error> missing(const MailSource& source, std::string_view what) {
    const std::string remedy =
        source.of_store
            ? fmt::format(
                  "`storewright store set --smtp-password-file FILE` puts it there, or `kubectl -n {} create "
                  "secret generic {} --type={} --from-file={}=FILE`",
                  source.secret.namespace_, source.secret.name, domain::mail_secret_type, source.mail.password.key)
            : "the operator has to put it there";
    return fail(ErrorCode::not_found, fmt::format("{} {}: {}", source.secret.text(), what, remedy));
}

}  // namespace

std::optional<MailSource> mail_source(const domain::Store& store, const domain::Plan& plan, const Config& config) {
    const auto& mail = store.spec.mail ? store.spec.mail : plan.mail;
    if (!mail) return {};
    MailSource source{.mail = *mail, .egress = {}, .secret = {}, .of_store = store.spec.mail.has_value()};
    if (!source.of_store) source.egress = plan.mail_egress;
    if (!mail->password.name.empty())
        source.secret = {&kube::kinds::secret, source.of_store ? store.key.namespace_ : config.namespace_,
                         mail->password.name};
    return source;
}

std::string describe(const domain::Mail& mail) { return fmt::format("{}:{} as {}", mail.host, mail.port, mail.from); }

reconcile::MailOutcome mail_outcome(const std::optional<MailSource>& source,
                                    const std::optional<reconcile::SecretFacts>& secrets) {
    if (!source) return {false, "NotSet", "off (no SMTP is set on plan or store)"};
    const bool known = source->secret.kind && secrets && secrets->mail_secret == source->text();
    if (known && !secrets->mail_problem.empty())
        return {false, "MailSecretMissing", fmt::format("off: {}", secrets->mail_problem)};
    return {true, "Set", describe(source->mail)};
}

Result<MailPassword> read_mail_password(kube::Client& client, const MailSource& source, const Config& config) {
    const auto read = [&] { return client.get(source.secret); };
    auto secret = read();
    if (!secret && secret.error().code == ErrorCode::forbidden && source.of_store) {
        const kube::ObjectRef binding{&kube::kinds::role_binding, source.secret.namespace_, "storewright"};
        SW_TRY(client.apply({binding, mail_role_binding(source.secret.namespace_, config)}));
        secret = patiently(read);
    }
    if (!secret && secret.error().code == ErrorCode::forbidden) return missing(source, "may not be read");
    if (!secret && secret.error().code == ErrorCode::not_found) return missing(source, "does not exist");
    if (!secret) return std::unexpected(secret.error());
    if (source.of_store && kube::text_at(*secret, "type") != domain::mail_secret_type)
        return missing(source, fmt::format("is not of type {}", domain::mail_secret_type));
    const auto* data = kube::value_at(*secret, "data");
    const auto* value = data && data->is_object() ? data->as_object().if_contains(source.mail.password.key) : nullptr;
    if (!value || !value->is_string() || value->as_string().empty())
        return missing(source, fmt::format("has no key {}", source.mail.password.key));
    return MailPassword{std::string(value->as_string()),
                        fmt::format("{}/{}", kube::text_at(*secret, "metadata.uid"),
                                    kube::text_at(*secret, "metadata.resourceVersion"))};
}

json::object mail_role_binding(const std::string& namespace_, const Config& config) {
    return {{"apiVersion", "rbac.authorization.k8s.io/v1"},
            {"kind", "RoleBinding"},
            {"metadata", json::object{{"name", "storewright"}, {"namespace", namespace_}}},
            {"roleRef", json::object{{"apiGroup", "rbac.authorization.k8s.io"},
                                     {"kind", "ClusterRole"},
                                     {"name", config.mail_secrets_role}}},
            {"subjects",
             json::array{json::object{
                 {"kind", "ServiceAccount"}, {"name", config.service_account}, {"namespace", config.namespace_}}}}};
}

json::object mail_secret(const domain::Store& store, const MailPassword& password) {
    return {{"apiVersion", "v1"},
            {"kind", "Secret"},
            {"metadata", json::object{{"name", mail_secret_name},
                                      {"namespace", store.status.namespace_},
                                      {"labels", store_labels(store, store.status.id, "credentials")}}},
            {"type", "Opaque"},
            {"data", json::object{{"password", password.encoded}}}};
}

}  // namespace storewright::app
