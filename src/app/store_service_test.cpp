// The API's side of Kubernetes: what is refused before anything is written, what is asked of the API server, what its
// refusals mean. The API server is a function; the watch caches are filled by hand.

#include "app/store_service.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <mutex>

#include "domain/store_json.hpp"
#include "http/server.hpp"

namespace storewright::app {
namespace {

namespace json = boost::json;
using domain::StoreKey;
using testing::ElementsAre;
using testing::HasSubstr;

http::ServerResponse answer(const json::value& body, unsigned status = 200) {
    return {.status = status, .body = json::serialize(body)};
}

class StoreServiceTest : public testing::Test {
  protected:
    StoreServiceTest() {
        offer.catalog.engines = {engine("static", ""), engine("medusa", "its images are not there")};
        offer.catalog.plans = {{.name = "small"}, {.name = "large"}};
        config.base_domain = "shops.test";
        config.platform_host = "platform.test";
    }

    static domain::Engine engine(std::string name, std::string unavailable) {
        domain::Engine e;
        e.name = std::move(name);
        e.chart_version = "0.1.0";
        e.unavailable = std::move(unavailable);
        return e;
    }
    static domain::StoreSpec spec() {
        domain::StoreSpec s;
        s.engine = "static";
        s.plan = "small";
        s.admin_email = "a@example.com";
        return s;
    }
    void put_store(const StoreKey& key, std::string_view uid = "u", std::string_view id = "") {
        auto object = domain::store_to_json(key, spec());
        object["metadata"].as_object()["uid"] = uid;
        if (!id.empty()) object["status"] = json::object{{"id", id}, {"namespace", domain::store_namespace(id)}};
        object["metadata"].as_object()["resourceVersion"] = std::to_string(++version);
        views.stores().saw(object);
    }
    void reserve(std::string_view hostname, const StoreKey& holder) {
        views.reservations().saw(
            {{"metadata", json::object{{"name", hostname}, {"resourceVersion", std::to_string(++version)}}},
             {"spec",
              json::object{{"storeUID", "other"}, {"storeNamespace", holder.namespace_}, {"storeName", holder.name}}}});
    }
    Error refused(const StoreKey& key, const domain::StoreSpec& wanted) {
        const auto made = service.create(key, wanted, "");
        EXPECT_FALSE(made) << key.text();
        EXPECT_EQ(writes(), 0U) << "nothing may be created";
        return made ? Error{} : made.error();
    }
    std::size_t writes() {
        const std::lock_guard lock(mutex);
        return static_cast<std::size_t>(
            std::ranges::count_if(requests, [](const auto& r) { return r.method != "GET"; }));
    }
    std::vector<std::string> names(const std::optional<std::string>& tenant, api::Page page) {
        std::vector<std::string> all;
        const auto found = service.list(tenant, page);
        for (const auto& store : found->stores) all.push_back(store.key.text());
        next = found->next_cursor;
        return all;
    }

