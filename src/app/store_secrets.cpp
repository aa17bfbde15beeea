#include "app/store_secrets.hpp"

#include <fmt/format.h>

#include "app/mail.hpp"
#include "app/values.hpp"
#include "base/backoff.hpp"
#include "base/digest.hpp"

namespace storewright::app {
namespace {

namespace json = boost::json;

/// After a look that found something wrong: who puts it right does so within moments, or is away.
constexpr Backoff recheck{.first = std::chrono::seconds(5), .most = std::chrono::seconds(60)};

Result<> look_at_mail(ActContext& c, const MailSource& source, reconcile::SecretFacts& facts) {
    facts.mail_secret = source.text();
    const auto password = read_mail_password(c.client, source, c.config);
    if (password) facts.mail_version = password->version;
    else if (password.error().code == ErrorCode::not_found) facts.mail_problem = password.error().message;
    else return with_context("reading the mail's password", password.error());
    return {};
}

Result<> look_at_own(ActContext& c, const Observation& o, reconcile::SecretFacts& facts) {
    const auto& engine = o.facts.desired.engine;
    std::string marks;
    for (const auto& [name, keys] : {std::pair{admin_secret_name, &engine.admin_secret},
                                     std::pair{internal_secret_name, &engine.internal_secret}}) {
        const kube::ObjectRef ref{&kube::kinds::secret, o.facts.store.status.namespace_, std::string(name)};
        const auto secret = c.client.get(ref);
        if (secret) marks += secret_mark(*secret, *keys);
        else if (secret.error().code == ErrorCode::not_found) facts.missing.push_back(ref.text());
        else return with_context("looking at " + ref.text(), secret.error());
    }
    if (facts.missing.empty()) facts.digest = digest_hex(marks);
    return {};
}

}  // namespace

std::string secret_mark(const json::object& secret, const std::vector<domain::SecretKey>& keys) {
    std::string mark =
        fmt::format("{}={}\n", kube::text_at(secret, "metadata.name"), kube::text_at(secret, "metadata.uid"));
    const auto* data = kube::value_at(secret, "data");
    for (const auto& key : keys) {
        const auto* value = data && data->is_object() ? data->as_object().if_contains(key.key) : nullptr;
        if (key.from.empty() && value && value->is_string())
            mark += fmt::format("{}={}\n", key.key, std::string_view(value->as_string()));
    }
    return mark;
}

Result<> look_at_secrets(ActContext& c, const Observation& o) {
    const auto& store = o.facts.store;
    reconcile::SecretFacts facts{.at = c.clock.now()};
    if (o.mail && o.mail->secret.kind) SW_TRY(look_at_mail(c, *o.mail, facts));
    if (!store.status.release.secrets_digest.empty()) SW_TRY(look_at_own(c, o, facts));
    if (!facts.missing.empty() || !facts.mail_problem.empty()) {
        const auto& before = o.facts.secrets;
        facts.faults = 1 + (before && before->mail_secret == facts.mail_secret ? before->faults : 0);
        facts.look_again = facts.at + recheck.jittered(facts.faults);
    }
    c.memory.update(store.key, store.uid, [&](Remembered& r) { r.secrets = std::move(facts); });
    return {};
}

}  // namespace storewright::app
