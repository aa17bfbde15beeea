#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "domain/catalog.hpp"
#include "domain/quantity.hpp"
#include "domain/store_json.hpp"
#include "domain/validation.hpp"

namespace storewright::domain {
namespace {

using testing::HasSubstr;

const std::vector<std::string> reserved{"storewright.localhost"};

StoreSpec valid_spec() {
    StoreSpec spec;
    spec.engine = "medusa";
    spec.plan = "small";
    spec.admin_email = "owner@example.com";
    spec.mail = Mail{"smtp.example.com", 465, "tls", "shop", "shop@example.com", {"smtp", "password"}};
    return spec;
}

struct BadSpec {
    const char* field;
    void (*spoil)(StoreSpec&);
};

TEST(FirstId, is_a_dns_label_that_follows_from_the_uid) {
    const std::string id = first_id("3f0c9f1e-0000-4000-8000-000000000001");
    EXPECT_THAT(id, testing::MatchesRegex("[a-z][a-z0-9]{9}"));
    EXPECT_EQ(id, first_id("3f0c9f1e-0000-4000-8000-000000000001"));
    EXPECT_NE(id, first_id("3f0c9f1e-0000-4000-8000-000000000002"));
}

TEST(Validation, accepts_a_plain_store) {
    EXPECT_TRUE(validate_store({"tenant-demo", "shoes"}, valid_spec(), reserved));
}

TEST(Validation, names_the_field_of_every_bad_value) {
    const BadSpec cases[] = {
        {"spec.engine", [](StoreSpec& s) { s.engine = "Medusa"; }},
        {"spec.engine", [](StoreSpec& s) { s.engine = ""; }},
        {"spec.plan", [](StoreSpec& s) { s.plan = "-small"; }},
        {"spec.displayName", [](StoreSpec& s) { s.display_name = "a\nb"; }},
        {"spec.displayName", [](StoreSpec& s) { s.display_name = std::string(81, 'x'); }},
        {"spec.adminEmail", [](StoreSpec& s) { s.admin_email = "nobody"; }},
        {"spec.adminEmail", [](StoreSpec& s) { s.admin_email = "a@b@example.com"; }},
        {"spec.country", [](StoreSpec& s) { s.country = "usa"; }},
        {"spec.currency", [](StoreSpec& s) { s.currency = "usd"; }},
        {"spec.language", [](StoreSpec& s) { s.language = "12"; }},
        {"spec.timezone", [](StoreSpec& s) { s.timezone = "Mars Base"; }},
        {"spec.mail.host", [](StoreSpec& s) { s.mail->host = "localhost"; }},
        {"spec.mail.port", [](StoreSpec& s) { s.mail->port = 22; }},
        {"spec.mail.security", [](StoreSpec& s) { s.mail->security = "ssl"; }},
        {"spec.mail.security", [](StoreSpec& s) { s.mail->security = "none"; }},
        {"spec.mail.from", [](StoreSpec& s) { s.mail->from = "shop"; }},
        {"spec.mail.username", [](StoreSpec& s) { s.mail->username = "a\nb"; }},
        {"spec.mail.username", [](StoreSpec& s) { s.mail->username.clear(); }},
        {"spec.mail.passwordSecret", [](StoreSpec& s) { s.mail->password.name.clear(); }},
        {"spec.mail.passwordSecret", [](StoreSpec& s) { s.mail->password.name = "../x"; }},
        {"spec.hostnames[0]", [](StoreSpec& s) { s.hostnames = {"localhost"}; }},
        {"spec.hostnames[0]", [](StoreSpec& s) { s.hostnames = {"Shop.example.com"}; }},
        {"spec.hostnames[0]", [](StoreSpec& s) { s.hostnames = {"shop.example.com."}; }},
        {"spec.hostnames[0]", [](StoreSpec& s) { s.hostnames = {"x.storewright.localhost"}; }},
        {"spec.hostnames[0]", [](StoreSpec& s) { s.hostnames = {"storewright.localhost"}; }},
        {"spec.hostnames[0]", [](StoreSpec& s) { s.hostnames = {"a.example.com", "a.example.com"}; }},
        {"spec.hostnames", [](StoreSpec& s) { s.hostnames.assign(11, "a.example.com"); }},
    };
    for (const auto& c : cases) {
        StoreSpec spec = valid_spec();
        c.spoil(spec);
        const auto result = validate_store({"tenant-demo", "shoes"}, spec, reserved);
        ASSERT_FALSE(result) << c.field;
        EXPECT_EQ(result.error().code, ErrorCode::invalid_argument);
        EXPECT_EQ(result.error().field, c.field);
        EXPECT_THAT(result.error().message, HasSubstr(c.field));
    }
}

TEST(Validation, refuses_bad_names) {
    for (const char* name : {"", "Shoes", "2shoes", "shoes-", "sho_es", "a.b", "abcdefghijklmnopqrstuvwxyzabcde"})
        EXPECT_EQ(validate_store_name(name).error().field, "metadata.name") << name;
    EXPECT_TRUE(validate_store_name("shoes-2"));
}

TEST(StoreJson, spec_and_status_survive_the_round_trip) {
    Store store;
    store.key = {"tenant-demo", "shoes"};
    store.spec = valid_spec();
    store.spec.hostnames = {"shop.example.com"};
    store.spec.suspended = true;
    auto& status = store.status;
    status.id = "k3v9m2qa7x";
    status.namespace_ = "store-k3v9m2qa7x";
    status.phase = Phase::failed;
    status.observed_generation = 3;
    status.hostnames = {"shoes-demo.storewright.localhost"};
    status.release = {2, "medusa", "0.1.0", "in", "live", "secrets"};
    status.failure = Failure{"ImagePullFailed", "cannot pull x", "check the name", *parse_time("2026-01-01T00:00:00Z")};
    status.timings.accepted = parse_time("2026-01-01T00:00:00.123Z").value();
    status.timings.workloads_ready = parse_time("2026-01-01T00:00:05.001Z").value();
    set_condition(status, {"Ready", false, "Waiting", "1 of 2", *parse_time("2026-01-01T00:00:00Z"), 3});

    auto object = store_to_json(store.key, store.spec);
    object["status"] = status_to_json(status);
    const auto back = store_from_json(object);
    ASSERT_TRUE(back) << back.error().message;
    EXPECT_EQ(*back, store);
}

TEST(StoreJson, a_wrong_type_is_named) {
    const auto object = boost::json::parse(R"({"metadata":{"name":"a"},"spec":{"engine":7}})").as_object();
    EXPECT_EQ(store_from_json(object).error().field, "spec.engine");
}

TEST(Conditions, since_changes_only_with_the_status) {
    StoreStatus status;
    const auto t1 = *parse_time("2026-01-01T00:00:00Z"), t2 = *parse_time("2026-01-02T00:00:00Z");
    set_condition(status, {"Ready", false, "A", "", t1, 1});
    set_condition(status, {"Ready", false, "B", "", t2, 1});
    EXPECT_EQ(find_condition(status, "Ready")->since, t1);
    set_condition(status, {"Ready", true, "C", "", t2, 1});
    EXPECT_EQ(find_condition(status, "Ready")->since, t2);
}

constexpr const char* engine_yaml = R"(
engine: medusa
displayName: MedusaJS
adminPath: /app
provisionDeadlineSeconds: 300
images: [medusa]
secrets:
  admin:
    - {key: email, from: adminEmail}
    - {key: password, generate: {length: 20}}
  internal:
    - {key: api-key, generate: {prefix: pk_, length: 64, alphabet: hex}}
probes:
  - {name: storefront, path: /, status: 200, timeoutSeconds: 5}
)";

TEST(Catalog, reads_engine_yaml) {
    const auto engine = parse_engine(engine_yaml);
    ASSERT_TRUE(engine) << engine.error().message;
    EXPECT_EQ(engine->name, "medusa");
    EXPECT_EQ(engine->admin_secret[0], (SecretKey{"email", "adminEmail", "", 32, false}));
    EXPECT_EQ(engine->internal_secret[0], (SecretKey{"api-key", "", "pk_", 64, true}));
    EXPECT_EQ(engine->probes[0].timeout, std::chrono::seconds(5));
}

TEST(Catalog, says_where_engine_yaml_is_wrong) {
    const std::string unknown = std::string(engine_yaml) + "colour: red\n";
    EXPECT_THAT(parse_engine(unknown).error().message, HasSubstr("line 15"));
    EXPECT_THAT(parse_engine(unknown).error().message, HasSubstr("unknown field 'colour'"));
    EXPECT_THAT(parse_engine("engine: x\n").error().message, HasSubstr("'displayName' is missing"));
    EXPECT_FALSE(parse_engine("engine: [").has_value());
    EXPECT_FALSE(parse_engine("").has_value());
}

TEST(Catalog, reads_the_mail_of_a_plan) {
    const std::string plan = "plans: [{name: small, size: small, storage: 1Gi, maxVolumeSize: 1Gi, quota: {}, mail: ";
    const auto plans = parse_plans(plan +
                                   "{host: smtp.internal, port: 2500, security: none, from: a@example.com,"
                                   " egress: [10.0.0.5/32]}}]");
    ASSERT_TRUE(plans) << plans.error().message;
    EXPECT_EQ(plans->front().mail, (Mail{"smtp.internal", 2500, "none", "", "a@example.com", {}}));
    EXPECT_EQ(plans->front().mail_egress, std::vector<std::string>{"10.0.0.5/32"});
    const std::pair<const char*, const char*> cases[] = {
        {"{host: x}}]", "'from' is missing"},
        {"{host: x, from: a@b.c, security: ssl}}]", "security 'ssl'"},
        {"{host: x, from: a@b.c, port: 0}}]", "port"},
        {"{host: x, from: a@b.c, username: u}}]", "come together"},
        {"{host: x, from: a@b.c, password: secret}}]", "unknown field 'password'"}};
    for (const auto& [mail, words] : cases) EXPECT_THAT(parse_plans(plan + mail).error().message, HasSubstr(words));
}

TEST(Catalog, newest_version_wins_and_missing_ones_list_what_there_is) {
    Catalog catalog;
    for (const char* version : {"0.9.0", "0.10.0", "0.10.0-rc.1"}) {
        Engine engine;
        engine.name = "medusa";
        engine.chart_version = version;
        catalog.engines.push_back(engine);
    }
    EXPECT_EQ(catalog.engine("medusa", "")->chart_version, "0.10.0");
    EXPECT_EQ(catalog.engine("medusa", "0.9.0")->chart_version, "0.9.0");
    EXPECT_THAT(catalog.engine("medusa", "9").error().message, HasSubstr("0.9.0, 0.10.0"));
    EXPECT_THAT(catalog.engine("magento", "").error().message, HasSubstr("installed: medusa"));
    EXPECT_EQ(catalog.plan("big").error().field, "spec.plan");
}

TEST(Catalog, a_plan_that_is_too_small_is_refused_with_those_that_are_not) {
    Catalog catalog;
    const Engine engine{.name = "medusa", .chart_version = "1.0.0"};
    catalog.fits = {{"medusa", "1.0.0", "tiny", {}, "engine medusa needs pods 5, plan tiny allows 2"},
                    {"medusa", "1.0.0", "small", {}, ""},
                    {"medusa", "1.0.0", "large", {}, ""},
                    {"medusa", "2.0.0", "huge", {}, ""}};
    EXPECT_TRUE(catalog.check_fit(engine, {.name = "small"}));
    EXPECT_TRUE(catalog.check_fit(engine, {.name = "unknown"}));
    const auto refused = catalog.check_fit(engine, {.name = "tiny"});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().field, "spec.plan");
    EXPECT_EQ(refused.error().message,
              "spec.plan: engine medusa needs pods 5, plan tiny allows 2: choose small or large");
    catalog.fits.resize(1);
    EXPECT_THAT(catalog.check_fit(engine, {.name = "tiny"}).error().message, HasSubstr("no plan is large enough"));
}

