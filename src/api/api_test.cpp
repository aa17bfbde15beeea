// The handler as the HTTP server calls it, over a StoreService in memory.

#include "api/api.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <map>

#include "api/router.hpp"

namespace storewright::api {
namespace {

namespace json = boost::json;
using domain::Store;
using domain::StoreKey;
using testing::HasSubstr;

const std::string token = "0123456789abcdef0123456789abcdef";

class MemoryService final : public StoreService {
  public:
    Result<Store> create(const StoreKey& key, const domain::StoreSpec& spec, const std::string& password) override {
        last_password = password;
        if (stores.contains(key)) return fail(ErrorCode::conflict, "there is a store 'shoes' already");
        Store store{.key = key, .uid = "u", .resource_version = "1", .spec = spec};
        return stores[key] = store;
    }
    Result<StorePage> list(const std::optional<std::string>& tenant, const Page& page) override {
        asked_tenant = tenant;
        asked_page = page;
        StorePage result;
        for (const auto& [key, store] : stores) result.stores.push_back(store);
        result.next_cursor = next_cursor;
        return result;
    }
    Result<Store> get(const StoreKey& key) override {
        const auto found = stores.find(key);
        if (found == stores.end()) return fail(ErrorCode::not_found, "there is no store '" + key.name + "'");
        return found->second;
    }
    Result<Store> update(const StoreKey& key, const json::object& patch, const std::string& password,
                         const std::string& if_match) override {
        last_password = password;
        SW_TRY_ASSIGN(Store store, get(key));
        if (!if_match.empty() && if_match != store.resource_version) return fail(ErrorCode::conflict, "changed");
        last_patch = patch;
        store.resource_version = "2";
        return stores[key] = store;
    }
    Result<Store> remove(const StoreKey& key, const std::string& if_match) override {
        SW_TRY_ASSIGN(Store store, get(key));
        if (!if_match.empty() && if_match != store.resource_version) return fail(ErrorCode::conflict, "changed");
        store.deletion_requested = TimePoint{};
        return stores[key] = store;
    }
    Result<std::vector<Step>> steps(const StoreKey&) override {
        return std::vector<Step>{{"Accepted", "done", "", TimePoint{}, TimePoint{}}};
    }
    Result<json::value> plan(const StoreKey&) override { return json::value(json::object{{"step", "done"}}); }
    Result<Credentials> credentials(const StoreKey&) override {
        return Credentials{"http://s", "http://s/app", {{"password", "secret"}}};
    }
    Result<std::vector<StoreEvent>> events(const StoreKey&) override { return std::vector<StoreEvent>{}; }
    Result<std::vector<TenantView>> tenants() override { return std::vector<TenantView>{}; }
    Result<TenantView> put_tenant(const domain::Tenant& tenant, int max_stores) override {
        return TenantView{tenant, max_stores, 0, true};
    }
    Result<> remove_tenant(const std::string&) override { return {}; }
    std::vector<domain::Engine> engines() override { return catalogue_engines; }
    std::vector<domain::Plan> plans() override { return {}; }
    std::vector<domain::Fit> fits() override { return catalogue_fits; }
    std::vector<std::string> reserved_domains() override { return {}; }
    Result<Store> wait_for_change(const StoreKey& key, const std::string& seen, std::chrono::milliseconds) override {
        if (waits++ > 0 && stores.contains(key)) stores.erase(key);
        static_cast<void>(seen);
        return get(key);
    }
    Result<> ready() override { return unready.empty() ? Result<>{} : fail(ErrorCode::unavailable, unready); }
    bool stale() override { return is_stale; }
    std::string metrics() override { return "storewright_stores 1\n"; }

