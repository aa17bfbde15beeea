// Single actions against an API server that is a function.

#include "app/act.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <string>
#include <vector>

#include "kube/test_api_server.hpp"

namespace storewright::app {
namespace {

namespace json = boost::json;
using testing::ElementsAre;
using testing::IsEmpty;

class NoProber final : public Prober {
  public:
    Result<> probe(const ProbeTarget&) override { return {}; }
};

class DeleteNamespaceTest : public testing::Test {
  protected:
    DeleteNamespaceTest() {
        auto& store = o.facts.store;
        store.key = {"tenant-demo", "shoes"};
        store.uid = "uid-1";
        store.deletion_requested = clock.now();
        store.status.namespace_ = "store-abc";
        views.namespaces().saw(
            {{"metadata", json::object{{"name", "store-abc"},
                                       {"uid", "ns"},
                                       {"resourceVersion", "1"},
                                       {"annotations", json::object{{domain::owner_uid_annotation, "uid-1"}}}}}});
    }

    http::ServerResponse kubernetes(const http::ServerRequest& request) const {
        if (request.method == "GET")
            return {.body = R"({"metadata":{"uid":"uid-1","deletionTimestamp":"2026-01-01T00:00:00Z"}})"};
        if (request.path == "/api/v1/namespaces/store-abc") return of_namespace;
        return request.path.ends_with("/pods") ? of_pods : http::ServerResponse{.body = "{}"};
    }

    Result<> remove() { return act(context, o, reconcile::DeleteNamespace{.name = "store-abc", .uid = "ns"}); }

    std::vector<std::string> emptied() const {
        std::vector<std::string> paths;
        for (const auto& request : api.requests())
            if (request.method == "DELETE" && request.path.starts_with("/api/v1/namespaces/store-abc/"))
                paths.push_back(request.path.substr(request.path.rfind('/') + 1));
        return paths;
    }

    http::ServerResponse of_namespace{
        .body =
            R"({"metadata":{"name":"store-abc","uid":"ns","resourceVersion":"2","deletionTimestamp":"2026-01-01T00:00:00Z"}})"};
    http::ServerResponse of_pods{.body = "{}"};
    kube::TestApiServer api{[this](const http::ServerRequest& request) { return kubernetes(request); }};
    std::unique_ptr<kube::Client> client = api.client();
    Config config;
    Offer offer;
    Memory memory;
    Views views{*client, [](const domain::StoreKey&) {}};
    NoProber prober;
    ProbeRunner probes{prober, 1};
    EventReporter events{*client};
    const Clock& clock = system_clock();
    ActContext context{*client, views, memory, config, offer, clock, probes, events, [](const domain::StoreKey&) {}};
    Observation o;
};

TEST_F(DeleteNamespaceTest, empties_it_at_once) {
    EXPECT_TRUE(remove());
    EXPECT_THAT(emptied(), ElementsAre("pods", "persistentvolumeclaims"));
}

TEST_F(DeleteNamespaceTest, empties_nothing_that_is_not_being_deleted) {
    of_namespace = {.status = 409, .body = R"({"kind":"Status","message":"another has its name","code":409})"};
    EXPECT_FALSE(remove());
    EXPECT_THAT(emptied(), IsEmpty());
    of_namespace = {.status = 404, .body = R"({"kind":"Status","message":"it is gone","code":404})"};
    EXPECT_TRUE(remove());
    EXPECT_THAT(emptied(), IsEmpty());
}

TEST_F(DeleteNamespaceTest, what_cannot_be_emptied_at_once_holds_nothing_up) {
    of_pods = {.status = 403, .body = R"({"kind":"Status","message":"forbidden","code":403})"};
    EXPECT_TRUE(remove());
    EXPECT_THAT(emptied(), ElementsAre("pods", "persistentvolumeclaims"));
}

}  // namespace
}  // namespace storewright::app
