// ApplyRelease: guardrails, secrets, the engine's objects, pruning, the release record; each idempotent, so that it can
// be cut short anywhere and started again.
//
// For a store that is built for the first time, whatever does not have to wait does not: the rights to its Secrets are
// given while the charts are rendered, the Secrets and what the workloads stand on come with the guardrails, and the
// record with the workloads, as from then on the cluster is busy starting them. Two things do wait: workloads until the
// guardrails, the Secrets and all that they refer to are there; and whatever changes a running shop for its turn.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <future>
#include <iterator>
#include <mutex>
#include <set>
#include <utility>

#include "app/act.hpp"
#include "app/manifests.hpp"
#include "app/patience.hpp"
#include "app/secrets.hpp"
#include "app/store_secrets.hpp"
#include "app/values.hpp"
#include "base/digest.hpp"
#include "base/log.hpp"
#include "helm/helm.hpp"
#include "reconcile/status.hpp"

namespace storewright::app {
namespace {

namespace json = boost::json;

constexpr int kept_revisions = 10;  ///< as Helm's own --history-max
constexpr int most_tries = 4;       ///< of a write that meets a conflict

class Release {
  public:
    Release(ActContext& context, const Observation& o, const reconcile::ApplyRelease& action)
        : c_(context), o_(o), store_(o.facts.store), action_(action), namespace_(store_.status.namespace_) {}

    Result<> run() {
        struct Phase {
            std::string_view name;
            Result<> (Release::*carry_out)();
        };
        constexpr std::array phases{
            Phase{"checking the store", &Release::verify},
            Phase{"rendering", &Release::render},
            Phase{"applying the guardrails", &Release::apply_guardrails},
            Phase{"checking the volumes", &Release::check_volumes},
            Phase{"applying the engine's objects", &Release::apply_foundations},
            Phase{"creating the secrets", &Release::finish_secrets},
            Phase{"copying the mail's password", &Release::copy_mail_password},
            Phase{"applying the engine's workloads", &Release::apply_workloads},
            Phase{"refreshing the pods", &Release::refresh_pods},
            Phase{"removing what is no longer wanted", &Release::prune},
            Phase{"writing the release record", &Release::finish_record},
        };
        for (const auto& phase : phases)
            if (auto done = (this->*phase.carry_out)(); !done) return with_context(phase.name, done.error());
        remember();
        return {};
    }

  private:
    Result<> verify() { return verify_current(c_, o_); }

    Result<> render() {
        auto rights = std::async(std::launch::async, [this] { return give_rights(); });
        SW_TRY(render_charts());
        // Compressing the record takes a while, and needs nothing of what the API server answers meanwhile.
        encoded_ = std::async(std::launch::async, [record = release_record()] { return helm::encode_release(record); });
        // Beside a dozen others it would come later, and the Secrets with it.
        return rights.get();
    }

    /// The controller's own to the Secrets of this namespace; Kubernetes notices them some moments later.
    Result<> give_rights() {
        return apply({{{&kube::kinds::role_binding, namespace_, "storewright"}, role_binding(store_, c_.config)}});
    }

    Result<> render_charts() {
        SW_TRY_ASSIGN(auto guardrails, helm::render({.chart_path = c_.offer.guardrails_path,
                                                     .release_name = "guardrails",
                                                     .release_namespace = namespace_,
                                                     .values = o_.guardrail_values,
                                                     .kube_version = c_.offer.kube_version}));
        SW_TRY_ASSIGN(engine_, helm::render({.chart_path = o_.facts.desired.engine.chart_path,
                                             .release_name = std::string(domain::release_name),
                                             .release_namespace = namespace_,
                                             .values = o_.engine_values,
                                             .kube_version = c_.offer.kube_version,
                                             .revision = action_.revision,
                                             .is_upgrade = action_.revision > 1}));
        SW_TRY_ASSIGN(guardrails_, to_requests(std::move(guardrails.objects), store_, Origin::guardrails));
        SW_TRY_ASSIGN(auto objects, to_requests(engine_.objects, store_, Origin::engine));
        config_digest_ = digest_of_config(objects);
        if (store_.spec.suspended) suspend(objects);
        split_by_phase(std::move(objects), foundations_, workloads_);
        if (is_first_) std::ranges::move(std::exchange(foundations_, {}), std::back_inserter(guardrails_));
        return {};
    }

