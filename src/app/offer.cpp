#include "app/offer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/serialize.hpp>
#include <filesystem>

#include "app/sizing.hpp"
#include "app/values.hpp"
#include "base/digest.hpp"
#include "base/log.hpp"
#include "helm/helm.hpp"

namespace storewright::app {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

Result<json::object> load_overlay(const Config& config, const std::string& engine) {
    const std::string path = fmt::format("{}/{}.yaml", config.engines_dir, engine);
    std::error_code error;
    if (!fs::exists(path, error)) return json::object{};
    SW_TRY_ASSIGN(const std::string text, read_file(path));
    auto value = yaml_to_json(text);
    if (!value) return with_context(path, value.error());
    if (value->is_null()) return json::object{};
    if (!value->is_object()) return fail(ErrorCode::invalid_argument, path + ": must be a map of chart values");
    return value->as_object();
}

/// The images that the operator's values do not name, for the message of an engine that cannot be used.
std::string missing_images(const std::vector<std::string>& wanted, const json::object& overlay) {
    const auto* images = overlay.if_contains("images");
    std::string missing;
    for (const auto& name : wanted) {
        const auto* image = images && images->is_object() ? images->as_object().if_contains(name) : nullptr;
        if (!image || !image->is_string() || image->as_string().empty())
            missing += (missing.empty() ? "" : ", ") + name;
    }
    return missing;
}

/// Why the operator says that this engine cannot be used, taken out of what the chart is given; or empty.
std::string take_unavailable(json::object& overlay) {
    std::string reason;
    if (const auto* given = overlay.if_contains("unavailable"); given && given->is_string())
        reason = std::string_view(given->as_string());
    overlay.erase("unavailable");
    return reason;
}

Result<> load_engine(const Config& config, const std::string& path, Offer& offer) {
    SW_TRY_ASSIGN(const auto chart, helm::inspect(path));
    SW_TRY_ASSIGN(auto engine, domain::parse_engine(chart.engine_yaml));
    if (engine.name != chart.name)
        return fail(
            ErrorCode::invalid_argument,
            fmt::format("engine.yaml says '{}', Chart.yaml says '{}': they must be equal", engine.name, chart.name));
    SW_TRY_ASSIGN(auto overlay, load_overlay(config, engine.name));
    engine.unavailable = take_unavailable(overlay);
    engine.chart_version = chart.version;
    engine.chart_path = path;
    engine.chart_digest = digest_hex(chart.digest + json::serialize(overlay));
    const std::string missing = missing_images(engine.images, overlay);
    engine.renderable = missing.empty();
    if (engine.unavailable.empty() && !engine.renderable)
        engine.unavailable =
            fmt::format("its images are not there: {}. Build and load them, and name them under images: in {}/{}.yaml",
                        missing, config.engines_dir, engine.name);
    offer.overlays[engine.name] = std::move(overlay);
    offer.catalog.engines.push_back(std::move(engine));
    return {};
}

void load_engines(const Config& config, Offer& offer) {
    std::vector<std::string> paths;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(config.charts_dir, error))
        if (fs::exists(entry.path() / "engine.yaml", error)) paths.push_back(entry.path().string());
    std::ranges::sort(paths);
    for (const auto& path : paths) {
        const auto loaded = load_engine(config, path, offer);
        if (loaded) continue;
        log::error("an engine cannot be loaded", {{"path", path}, {"error", loaded.error().message}});
        domain::Engine broken;
        broken.name = fs::path(path).filename().string();
        broken.display_name = broken.name;
        broken.unavailable = loaded.error().message;
        broken.renderable = false;
        offer.catalog.engines.push_back(std::move(broken));
    }
}

/// A store like any other, to see what its charts render.
domain::Store sample_store(const domain::Engine& engine, const domain::Plan& plan) {
    domain::Store store{.key = {domain::tenant_namespace("sample"), "sample"}};
    store.spec.engine = engine.name;
    store.spec.plan = plan.name;
    store.spec.admin_email = "owner@example.com";
    store.status.id = "sample";
    return store;
}

Result<Footprint> footprint(const Config& config, const Offer& offer, const domain::Engine& engine,
                            const domain::Plan& plan) {
    const auto store = sample_store(engine, plan);
    const auto namespace_ = domain::store_namespace(store.status.id);
    const std::vector hostnames{domain::generated_hostname(store.key, config.base_domain)};
    const auto& overlay = offer.overlays.at(engine.name);
    SW_TRY_ASSIGN(const auto objects,
                  helm::render({.chart_path = engine.chart_path,
                                .release_name = std::string(domain::release_name),
                                .release_namespace = namespace_,
                                .values = engine_values(store, plan, hostnames, nullptr, config, overlay),
                                .kube_version = offer.kube_version}));
    SW_TRY_ASSIGN(const auto guardrails, helm::render({.chart_path = offer.guardrails_path,
                                                       .release_name = "guardrails",
                                                       .release_namespace = namespace_,
                                                       .values = guardrail_values(store, plan, nullptr, config),
                                                       .kube_version = offer.kube_version}));
    return footprint_of(objects.objects, guardrails.objects);
}

/// A store that cannot be rendered fits no better than one that is too large.
domain::Fit judge_fit(const Config& config, const Offer& offer, const domain::Engine& engine,
                      const domain::Plan& plan) {
    const auto needed = footprint(config, offer, engine, plan);
    if (needed) return fit_of(*needed, engine, plan);
    log::error("an engine cannot be rendered",
               {{"engine", engine.name}, {"plan", plan.name}, {"error", needed.error().message}});
    return {.engine = engine.name,
            .version = engine.chart_version,
            .plan = plan.name,
            .needs = {},
            .problem =
                fmt::format("engine {} cannot be had on plan {}: {}", engine.name, plan.name, needed.error().message)};
}

}  // namespace

Result<Offer> load_offer(const Config& config, const std::string& kube_version) {
    Offer offer;
    offer.kube_version = kube_version;
    SW_TRY_ASSIGN(const std::string plans, read_file(config.plans_file));
    SW_TRY_ASSIGN(offer.catalog.plans, domain::parse_plans(plans));
    offer.guardrails_path = config.charts_dir + "/guardrails";
    const auto guardrails = helm::inspect(offer.guardrails_path);
    if (!guardrails) return with_context("reading the guardrails chart", guardrails.error());
    offer.guardrails_digest = guardrails->digest;
    load_engines(config, offer);
    for (const auto& engine : offer.catalog.engines)
        for (const auto& plan : offer.catalog.plans)
            if (engine.renderable) offer.catalog.fits.push_back(judge_fit(config, offer, engine, plan));
    return offer;
}

}  // namespace storewright::app
