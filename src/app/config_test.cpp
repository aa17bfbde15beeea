// The operator's files: config.yaml, and what the offer is loaded from.

#include "app/config.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <boost/json.hpp>
#include <filesystem>
#include <fstream>

#include "app/offer.hpp"

namespace storewright::app {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;
using testing::HasSubstr;

TEST(ConfigFile, fills_what_it_names_and_leaves_the_rest) {
    const auto config = parse_config(
        "baseDomain: shops.example.com\ningress: {className: nginx, tls: true, origin: 'https://x'}\n"
        "guardrails: {dns: {port: 53}}\nallowRetainedVolumes: true\n");
    ASSERT_TRUE(config) << config.error().message;
    EXPECT_EQ(config->base_domain, "shops.example.com");
    EXPECT_EQ(config->ingress_class, "nginx");
    EXPECT_EQ(config->scheme(), "https");
    EXPECT_EQ(config->guardrails.at("dns").at("port"), 53);
    EXPECT_TRUE(config->allow_retained_volumes);
    EXPECT_EQ(config->namespace_, "storewright-system");
    EXPECT_TRUE(parse_config(""));
}

TEST(ConfigFile, names_the_field_that_is_wrong) {
    const std::pair<const char*, const char*> cases[] = {{"baseDomian: x", "baseDomian"},
                                                         {"baseDomain: [x]", "baseDomain"},
                                                         {"ingress: x", "ingress"},
                                                         {"ingress: {tls: maybe}", "ingress.tls"},
                                                         {"ingress: {class: x}", "ingress.class"},
                                                         {"allowRetainedVolumes: 1", "allowRetainedVolumes"}};
    for (const auto& [yaml, field] : cases) EXPECT_EQ(parse_config(yaml).error().field, field) << yaml;
    EXPECT_THAT(parse_config("a: [").error().message, HasSubstr("line"));
    EXPECT_FALSE(parse_config("- x"));
}

TEST(Yaml, scalars_have_the_types_of_the_core_schema) {
    EXPECT_EQ(*yaml_to_json("{a: 1, b: '1', c: true, d: \"true\", e: null, f: text, g: [1, x], h: 1.5, i: ''}"),
              json::parse(R"({"a":1,"b":"1","c":true,"d":"true","e":null,"f":"text","g":[1,"x"],"h":"1.5","i":""})"));
}

/// A charts directory with the project's own guardrails and test engine.
class OfferTest : public testing::Test {
  protected:
    OfferTest() {
        fs::create_directories(directory / "charts");
        fs::create_directories(directory / "engines");
        fs::copy(source / "charts/guardrails", directory / "charts/guardrails", fs::copy_options::recursive);
        fs::copy(source / "tests/engines/static", directory / "charts/static", fs::copy_options::recursive);
        write("plans.yaml",
              "plans: [{name: small, size: small, storage: 1Gi, maxVolumeSize: 1Gi, quota: {pods: '10'}}]");
        config.charts_dir = (directory / "charts").string();
        config.engines_dir = (directory / "engines").string();
        config.plans_file = (directory / "plans.yaml").string();
    }
    ~OfferTest() override { fs::remove_all(directory); }
    void write(const std::string& name, const std::string& content) const {
        std::ofstream(directory / name) << content;
    }