    /// A volume may not be such as the new plan wants it (most storage cannot grow, none can shrink): asked before
    /// anything of the shop changes, and after the guardrails, as the new plan's limits count. A first application has
    /// no volumes yet, and drift changes none.
    Result<> check_volumes() {
        if (action_.revision <= 1 || action_.revision == store_.status.release.revision) return {};
        auto* volumes = c_.views.objects(kube::kinds::persistent_volume_claim);
        for (const auto& request : foundations_) {
            if (*request.ref.kind != kube::kinds::persistent_volume_claim ||
                !volumes->get(namespace_, request.ref.name))
                continue;
            if (const auto answer = c_.client.apply(request, {.dry_run = true}); !answer)
                return with_context(request.ref.text(), answer.error());
        }
        return {};
    }

    Result<> apply_guardrails() {
        secrets_ =
            std::async(is_first_ ? std::launch::async : std::launch::deferred, [this] { return create_secrets(); });
        return apply(guardrails_);
    }

    Result<> apply_foundations() { return apply(foundations_); }

    Result<> finish_secrets() { return secrets_.get(); }

    /// With the workloads of a new store comes its record, which is wrong if one of them is refused: then that is
    /// written into it. A crash in between leaves one that the next pass makes true.
    Result<> apply_workloads() {
        const bool hopeful = is_first_ && !o_.facts.last_error;
        record_ = std::async(hopeful ? std::launch::async : std::launch::deferred, [this] { return record(); });
        const auto applied = is_first_ ? apply_in_turn() : apply(workloads_);
        if (!applied && hopeful) {
            if (const auto corrected = correct_record(); !corrected)
                log::warning("a release record cannot be corrected",
                             {{"store", store_.key.text()}, {"error", corrected.error().message}});
        }
        return applied;
    }

    /// What takes longest to start comes first: the others then start beside it, and it not behind them.
    Result<> apply_in_turn() {
        const auto rest = std::ranges::stable_partition(workloads_, [](const auto& r) { return starts_first(r); });
        SW_TRY(apply({workloads_.begin(), rest.begin()}));
        return apply({rest.begin(), rest.end()});
    }

    Result<> finish_record() { return record_.get(); }

    /// Mounted ConfigMaps reach a running pod when the kubelet looks at it again, which may take a minute; a change of
    /// its annotations makes it look now. A first application has no pods yet. Until the status records the new digest,
    /// it is done again.
    Result<> refresh_pods() {
        if (action_.revision <= 1 || config_digest_ == store_.status.release.config_digest) return {};
        std::vector<std::string> pods;
        c_.views.pods().for_each_in(namespace_, [&](const auto& key, const PodView& pod) {
            if (!pod.facts.terminating && !pod.facts.succeeded) pods.push_back(key.second);
        });
        const json::object patch{
            {"metadata", json::object{{"annotations", json::object{{domain::refreshed_annotation, config_digest_}}}}}};
        for (const auto& name : pods) {
            const kube::ObjectRef ref{&kube::kinds::pod, namespace_, name};
            const auto done = c_.client.merge_patch(ref, patch);
            if (!done && done.error().code != ErrorCode::not_found) return with_context(ref.text(), done.error());
        }
        return {};
    }

    /// All at once; the first error counts, naming its object. What met a conflict is sent again: two objects that
    /// count towards the same quota at the same instant do (kube-apiserver's quota admission gives up after some
    /// tries).
    Result<> apply(std::vector<kube::ApplyRequest> requests) {
        std::optional<Error> first;
        for (int tries = 1; tries <= most_tries && !requests.empty(); ++tries) {
            const auto answers = c_.client.apply_all(requests);
            std::vector<kube::ApplyRequest> again;
            for (std::size_t i = 0; i < answers.size(); ++i) {
                const auto& ref = requests[i].ref;
                note_wanted(ref);
                if (answers[i]) {
                    c_.views.objects(*ref.kind)->saw(*answers[i]);
                    continue;
                }
                const bool try_again = answers[i].error().code == ErrorCode::conflict && tries < most_tries;
                if (try_again) again.push_back(requests[i]);
                else if (!first) first = with_context(ref.text(), answers[i].error()).error();
            }
            requests = std::move(again);
        }
        if (first) return std::unexpected(*std::move(first));
        return {};
    }