    std::mutex mutex;
    std::vector<http::ServerRequest> requests;
    std::function<http::ServerResponse(const http::ServerRequest&)> kubernetes = [](const http::ServerRequest& r) {
        return answer(r.body.empty() ? json::value(json::object{}) : json::parse(r.body));
    };
    std::unique_ptr<http::Server> server =
        *http::Server::start({.address = "127.0.0.1", .port = 0}, [this](const http::ServerRequest& request) {
            {
                const std::lock_guard lock(mutex);
                requests.push_back(request);
            }
            return kubernetes(request);
        });
    kube::Client client{*http::Client::create({.origin = "http://127.0.0.1:" + std::to_string(server->port())})};
    Config config;
    Offer offer;
    Memory memory;
    Metrics metrics;
    Views views{client, [](const StoreKey&) {}};
    Observer observer{views, memory, config, offer, system_clock()};
    KubernetesStoreService service{client, views, observer, config, offer, metrics};
    int version = 0;
    std::string next;
};

const StoreKey shoes{"tenant-demo", "shoes"};

TEST_F(StoreServiceTest, what_is_wrong_is_refused_before_anything_is_written) {
    auto wanted = spec();
    wanted.engine = "magento";
    EXPECT_EQ(refused(shoes, wanted).code, ErrorCode::invalid_argument);
    EXPECT_EQ(refused(shoes, wanted).field, "spec.engine");
    wanted = spec();
    wanted.version = "9.9.9";
    EXPECT_EQ(refused(shoes, wanted).field, "spec.version");
    wanted = spec();
    wanted.engine = "medusa";
    EXPECT_EQ(refused(shoes, wanted).code, ErrorCode::unavailable);
    EXPECT_EQ(refused(shoes, wanted).message, "spec.engine: medusa is not available: its images are not there");
    offer.catalog.fits = {{"static", "0.1.0", "small", {}, "engine static needs pods 3, plan small allows 2"},
                          {"static", "0.1.0", "large", {}, ""}};
    EXPECT_EQ(refused(shoes, spec()).field, "spec.plan");
    EXPECT_THAT(refused(shoes, spec()).message, HasSubstr("choose large"));
    offer.catalog.fits.clear();
    wanted = spec();
    wanted.plan = "huge";
    EXPECT_EQ(refused(shoes, wanted).field, "spec.plan");
    wanted = spec();
    wanted.hostnames = {"x.shops.test"};
    EXPECT_EQ(refused(shoes, wanted).field, "spec.hostnames[0]");
    EXPECT_EQ(refused({"tenant-demo", "Shoes"}, spec()).field, "metadata.name");
}

TEST_F(StoreServiceTest, a_store_outlives_the_offer_of_its_engine_while_it_can_be_rendered) {
    views.namespaces().saw(
        {{"metadata", json::object{{"name", shoes.namespace_},
                                   {"resourceVersion", "1"},
                                   {"labels", json::object{{domain::tenant_label, "demo"}}},
                                   {"annotations", json::object{{domain::plans_annotation, "small"}}}}}});
    const auto why = [&] { return std::string(service.plan(shoes)->at("why").as_string()); };
    auto& offered = offer.catalog.engines.front();
    put_store(shoes, "u", "abc");
    offered.unavailable = "no longer offered";
    EXPECT_THAT(why(), testing::Not(HasSubstr("it is refused")));
    offered.renderable = false;
    EXPECT_THAT(why(), HasSubstr("it is refused: spec.engine: static is not available: no longer offered"));
    put_store(shoes, "u");
    offered.renderable = true;
    EXPECT_THAT(why(), HasSubstr("not available")) << "a new one";
}

TEST_F(StoreServiceTest, a_taken_hostname_is_a_conflict_the_generated_one_too) {
    reserve("shop.example.com", {"tenant-acme", "boots"});
    auto wanted = spec();
    wanted.hostnames = {"shop.example.com"};
    const auto taken = refused(shoes, wanted);
    EXPECT_EQ(taken.code, ErrorCode::conflict);
    EXPECT_EQ(taken.field, "spec.hostnames");
    // Store "a-b" of tenant "c" and store "a" of tenant "b-c" would have the same address.
    reserve("a-b-c.shops.test", {"tenant-c", "a-b"});
    const auto same = refused({"tenant-b-c", "a"}, spec());
    EXPECT_EQ(same.code, ErrorCode::conflict);
    EXPECT_EQ(same.field, "metadata.name");
}

TEST_F(StoreServiceTest, a_reservation_left_by_a_store_of_this_name_is_no_obstacle) {
    reserve("shoes-demo.shops.test", shoes);
    EXPECT_TRUE(service.create(shoes, spec(), ""));
}

TEST_F(StoreServiceTest, refusals_of_kubernetes_are_put_in_the_users_words) {
    const std::tuple<unsigned, const char*, ErrorCode, const char*> table[] = {
        {409, "stores.storewright.dev \"shoes\" already exists", ErrorCode::conflict, "a store 'shoes' already"},
        {409, "Operation cannot be fulfilled on resourcequotas \"q\": the object has been modified",
         ErrorCode::unavailable, "try again"},
        {403, "exceeded quota: storewright-stores", ErrorCode::forbidden, "as many stores as its quota allows"},
        {404, "namespaces \"tenant-demo\" not found", ErrorCode::not_found, "tenant list"},
    };
    for (const auto& [status, message, code, words] : table) {
        kubernetes = [&](const auto&) { return answer(json::object{{"message", message}}, status); };
        const auto made = service.create(shoes, spec(), "");
        ASSERT_FALSE(made);
        EXPECT_EQ(made.error().code, code) << message;
        EXPECT_THAT(made.error().message, HasSubstr(words));
    }
}

/// "tenant-a-b" sorts before "tenant-a/" as text and after "tenant-a" as a key: a page must not lose it.
TEST_F(StoreServiceTest, pages_lose_nothing_and_repeat_nothing) {
    for (const StoreKey& key :
         {StoreKey{"tenant-a", "x"}, StoreKey{"tenant-a", "y"}, StoreKey{"tenant-a-b", "m"}, StoreKey{"tenant-b", "a"}})
        put_store(key);
    EXPECT_THAT(names({}, {.limit = 1, .cursor = {}}), ElementsAre("tenant-a/x"));
    EXPECT_THAT(names({}, {.limit = 1, .cursor = next}), ElementsAre("tenant-a/y"));
    EXPECT_THAT(names({}, {.limit = 1, .cursor = next}), ElementsAre("tenant-a-b/m"));
    EXPECT_THAT(names({}, {.limit = 1, .cursor = next}), ElementsAre("tenant-b/a"));
    EXPECT_EQ(next, "");
    EXPECT_THAT(names("a", {.limit = 20, .cursor = {}}), ElementsAre("tenant-a/x", "tenant-a/y"));
    EXPECT_THAT(names("a", {.limit = 20, .cursor = "tenant-b/a"}), ElementsAre())
        << "a cursor of elsewhere leads nowhere else";
    EXPECT_THAT(names("a-b", {.limit = 20, .cursor = "tenant-a/x"}), ElementsAre("tenant-a-b/m"));
    EXPECT_THAT(names({}, {.limit = 20, .cursor = "nonsense"}),
                ElementsAre("tenant-a/x", "tenant-a/y", "tenant-a-b/m", "tenant-b/a"));
}

TEST_F(StoreServiceTest, a_store_is_created_with_its_finalizer) {
    ASSERT_TRUE(service.create(shoes, spec(), ""));
    const auto sent = json::parse(requests.back().body);
    EXPECT_EQ(sent.at("metadata").at("finalizers"), json::array{domain::teardown_finalizer});
}

TEST_F(StoreServiceTest, a_change_is_judged_as_a_creation_is) {
    put_store(shoes);
    const std::pair<const char*, const char*> bad[] = {{R"({"plan":"huge"})", "spec.plan"},
                                                       {R"({"version":"9.9.9"})", "spec.version"},
                                                       {R"({"country":"usa"})", "spec.country"},
                                                       {R"({"plan":null})", "spec.plan"}};
    for (const auto& [patch, field] : bad)
        EXPECT_EQ(service.update(shoes, json::parse(patch).as_object(), "", "").error().field, field) << patch;
    reserve("shop.example.com", {"tenant-acme", "boots"});
    EXPECT_EQ(
        service.update(shoes, json::parse(R"({"hostnames":["shop.example.com"]})").as_object(), "", "").error().code,
        ErrorCode::conflict);
    EXPECT_EQ(writes(), 0U);
}

TEST_F(StoreServiceTest, a_precondition_goes_with_the_write) {
    put_store(shoes);
    kubernetes = [](const auto&) { return answer(json::object{{"message", "the object has been modified"}}, 409); };
    EXPECT_EQ(service.update(shoes, {{"plan", "large"}}, "", "41").error().code, ErrorCode::conflict);
    EXPECT_EQ(json::parse(requests.back().body).at("metadata").at("resourceVersion"), "41");
    EXPECT_EQ(service.remove(shoes, "41").error().code, ErrorCode::conflict);
    EXPECT_EQ(writes(), 1U) << "the caches know already that 41 is not the current one";
}

TEST_F(StoreServiceTest, deletion_names_the_very_store_and_twice_is_fine) {
    put_store(shoes, "uid-1");
    kubernetes = [](const http::ServerRequest& r) {
        if (r.method == "DELETE") return answer(json::object{});
        auto object = domain::store_to_json(shoes, spec());
        object["metadata"] = json::object{{"namespace", "tenant-demo"},
                                          {"name", "shoes"},
                                          {"uid", "uid-1"},
                                          {"resourceVersion", "99"},
                                          {"deletionTimestamp", "2026-01-01T00:00:00Z"}};
        return answer(object);
    };
    ASSERT_TRUE(service.remove(shoes, ""));
    EXPECT_EQ(json::parse(requests.front().body).at("preconditions").at("uid"), "uid-1");
    const auto again = service.remove(shoes, "");
    ASSERT_TRUE(again);
    EXPECT_TRUE(again->deletion_requested);
    EXPECT_EQ(writes(), 1U);
    EXPECT_EQ(service.remove({"tenant-acme", "shoes"}, "").error().code, ErrorCode::not_found)
        << "another tenant's is none";
}

TEST_F(StoreServiceTest, tenants_are_judged_before_they_are_made) {
    const auto judged = [&](std::vector<std::string> plans, std::vector<std::string> domains) {
        const auto made =
            service.put_tenant({.slug = "demo", .plans = std::move(plans), .domains = std::move(domains)}, 3);
        return made ? Error{} : made.error();
    };
    EXPECT_EQ(judged({"huge"}, {}).field, "plans");
    EXPECT_EQ(judged({"huge"}, {}).code, ErrorCode::invalid_argument);
    EXPECT_EQ(judged({"small"}, {"shops.test"}).field, "domains[0]") << "the platform's own";
    EXPECT_EQ(judged({"small"}, {"example.com", "a.example,b.example"}).field, "domains[1]")
        << "a comma would smuggle a second one in";
    EXPECT_EQ(writes(), 0U);
}

TEST_F(StoreServiceTest, a_mail_password_goes_into_a_secret_that_the_store_names_and_nowhere_else) {
    auto wanted = spec();
    wanted.mail = domain::Mail{.host = "smtp.example.com", .username = "shop", .from = "a@example.com"};
    kubernetes = [](const http::ServerRequest& r) {
        auto body = r.body.empty() ? json::object{} : json::parse(r.body).as_object();
        if (body.contains("spec")) body["metadata"].as_object()["uid"] = "store-uid";
        return answer(body);
    };
    const auto made = service.create(shoes, wanted, "s3cret");
    ASSERT_TRUE(made) << made.error().message;
    ASSERT_EQ(requests.size(), 3U);
    const auto secret = json::parse(requests[0].body);
    EXPECT_EQ(secret.at("type"), "storewright.dev/smtp");
    EXPECT_EQ(secret.at("stringData").at("password"), "s3cret");
    EXPECT_EQ(made->spec.mail->password.name, secret.at("metadata").at("name").as_string());
    EXPECT_THAT(requests[1].body, testing::Not(HasSubstr("s3cret")));
    EXPECT_EQ(json::parse(requests[2].body).at("metadata").at("ownerReferences").at(0).at("uid"), "store-uid");

    wanted.mail->username.clear();
    EXPECT_EQ(service.create({"tenant-demo", "boots"}, wanted, "s3cret").error().field, "spec.mail.username");
}

TEST_F(StoreServiceTest, a_new_mail_password_replaces_the_old_one) {
    auto object = domain::store_to_json(shoes, spec());
    object["metadata"].as_object()["uid"] = "store-uid";
    object["metadata"].as_object()["resourceVersion"] = "1";
    object["spec"].as_object()["mail"] =
        json::parse(R"({"host":"smtp.example.com","from":"a@example.com","username":"shop",
                        "passwordSecret":{"name":"shoes-smtp-000000","key":"password"}})");
    views.stores().saw(object);
    kubernetes = [](const http::ServerRequest& r) {
        if (r.method == "GET")
            return answer(json::parse(R"({"metadata":{"labels":{"storewright.dev/mail-of":"shoes"}}})"));
        return answer(r.body.empty() ? json::value(json::object{}) : json::parse(r.body));
    };
    const auto changed = service.update(shoes, {{"mail", json::object{{"port", 465}}}}, "new", "");
    ASSERT_TRUE(changed) << changed.error().message;
    std::vector<std::string> methods;
    for (const auto& request : requests) methods.push_back(request.method);
    EXPECT_THAT(methods, ElementsAre("POST", "PATCH", "GET", "DELETE"));
    EXPECT_THAT(requests.back().path, testing::EndsWith("/secrets/shoes-smtp-000000"));
    EXPECT_NE(changed->spec.mail->password.name, "shoes-smtp-000000");
    EXPECT_EQ(changed->spec.mail->port, 465);
    EXPECT_EQ(service.update(shoes, {{"mail", json::object{{"port", 22}}}}, "", "").error().field, "spec.mail.port");
}

}  // namespace
}  // namespace storewright::app
