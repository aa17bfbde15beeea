// ApplyRelease: guardrails, secrets, the engine's objects, pruning, the release record; in this order, each idempotent,
// so that it can be cut short anywhere and started again.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <future>
#include <iterator>
#include <set>
#include <thread>

#include "app/act.hpp"
#include "app/manifests.hpp"
#include "app/secrets.hpp"
#include "app/values.hpp"
#include "base/backoff.hpp"
#include "base/digest.hpp"
#include "base/log.hpp"
#include "helm/helm.hpp"

namespace storewright::app {
namespace {

namespace json = boost::json;
using namespace std::chrono_literals;

/// Rights that a RoleBinding gives are there some moments after it: so long a 403 is not believed.
constexpr auto binding_patience = 5s;
constexpr int kept_revisions = 10;  ///< as Helm's own --history-max

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
            Phase{"creating the secrets", &Release::create_secrets},
            Phase{"applying the engine's workloads", &Release::apply_workloads},
            Phase{"refreshing the pods", &Release::refresh_pods},
            Phase{"removing what is no longer wanted", &Release::prune},
            Phase{"writing the release record", &Release::record},
        };
        for (const auto& phase : phases)
            if (auto done = (this->*phase.carry_out)(); !done) return with_context(phase.name, done.error());
        remember();
        return {};
    }

  private:
    Result<> verify() { return verify_live(c_, o_); }

    Result<> render() {
        SW_TRY_ASSIGN(auto guardrails, helm::render({.chart_path = c_.offer.guardrails_path,
                                                     .release_name = "guardrails",
                                                     .release_namespace = namespace_,
                                                     .values = o_.guardrail_values}));
        SW_TRY_ASSIGN(engine_, helm::render({.chart_path = o_.facts.desired.engine.chart_path,
                                             .release_name = std::string(domain::release_name),
                                             .release_namespace = namespace_,
                                             .values = o_.engine_values,
                                             .revision = action_.revision,
                                             .is_upgrade = action_.revision > 1}));
        SW_TRY_ASSIGN(guardrails_, to_requests(std::move(guardrails.objects), store_, Origin::guardrails));
        guardrails_.push_back(
            {{&kube::kinds::role_binding, namespace_, "storewright"}, role_binding(store_, c_.config)});
        SW_TRY_ASSIGN(auto objects, to_requests(engine_.objects, store_, Origin::engine));
        config_digest_ = digest_of_config(objects);
        if (store_.spec.suspended) suspend(objects);
        split_by_phase(std::move(objects), foundations_, workloads_);
        if (action_.revision == 1) apply_foundations_with_guardrails();
        // Compressing the record takes a while, and needs nothing of what the API server answers meanwhile.
        encoded_ = std::async(std::launch::async, [record = release_record()] { return helm::encode_release(record); });
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

    /// Nothing runs in a new namespace before the workloads are there: what they stand on need not wait for their
    /// bounds.
    void apply_foundations_with_guardrails() {
        std::ranges::move(foundations_, std::back_inserter(guardrails_));
        foundations_.clear();
    }

    Result<> apply_guardrails() { return apply(guardrails_); }

    Result<> apply_foundations() { return apply(foundations_); }

    Result<> apply_workloads() { return apply(workloads_); }

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
        constexpr int waves = 3;
        std::optional<Error> first;
        for (int wave = 0; wave < waves && !requests.empty(); ++wave) {
            const auto answers = c_.client.apply_all(requests);
            std::vector<kube::ApplyRequest> again;
            for (std::size_t i = 0; i < answers.size(); ++i) {
                const auto& ref = requests[i].ref;
                wanted_.insert({ref.kind, ref.name});
                if (answers[i]) {
                    c_.views.objects(*ref.kind)->saw(*answers[i]);
                    continue;
                }
                const bool try_again = answers[i].error().code == ErrorCode::conflict && wave + 1 < waves;
                if (try_again) again.push_back(requests[i]);
                else if (!first) first = with_context(ref.text(), answers[i].error()).error();
            }
            requests = std::move(again);
        }
        if (first) return std::unexpected(*std::move(first));
        return {};
    }

    /// After the foundations, so that the rights which the RoleBinding gives have been noticed by now.
    Result<> create_secrets() {
        if (!action_.create_secrets) {
            secrets_digest_ = store_.status.release.secrets_digest;
            return update_secrets();
        }
        const auto& engine = o_.facts.desired.engine;
        const std::array wanted{secret_request(admin_secret_name, engine.admin_secret),
                                secret_request(internal_secret_name, engine.internal_secret)};
        const auto made = c_.client.create_all(wanted);
        std::string versions;
        for (std::size_t i = 0; i < wanted.size(); ++i) {
            SW_TRY_ASSIGN(const auto secret, made[i] ? made[i] : create_once(wanted[i]));
            versions += fmt::format("{}={}\n", wanted[i].ref.name, kube::text_at(secret, "metadata.uid"));
        }
        secrets_digest_ = digest_hex(versions);
        return {};
    }

    /// What is drawn stays for ever; what says what the owner has set (the login) follows the settings.
    Result<> update_secrets() {
        if (action_.revision == store_.status.release.revision) return {};
        const auto& engine = o_.facts.desired.engine;
        for (const auto& [name, keys] : {std::pair{admin_secret_name, &engine.admin_secret},
                                         std::pair{internal_secret_name, &engine.internal_secret}}) {
            auto settings = settings_in_secret(store_, *keys);
            if (settings.empty()) continue;
            const kube::ObjectRef ref{&kube::kinds::secret, namespace_, std::string(name)};
            const auto done = c_.client.merge_patch(ref, {{"stringData", std::move(settings)}});
            if (!done) return with_context(ref.text(), done.error());
        }
        return {};
    }

    kube::ApplyRequest secret_request(std::string_view name, const std::vector<domain::SecretKey>& keys) const {
        return {{&kube::kinds::secret, namespace_, std::string(name)}, make_secret(store_, name, keys)};
    }

    /// One that is there already stays as it is.
    Result<json::object> create_once(const kube::ApplyRequest& wanted) {
        return patiently([&]() -> Result<json::object> {
            auto made = c_.client.create(wanted.ref, wanted.object);
            if (!made && made.error().code == ErrorCode::conflict) return c_.client.get(wanted.ref);
            return made;
        });
    }

    /// Tries again while the answer is 403 and the RoleBinding may not have been noticed yet.
    template <typename Call>
    Result<json::object> patiently(Call call) {
        constexpr Backoff backoff{20ms, 500ms};
        const auto deadline = std::chrono::steady_clock::now() + binding_patience;
        for (unsigned tries = 1;; ++tries) {
            auto answer = call();
            if (answer || answer.error().code != ErrorCode::forbidden || std::chrono::steady_clock::now() > deadline)
                return answer;
            std::this_thread::sleep_for(backoff.jittered(tries));
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

    Result<> record() {
        SW_TRY_ASSIGN(auto secret, encoded_.get());
        auto& labels = secret["metadata"].as_object()["labels"].as_object();
        labels[domain::store_label] = store_.status.id;
        const kube::ApplyRequest request{{&kube::kinds::secret, namespace_, release_secret(action_.revision)},
                                         std::move(secret)};
        SW_TRY(patiently([&] { return c_.client.apply(request); }));
        return action_.revision > 1 ? supersede() : Result<>{};
    }

    static std::string release_secret(int revision) {
        return fmt::format("sh.helm.release.v1.{}.v{}", domain::release_name, revision);
    }

    /// The revision before is no longer the deployed one, and the oldest beyond Helm's usual history goes.
    Result<> supersede() {
        const kube::ObjectRef before{&kube::kinds::secret, namespace_, release_secret(action_.revision - 1)};
        auto secret = c_.client.get(before);
        if (!secret && secret.error().code != ErrorCode::not_found) return std::unexpected(secret.error());
        if (secret) {
            SW_TRY_ASSIGN(const auto superseded, helm::with_state(*secret, helm::ReleaseState::superseded));
            SW_TRY(c_.client.replace(before, superseded));
        }
        if (action_.revision <= kept_revisions) return {};
        SW_TRY(c_.client.remove({&kube::kinds::secret, namespace_, release_secret(action_.revision - kept_revisions)}));
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
    std::set<std::pair<const kube::Kind*, std::string>> wanted_;
    std::string secrets_digest_, config_digest_;
    std::future<Result<json::object>> encoded_;
};

}  // namespace

Result<> apply_release(ActContext& context, const Observation& o, const reconcile::ApplyRelease& action) {
    return Release(context, o, action).run();
}

}  // namespace storewright::app