    const fs::path source = fs::current_path();
    const fs::path directory = fs::temp_directory_path() / ("offer-test-" + std::to_string(getpid()));
    Config config;
};

TEST_F(OfferTest, an_engine_needs_its_images) {
    const auto without = load_offer(config);
    ASSERT_TRUE(without) << without.error().message;
    EXPECT_THAT(without->catalog.engine("static", "")->unavailable, HasSubstr("images"));
    EXPECT_FALSE(without->catalog.engine("static", "")->renderable);
    write("engines/static.yaml", "images: {static: 'localhost/static:1'}");
    const auto with = load_offer(config);
    const auto engine = with->catalog.engine("static", "");
    ASSERT_TRUE(engine);
    EXPECT_EQ(engine->unavailable, "");
    EXPECT_NE(engine->chart_digest, without->catalog.engine("static", "")->chart_digest)
        << "another image is another rendering";
}

TEST_F(OfferTest, an_engine_is_unavailable_for_the_reason_that_the_operator_gives) {
    write("engines/static.yaml", "{images: {static: 'localhost/static:1'}, unavailable: 'no plugin: give one'}");
    const auto offer = load_offer(config);
    EXPECT_EQ(offer->catalog.engine("static", "")->unavailable, "no plugin: give one");
    EXPECT_TRUE(offer->catalog.engine("static", "")->renderable) << "those that exist may go on";
    EXPECT_FALSE(offer->catalog.fits.empty()) << "on a plan that is large enough";
    EXPECT_FALSE(offer->overlays.at("static").contains("unavailable")) << "it is no value of the chart";
}

TEST_F(OfferTest, a_plan_that_is_too_small_for_an_engine_is_known_before_anything_is_created) {
    write("engines/static.yaml", "images: {static: 'localhost/static:1'}");
    write("plans.yaml",
          "plans: [{name: tiny, size: small, storage: 1Gi, maxVolumeSize: 8Mi, quota: {pods: '2', services: '1'}},"
          " {name: small, size: small, storage: 1Gi, maxVolumeSize: 1Gi, quota: {pods: '10', services: '1'}}]");
    const auto offer = load_offer(config);
    const auto refused = offer->catalog.check_fit(*offer->catalog.engine("static", ""), *offer->catalog.plan("tiny"));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().message,
              "spec.plan: engine static needs pods 3, plan tiny allows 2; a volume of 16Mi (data), plan tiny allows "
              "8Mi: choose small");
    EXPECT_TRUE(offer->catalog.check_fit(*offer->catalog.engine("static", ""), *offer->catalog.plan("small")));
}

TEST_F(OfferTest, the_projects_own_engines_fit_the_plans_that_it_offers) {
    // The same files as an installation has; only the images are invented.
    for (const std::string name : {"medusa", "woocommerce"}) {
        fs::copy(source / "charts" / name, directory / "charts" / name, fs::copy_options::recursive);
        json::object images;
        const auto engine = domain::parse_engine(*read_file("charts/" + name + "/engine.yaml"));
        for (const auto& image : engine->images) images[image] = "localhost/image:1";
        write("engines/" + name + ".yaml", json::serialize(json::object{{"images", std::move(images)}}));
    }
    const auto values = *yaml_to_json(*read_file("charts/storewright/values.yaml"));
    write("plans.yaml", json::serialize(json::object{{"plans", values.at("plans")}}));
    const auto offer = load_offer(config);
    ASSERT_TRUE(offer) << offer.error().message;
    for (const auto& fit : offer->catalog.fits) EXPECT_EQ(fit.problem, "") << fit.engine << " on " << fit.plan;
    EXPECT_EQ(offer->catalog.fits.size(), 2 * values.at("plans").as_array().size());
}

TEST_F(OfferTest, what_cannot_be_loaded_is_listed_with_the_reason) {
    fs::create_directories(directory / "charts/broken");
    write("charts/broken/engine.yaml", "engine: broken");
    const auto offer = load_offer(config);
    ASSERT_TRUE(offer) << offer.error().message;
    EXPECT_NE(offer->catalog.engine("broken", "")->unavailable, "");
}

TEST_F(OfferTest, plans_and_guardrails_have_to_be_there) {
    write("plans.yaml", "plans: [{name: small}]");
    EXPECT_THAT(load_offer(config).error().message, HasSubstr("'size' is missing"));
    config.plans_file = "/nowhere/plans.yaml";
    EXPECT_THAT(load_offer(config).error().message, HasSubstr("/nowhere/plans.yaml"));
}

}  // namespace
}  // namespace storewright::app