    std::map<StoreKey, Store> stores;
    std::optional<std::string> asked_tenant;
    Page asked_page;
    std::string next_cursor, unready, last_password;
    json::object last_patch;
    std::vector<domain::Engine> catalogue_engines;
    std::vector<domain::Fit> catalogue_fits;
    bool is_stale = false;
    int waits = 0;
};

class ApiTest : public testing::Test {
  protected:
    ApiTest() {
        service.stores[{"tenant-demo", "shoes"}] =
            Store{.key = {"tenant-demo", "shoes"}, .uid = "u", .resource_version = "7"};
    }

    http::ServerResponse ask(std::string method, std::string target, std::string body = {},
                             http::Headers headers = {{"Authorization", "Bearer " + token}}) {
        const auto question = target.find('?');
        http::ServerRequest request{.method = std::move(method),
                                    .path = target.substr(0, question),
                                    .headers = std::move(headers),
                                    .body = std::move(body)};
        if (question != std::string::npos) request.query = target.substr(question + 1);
        return handler(request);
    }
    http::ServerResponse ask_with(std::string method, std::string target, std::string name, std::string value,
                                  std::string body = {}) {
        return ask(std::move(method), std::move(target), std::move(body),
                   {{"Authorization", "Bearer " + token}, {std::move(name), std::move(value)}});
    }
    static std::string header(const http::ServerResponse& response, std::string_view name) {
        for (const auto& [key, value] : response.headers)
            if (key == name) return value;
        return {};
    }
    /// Expects a problem of that status whose errors name that field.
    static void expect_problem(const http::ServerResponse& response, unsigned status, const std::string& field = {}) {
        EXPECT_EQ(response.status, status) << response.body;
        EXPECT_EQ(header(response, "Content-Type"), "application/problem+json");
        const auto body = json::parse(response.body).as_object();
        EXPECT_EQ(body.at("status").as_int64(), status);
        for (const char* member : {"type", "title", "detail", "code"})
            EXPECT_TRUE(body.at(member).is_string()) << member;
        if (field.empty()) return;
        EXPECT_EQ(body.at("errors").at(0).at("field").as_string(), field) << response.body;
    }