    void note_wanted(const kube::ObjectRef& ref) {
        const std::lock_guard lock(mutex_);
        wanted_.insert({ref.kind, ref.name});
    }

    /// The names of the Secrets that every store has, and their keys.
    auto own_secrets() const {
        const auto& engine = o_.facts.desired.engine;
        return std::array{std::pair{admin_secret_name, &engine.admin_secret},
                          std::pair{internal_secret_name, &engine.internal_secret}};
    }

    Result<> create_secrets() {
        if (!action_.create_secrets) {
            secrets_digest_ = store_.status.release.secrets_digest;
            return update_secrets();
        }
        // One after the other: as long as the rights to them are not noticed, only the first is refused.
        std::string versions;
        for (const auto& [name, keys] : own_secrets()) {
            SW_TRY_ASSIGN(const auto secret, create_once(secret_request(name, *keys)));
            versions += secret_mark(secret, *keys);
        }
        secrets_digest_ = digest_hex(versions);
        return {};
    }

    /// What is drawn stays for ever; what says what the owner has set (the login) follows the settings.
    Result<> update_secrets() {
        if (action_.revision == store_.status.release.revision) return {};
        for (const auto& [name, keys] : own_secrets()) {
            auto settings = settings_in_secret(store_, *keys);
            if (settings.empty()) continue;
            const kube::ObjectRef ref{&kube::kinds::secret, namespace_, std::string(name)};
            const auto done = c_.client.merge_patch(ref, {{"stringData", std::move(settings)}});
            if (!done) return with_context(ref.text(), done.error());
        }
        return {};
    }

    Result<> copy_mail_password() {
        const kube::ObjectRef ref{&kube::kinds::secret, namespace_, std::string(mail_secret_name)};
        if (!o_.facts.desired.mail.on || !o_.mail->secret.kind) return remove_mail_password(ref);
        SW_TRY_ASSIGN(const auto password, read_mail_password(c_.client, *o_.mail, c_.config));
        SW_TRY(patiently([&] { return c_.client.apply({ref, mail_secret(store_, password)}); }));
        return {};
    }

    /// Only where there may be one: the status says so.
    Result<> remove_mail_password(const kube::ObjectRef& ref) {
        const auto* mail = domain::find_condition(store_.status, reconcile::conditions::mail);
        if (!mail || mail->reason == "NotSet") return {};
        SW_TRY(c_.client.remove(ref));
        return {};
    }

    kube::ApplyRequest secret_request(std::string_view name, const std::vector<domain::SecretKey>& keys) const {
        return {{&kube::kinds::secret, namespace_, std::string(name)}, make_secret(store_, name, keys)};
    }

    /// One that is there already stays as it is. Where none is, the conflict was with others that count towards the
    /// namespace's quota.
    Result<json::object> create_once(const kube::ApplyRequest& wanted) {
        for (int tries = 1;; ++tries) {
            auto made = patiently([&] { return c_.client.create(wanted.ref, wanted.object); });
            if (made || made.error().code != ErrorCode::conflict) return made;
            auto found = c_.client.get(wanted.ref);
            if (found || found.error().code != ErrorCode::not_found) return found;
            if (tries == most_tries) return with_context(wanted.ref.text(), made.error());
        }
    }

    /// Objects of ours that are not rendered any more go, except volumes: data is never pruned.
    Result<> prune() {
        std::vector<std::pair<kube::ObjectRef, std::string>> surplus;
        c_.views.for_each_applied(namespace_, [&](const kube::Kind& kind, const std::string& name,
                                                  const ObjectView& object) {
            if (kind == kube::kinds::persistent_volume_claim || object.terminating || wanted_.contains({&kind, name}))
                return;
            surplus.push_back({{&kind, namespace_, name}, object.uid});
        });
        for (const auto& [ref, uid] : surplus) {
            SW_TRY(c_.client.remove(ref, {.uid = uid}));
            c_.views.objects(*ref.kind)->saw_gone(namespace_, ref.name);
            log::info("pruned", {{"store", store_.key.text()}, {"object", ref.text()}});
        }
        return {};
    }