TEST(Quantities, are_read_as_kubernetes_reads_them) {
    const std::pair<const char*, std::int64_t> cases[] = {
        {"0", 0},          {"2", 2000},
        {"250m", 250},     {"1.5", 1500},
        {"1k", 1'000'000}, {"1Ki", 1024 * 1000},
        {".5", 500},       {"1.5Gi", 1610612736LL * 1000},
        {"0.1m", 1},       {"9Ei", std::numeric_limits<std::int64_t>::max()}};
    for (const auto& [text, thousandths] : cases) EXPECT_EQ(*parse_quantity(text), thousandths) << text;
    for (const char* text : {"", "x", "1.2.3", "-1", "1 Gi", "1gb", ".", "Gi"})
        EXPECT_FALSE(parse_quantity(text)) << text;
}

TEST(Quantities, are_written_for_people_and_never_too_small) {
    EXPECT_EQ(format_quantity(*parse_quantity("3075Mi"), true), "3.1Gi");
    EXPECT_EQ(format_quantity(*parse_quantity("3Gi"), true), "3Gi");
    EXPECT_EQ(format_quantity(*parse_quantity("100Mi"), true), "100Mi");
    EXPECT_EQ(format_quantity(*parse_quantity("2500m"), false), "2.5");
    EXPECT_EQ(format_quantity(*parse_quantity("250m"), false), "250m");
    EXPECT_EQ(format_quantity(*parse_quantity("20"), false), "20");
}

TEST(Versions, are_ordered_as_semver_says) {
    const char* ordered[] = {"1.0.0-alpha",  "1.0.0-alpha.1", "1.0.0-alpha.beta",
                             "1.0.0-beta.2", "1.0.0-beta.11", "1.0.0-rc.1",
                             "1.0.0",        "1.2.0",         "1.10.0"};
    for (std::size_t i = 0; i + 1 < std::size(ordered); ++i) {
        EXPECT_LT(compare_versions(ordered[i], ordered[i + 1]), 0) << ordered[i];
        EXPECT_GT(compare_versions(ordered[i + 1], ordered[i]), 0) << ordered[i];
        EXPECT_EQ(compare_versions(ordered[i], ordered[i]), 0);
    }
}

TEST(Lists, are_split_at_commas) {
    EXPECT_THAT(parse_list(" small, medium ,,large"), testing::ElementsAre("small", "medium", "large"));
    EXPECT_TRUE(parse_list("").empty());
}

}  // namespace
}  // namespace storewright::domain