    MemoryService service;
    http::Handler handler = make_handler(service, {.token = token});
};

const std::string stores_path = "/api/v1/tenants/demo/stores", shoes_path = stores_path + "/shoes";

TEST_F(ApiTest, probes_and_metrics_need_no_token_and_tell_the_truth) {
    EXPECT_EQ(ask("GET", "/healthz", "", {}).status, 200U);
    EXPECT_EQ(ask("GET", "/readyz", "", {}).status, 200U);
    service.unready = "waiting for the first list of pods";
    EXPECT_EQ(ask("GET", "/readyz", "", {}).status, 503U);
    EXPECT_THAT(ask("GET", "/readyz", "", {}).body, HasSubstr("pods"));
    EXPECT_THAT(header(ask("GET", "/metrics", "", {}), "Content-Type"), HasSubstr("version=0.0.4"));
}

TEST_F(ApiTest, everything_else_needs_the_token) {
    const std::string wrong[] = {"",
                                 token,
                                 "Basic " + token,
                                 "Bearer",
                                 "Bearer ",
                                 "Bearer " + token + "x",
                                 "Bearer x" + token.substr(1),
                                 "Bearer  " + token};
    for (const auto& given : wrong) {
        const auto refused = ask("GET", shoes_path, "", {{"Authorization", given}});
        expect_problem(refused, 401);
        EXPECT_EQ(header(refused, "WWW-Authenticate"), "Bearer");
        EXPECT_THAT(refused.body, testing::Not(HasSubstr(token)));
    }
    EXPECT_EQ(ask("GET", shoes_path, "", {{"authorization", "bearer " + token}}).status, 200U);
}

TEST_F(ApiTest, paths_and_methods_that_are_not_there_are_said_to_be) {
    expect_problem(ask("GET", "/api/v1/nothing"), 404);
    expect_problem(ask("GET", "/api/v1/stores/"), 404);
    const auto refused = ask("POST", shoes_path);
    expect_problem(refused, 405);
    EXPECT_EQ(header(refused, "Allow"), "GET, PATCH, DELETE");
    EXPECT_EQ(ask("HEAD", shoes_path).status, 200U);
}

TEST_F(ApiTest, creating_is_accepted_with_a_place_to_look) {
    const auto made = ask("POST", stores_path,
                          R"({"name":"boots","spec":{"engine":"static","plan":"small","adminEmail":"a@example.com"}})");
    EXPECT_EQ(made.status, 202U);
    EXPECT_EQ(header(made, "Location"), stores_path + "/boots");
    EXPECT_EQ(header(made, "ETag"), "\"1\"");
    EXPECT_EQ(service.stores.at({"tenant-demo", "boots"}).spec.engine, "static");
    expect_problem(ask("POST", stores_path, R"({"name":"boots","spec":{}})"), 409);
}

TEST_F(ApiTest, bodies_are_checked_and_the_field_is_named) {
    const std::pair<const char*, const char*> cases[] = {
        {"", ""},
        {"[]", ""},
        {"{\"name\":", ""},
        {R"({"spec":{}})", "name"},
        {R"({"name":7,"spec":{}})", "name"},
        {R"({"name":"x"})", "spec"},
        {R"({"name":"x","spec":[]})", "spec"},
        {R"({"name":"x","spec":{},"colour":"red"})", "colour"},
        {R"({"name":"x","spec":{"colour":"red"}})", "spec.colour"},
        {R"({"name":"x","spec":{"engine":7}})", "spec.engine"},
        {R"({"name":"x","spec":{"hostnames":"a.example.com"}})", "spec.hostnames"},
        {R"({"name":"x","spec":{"suspended":"yes"}})", "spec.suspended"},
        {R"({"name":"x","spec":{"deletionPolicy":"Backup"}})", "spec.deletionPolicy"},
    };
    for (const auto& [body, field] : cases) expect_problem(ask("POST", stores_path, body), 422, field);
    const std::string deep = R"({"name":)" + std::string(1000, '[');
    expect_problem(ask("POST", stores_path, deep), 422);
}

TEST_F(ApiTest, a_patch_changes_only_what_may_change) {
    EXPECT_EQ(ask("PATCH", shoes_path, R"({"spec":{"displayName":"Shoes","hostnames":null}})").status, 200U);
    EXPECT_EQ(service.last_patch, (json::object{{"displayName", "Shoes"}, {"hostnames", nullptr}}));
    expect_problem(ask("PATCH", shoes_path, R"({"spec":{"engine":"other"}})"), 422, "spec.engine");
    expect_problem(ask("PATCH", shoes_path, R"({"metadata":{}})"), 422, "metadata");
    expect_problem(ask("PATCH", stores_path + "/gone", R"({"spec":{"plan":"large"}})"), 404);
}

TEST_F(ApiTest, a_mail_password_is_taken_and_never_given) {
    const std::string mail =
        R"("mail":{"host":"smtp.example.com","from":"a@example.com","username":"u","password":"s3cret"})";
    const auto made = ask("POST", stores_path, R"({"name":"boots","spec":{"engine":"static",)" + mail + "}}");
    EXPECT_EQ(made.status, 202U) << made.body;
    EXPECT_EQ(service.last_password, "s3cret");
    EXPECT_THAT(made.body, HasSubstr("smtp.example.com"));
    EXPECT_THAT(made.body + ask("GET", stores_path + "/boots").body, testing::Not(HasSubstr("s3cret")));
    EXPECT_EQ(ask("PATCH", shoes_path, R"({"spec":{"mail":{"password":"other"}}})").status, 200U);
    EXPECT_EQ(service.last_password, "other");
    EXPECT_EQ(service.last_patch, (json::object{{"mail", json::object{}}}));
    EXPECT_EQ(ask("PATCH", shoes_path, R"({"spec":{"mail":null}})").status, 200U);
    const std::pair<const char*, const char*> cases[] = {
        {R"({"password":""})", "spec.mail.password"},
        {R"({"password":7})", "spec.mail.password"},
        {R"({"password":"x","passwordSecret":{"name":"y"}})", "spec.mail.password"},
        {R"({"passwordSecret":{"name":"y","namespace":"z"}})", "spec.mail.passwordSecret.namespace"},
        {R"({"pasword":"x"})", "spec.mail.pasword"}};
    for (const auto& [body, field] : cases)
        expect_problem(ask("PATCH", shoes_path, std::string(R"({"spec":{"mail":)") + body + "}}"), 422, field);
}

TEST_F(ApiTest, preconditions_hold_for_changes_and_deletions) {
    for (const char* method : {"PATCH", "DELETE"}) {
        const std::string body = R"({"spec":{"plan":"large"}})";
        expect_problem(ask_with(method, shoes_path, "If-Match", "\"6\"", body), 412);
        expect_problem(ask_with(method, shoes_path, "If-Match", "6", body), 422, "If-Match");
        expect_problem(ask_with(method, shoes_path, "If-Match", "W/\"7\"", body), 422, "If-Match");
        expect_problem(ask_with(method, shoes_path, "If-Match", "\"7\", \"8\"", body), 422, "If-Match");
    }
    EXPECT_EQ(ask_with("PATCH", shoes_path, "If-Match", "\"7\"", R"({"spec":{"plan":"large"}})").status, 200U);
    EXPECT_EQ(ask_with("DELETE", shoes_path, "If-Match", "*").status, 202U);
}

TEST_F(ApiTest, what_was_seen_already_is_not_sent_again) {
    const auto first = ask("GET", shoes_path);
    const auto second = ask_with("GET", shoes_path, "If-None-Match", header(first, "ETag"));
    EXPECT_EQ(second.status, 304U);
    EXPECT_EQ(second.body, "");
    EXPECT_EQ(ask_with("GET", shoes_path, "If-None-Match", "\"6\"").status, 200U);
}

TEST_F(ApiTest, deleting_twice_is_fine_and_afterwards_it_is_not_found) {
    EXPECT_EQ(ask("DELETE", shoes_path).status, 202U);
    EXPECT_EQ(ask("DELETE", shoes_path).status, 202U);
    service.stores.clear();
    expect_problem(ask("DELETE", shoes_path), 404);
}

TEST_F(ApiTest, engines_are_listed_with_the_plans_that_they_fit) {
    service.catalogue_engines = {{.name = "medusa", .chart_version = "1.0.0", .unavailable = "no image: build it"}};
    service.catalogue_fits = {{"medusa", "1.0.0", "tiny", {{"pods", "9"}}, "engine medusa needs pods 9"},
                              {"medusa", "1.0.0", "small", {{"pods", "9"}}, ""},
                              {"medusa", "0.9.0", "large", {}, ""}};
    const auto body = json::parse(ask("GET", "/api/v1/engines").body);
    const auto& engine = body.at("items").at(0);
    EXPECT_EQ(engine.at("unavailable"), "no image: build it");
    EXPECT_EQ(engine.at("plans"), json::parse(R"([
        {"name":"tiny","fits":false,"needs":{"pods":"9"},"problem":"engine medusa needs pods 9"},
        {"name":"small","fits":true,"needs":{"pods":"9"}}])"));
}

TEST_F(ApiTest, lists_come_in_pages) {
    service.next_cursor = "tenant-demo/shoes";
    const auto page = ask("GET", stores_path + "?limit=5&cursor=tenant-demo%20x");
    const auto body = json::parse(page.body);
    EXPECT_EQ(body.at("items").as_array().size(), 1U);
    EXPECT_EQ(body.at("nextCursor").as_string(), "tenant-demo/shoes");
    EXPECT_EQ(service.asked_page.limit, 5U);
    EXPECT_EQ(service.asked_page.cursor, "tenant-demo x");
    EXPECT_EQ(service.asked_tenant, "demo");
    EXPECT_EQ(ask("GET", "/api/v1/stores").status, 200U);
    EXPECT_EQ(service.asked_tenant, std::nullopt);
    EXPECT_EQ(service.asked_page.limit, 20U);
}

TEST_F(ApiTest, parameters_are_checked) {
    for (const char* bad :
         {"limit=0", "limit=101", "limit=-1", "limit=x", "limit=5x", "limit=99999999999999999999", "limit="})
        expect_problem(ask("GET", stores_path + "?" + bad), 422, "limit");
    expect_problem(ask("GET", stores_path + "?colour=red"), 422, "colour");
    expect_problem(ask("GET", stores_path + "?limit=1&limit=2"), 422, "limit");
    expect_problem(ask("GET", stores_path + "?cursor=%zz"), 422, "cursor");
    expect_problem(ask("DELETE", shoes_path + "?dryRun=true"), 422, "dryRun");
    EXPECT_FALSE(service.stores.at({"tenant-demo", "shoes"}).deletion_requested);
}

TEST_F(ApiTest, an_old_view_is_marked) {
    EXPECT_THAT(ask("GET", shoes_path).body, testing::Not(HasSubstr("stale")));
    service.is_stale = true;
    EXPECT_EQ(json::parse(ask("GET", shoes_path).body).at("stale"), true);
    EXPECT_EQ(json::parse(ask("GET", stores_path).body).at("stale"), true);
}

TEST_F(ApiTest, secrets_are_not_kept_by_caches) {
    const auto answer = ask("GET", shoes_path + "/credentials");
    EXPECT_EQ(header(answer, "Cache-Control"), "no-store");
    EXPECT_EQ(header(answer, "X-Content-Type-Options"), "nosniff");
    EXPECT_EQ(json::parse(answer.body).at("entries").at("password").as_string(), "secret");
}

TEST_F(ApiTest, a_store_is_followed_until_it_is_gone) {
    const auto answer = ask("GET", shoes_path + "/watch");
    ASSERT_TRUE(answer.stream);
    std::string all;
    answer.stream(
        [&](std::string_view piece) {
            all += piece;
            return true;
        },
        {});
    EXPECT_THAT(all, testing::StartsWith("id: 7\nevent: store\ndata: {"));
    EXPECT_THAT(all, testing::EndsWith("event: gone\ndata: {}\n\n"));
    expect_problem(ask("GET", stores_path + "/gone/watch"), 404);
}

TEST_F(ApiTest, tenants_are_checked) {
    EXPECT_EQ(ask("PUT", "/api/v1/tenants/demo", R"({"plans":["small"],"maxStores":3})").status, 200U);
    expect_problem(ask("PUT", "/api/v1/tenants/De-mo", "{}"), 422, "tenant");
    expect_problem(ask("PUT", "/api/v1/tenants/demo", R"({"plans":"small"})"), 422, "plans");
    expect_problem(ask("PUT", "/api/v1/tenants/demo", R"({"maxStores":-1})"), 422, "maxStores");
    expect_problem(ask("PUT", "/api/v1/tenants/demo", R"({"maxStores":1.5})"), 422, "maxStores");
    expect_problem(ask("PUT", "/api/v1/tenants/demo", R"({"owner":"x"})"), 422, "owner");
    EXPECT_EQ(ask("DELETE", "/api/v1/tenants/demo").status, 204U);
}

TEST(Router, matches_whole_segments) {
    const std::vector<Route> routes{{"GET", "/a/{x}/b", false, {}, {}}, {"PUT", "/a/{x}/b", false, {}, {}}};
    EXPECT_EQ(match(routes, "GET", "/a/one/b").parameters.find("x")->second, "one");
    EXPECT_EQ(match(routes, "DELETE", "/a/one/b").allowed, "GET, PUT");
    for (const char* path : {"/a//b", "/a/one/b/", "/a/one", "/A/one/b", "/a/one/b/c"})
        EXPECT_EQ(match(routes, "GET", path).route, nullptr) << path;
}

}  // namespace
}  // namespace storewright::api