    helm::ReleaseRecord release_record() const {
        return {.name = std::string(domain::release_name),
                .namespace_ = namespace_,
                .revision = action_.revision,
                .description = "Applied by Storewright",
                .first_deployed = store_.status.timings.applied.value_or(o_.facts.now),
                .last_deployed = o_.facts.now,
                .values = o_.engine_values,
                .manifest = engine_.manifest,
                .hooks = engine_.hooks,
                .notes = engine_.notes,
                .chart_path = o_.facts.desired.engine.chart_path};
    }

    /// A new revision's is created, which costs the API server least; one that is there already, be it of a pass cut
    /// short, is replaced.
    Result<> record() {
        SW_TRY_ASSIGN(auto secret, encoded_.get());
        auto& labels = secret["metadata"].as_object()["labels"].as_object();
        labels[domain::store_label] = store_.status.id;
        const kube::ObjectRef ref = release_secret(action_.revision);
        SW_TRY(create_or_replace(ref, secret, action_.revision != store_.status.release.revision));
        return action_.revision > 1 ? supersede() : Result<>{};
    }

    Result<json::object> create_or_replace(const kube::ObjectRef& ref, const json::object& object, bool create) {
        for (int tries = 1;; ++tries) {
            auto written =
                patiently([&] { return create ? c_.client.create(ref, object) : c_.client.replace(ref, object); });
            const bool other_way =
                !written && written.error().code == (create ? ErrorCode::conflict : ErrorCode::not_found);
            if (!other_way || tries == most_tries) return written;
            create = !create;
        }
    }

    Result<> correct_record() {
        SW_TRY(record_.get());
        return change_state(action_.revision, helm::ReleaseState::failed);
    }

    Result<> change_state(int revision, helm::ReleaseState state) {
        const auto secret = c_.client.get(release_secret(revision));
        if (!secret && secret.error().code == ErrorCode::not_found) return {};
        if (!secret) return std::unexpected(secret.error());
        SW_TRY_ASSIGN(const auto changed, helm::with_state(*secret, state));
        SW_TRY(c_.client.replace(release_secret(revision), changed));
        return {};
    }

    kube::ObjectRef release_secret(int revision) const {
        return {&kube::kinds::secret, namespace_,
                fmt::format("sh.helm.release.v1.{}.v{}", domain::release_name, revision)};
    }

    /// The revision before is no longer the deployed one, and the oldest beyond Helm's usual history goes.
    Result<> supersede() {
        SW_TRY(change_state(action_.revision - 1, helm::ReleaseState::superseded));
        if (action_.revision <= kept_revisions) return {};
        SW_TRY(c_.client.remove(release_secret(action_.revision - kept_revisions)));
        return {};
    }

    void remember() {
        const auto& engine = o_.facts.desired.engine;
        const reconcile::Applied applied{
            {action_.revision, engine.name, engine.chart_version, o_.facts.desired.inputs_digest,
             c_.views.live_digest(namespace_), secrets_digest_, config_digest_, o_.plan.name},
            c_.clock.now()};
        c_.memory.update(store_.key, store_.uid, [&](Remembered& r) { r.applied = applied; });
    }

    ActContext& c_;
    const Observation& o_;
    const domain::Store& store_;
    const reconcile::ApplyRelease& action_;
    const std::string& namespace_;
    helm::Rendering engine_;
    std::vector<kube::ApplyRequest> guardrails_, foundations_, workloads_;
    const bool is_first_ = store_.status.release.revision == 0;
    std::mutex mutex_;
    std::set<std::pair<const kube::Kind*, std::string>> wanted_;  ///< guarded by mutex_
    std::string secrets_digest_, config_digest_;
    // Last, as their destructors wait for what uses the rest.
    std::future<Result<json::object>> encoded_;
    std::future<Result<>> secrets_, record_;
};

}  // namespace

Result<> apply_release(ActContext& context, const Observation& o, const reconcile::ApplyRelease& action) {
    return Release(context, o, action).run();
}

}  // namespace storewright::app
