#include "helm/helm.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value_to.hpp>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <thread>
#include <vector>

namespace storewright::helm {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

const fs::path charts = fs::path("src") / "helm" / "testdata" / "charts";

/// A private copy of a test chart, for tests that change it.
class ChartCopy {
  public:
    explicit ChartCopy(const std::string& name) {
        std::string pattern = (fs::temp_directory_path() / "helm_test.XXXXXX").string();
        root_ = mkdtemp(pattern.data());
        fs::copy(charts / name, root_ / name, fs::copy_options::recursive);
        path_ = root_ / name;
    }
    ~ChartCopy() { fs::remove_all(root_); }
    ChartCopy(const ChartCopy&) = delete;
    ChartCopy& operator=(const ChartCopy&) = delete;

    std::string path() const { return path_.string(); }
    fs::path file(const std::string& name) const { return path_ / name; }
    void write(const std::string& name, const std::string& content) const {
        fs::create_directories(file(name).parent_path());
        std::ofstream(file(name)) << content;
    }

  private:
    fs::path root_;
    fs::path path_;
};

json::object object(std::string_view text) { return json::parse(text).as_object(); }

RenderInput shop_input(const std::string& chart_path = (charts / "shop").string()) {
    RenderInput input;
    input.chart_path = chart_path;
    input.release_name = "store";
    input.release_namespace = "store-k3v9m2qa7x";
    input.values = object(R"({"store": {"id": "k3v9m2qa7x", "name": "Shoes & Söhne"}, "image": "localhost/shop:1"})");
    input.kube_version = "v1.36.3";
    return input;
}

std::vector<std::string> names(const Rendering& rendering) {
    std::vector<std::string> found;
    for (const auto& one : rendering.objects)
        found.push_back(json::value_to<std::string>(one.at("kind")) + "/" +
                        json::value_to<std::string>(one.at("metadata").at("name")));
    return found;
}

/// The value at the JSON pointer in the first object of the kind; null when there is none.
json::value find(const Rendering& rendering, std::string_view kind, std::string_view pointer) {
    for (const json::value one : rendering.objects)
        if (one.at("kind").as_string() == kind) return one.at_pointer(pointer);
    return nullptr;
}

std::string annotation(const Rendering& rendering, const std::string& name) {
    const auto value = find(rendering, "Deployment", "/metadata/annotations/example.com~1" + name);
    return json::value_to<std::string>(value);
}

std::string config(const Rendering& rendering, const std::string& key) {
    return json::value_to<std::string>(find(rendering, "ConfigMap", "/data/" + key));
}

Rendering render_shop(const RenderInput& input = shop_input()) {
    auto rendering = render(input);
    EXPECT_TRUE(rendering.has_value()) << (rendering ? "" : rendering.error().message);
    return rendering ? *std::move(rendering) : Rendering{};
}

Error refusal(const RenderInput& input) {
    const auto rendering = render(input);
    EXPECT_FALSE(rendering.has_value());
    return rendering ? Error{} : rendering.error();
}

TEST(HelmInspect, ReadsMetadataAndEngineFile) {
    const auto info = inspect((charts / "shop").string());
    ASSERT_TRUE(info.has_value()) << info.error().message;
    EXPECT_EQ(info->name, "shop");
    EXPECT_EQ(info->version, "1.2.3");
    EXPECT_EQ(info->app_version, "2.15.1");
    EXPECT_EQ(info->digest.size(), 64U);
    EXPECT_THAT(info->engine_yaml, HasSubstr("displayName: Shop"));
}

TEST(HelmInspect, EngineFileIsOptional) {
    const auto info = inspect((charts / "plain").string());
    ASSERT_TRUE(info.has_value()) << info.error().message;
    EXPECT_EQ(info->engine_yaml, "");
}

TEST(HelmInspect, DigestFollowsContentAndNothingElse) {
    const auto original = inspect((charts / "shop").string());
    const ChartCopy copy("shop");
    EXPECT_EQ(inspect(copy.path())->digest, original->digest);
    copy.write("README.md", "ignored by .helmignore");
    EXPECT_EQ(inspect(copy.path())->digest, original->digest);
    copy.write("files/banner.txt", "changed");
    EXPECT_NE(inspect(copy.path())->digest, original->digest);
}

TEST(HelmInspect, RefusesWhatIsNoChart) {
    const auto missing = inspect("/nonexistent");
    ASSERT_FALSE(missing.has_value());
    EXPECT_EQ(missing.error().code, ErrorCode::invalid_argument);
    EXPECT_THAT(missing.error().message, HasSubstr("/nonexistent"));

    const ChartCopy copy("plain");
    fs::remove(copy.file("Chart.yaml"));
    EXPECT_THAT(inspect(copy.path()).error().message, HasSubstr("Chart.yaml file is missing"));
}

TEST(HelmInspect, RefusesDefaultsThatBreakTheSchema) {
    const ChartCopy copy("shop");
    copy.write("values.yaml", "replicas: many\n");
    const auto info = inspect(copy.path());
    ASSERT_FALSE(info.has_value());
    EXPECT_EQ(info.error().code, ErrorCode::invalid_argument);
    EXPECT_EQ(info.error().field, "replicas");
}

TEST(HelmInspect, RefusesSchemaThatLeadsOutOfTheChart) {
    for (const std::string reference : {"file:///etc/hostname", "http://127.0.0.1:9/schema.json"}) {
        const ChartCopy copy("plain");
        copy.write("values.schema.json", R"({"$ref": ")" + reference + R"("})");
        const auto info = inspect(copy.path());
        ASSERT_FALSE(info.has_value()) << reference;
        EXPECT_THAT(info.error().message, AllOf(HasSubstr(reference), HasSubstr("self-contained")));
    }
}

TEST(HelmInspect, RefusesLinksOutOfTheChart) {
    const ChartCopy copy("plain");
    fs::create_symlink("/etc/hostname", copy.file("templates/link.yaml"));
    const auto info = inspect(copy.path());
    ASSERT_FALSE(info.has_value());
    EXPECT_THAT(info.error().message, HasSubstr("templates/link.yaml is not a regular file"));
}

TEST(HelmInspect, RefusesCustomResourceDefinitionsAndMissingDependencies) {
    const ChartCopy with_crd("plain");
    with_crd.write("crds/things.yaml", "kind: CustomResourceDefinition\n");
    EXPECT_THAT(inspect(with_crd.path()).error().message, HasSubstr("crds/"));

    const ChartCopy incomplete("shop");
    fs::remove_all(incomplete.file("charts"));
    EXPECT_THAT(inspect(incomplete.path()).error().message, HasSubstr("depends on cache"));
}

TEST(HelmRender, ObjectsComeInInstallOrderWithoutHooks) {
    EXPECT_THAT(names(render_shop()),
                ElementsAre("ServiceAccount/store-shop", "ConfigMap/store-shop-config", "Service/store-cache",
                            "Deployment/store-shop", "Service/store-http", "Service/store-metrics"));
}

TEST(HelmRender, ManifestNamesItsSources) {
    const auto manifest = render_shop().manifest;
    EXPECT_TRUE(manifest.starts_with("---\n# Source: shop/templates/config.yaml\n")) << manifest;
    EXPECT_THAT(manifest, HasSubstr("# Source: shop/charts/cache/templates/service.yaml\n"));
    EXPECT_THAT(manifest, Not(HasSubstr("templates/migrate.yaml")));
}

TEST(HelmRender, HooksAreKeptApart) {
    const auto hooks = render_shop().hooks;
    ASSERT_EQ(hooks.size(), 2U);
    const auto& job = hooks.at(0).at("kind") == "Job" ? hooks.at(0) : hooks.at(1);
    EXPECT_EQ(job.at("path"), "shop/templates/migrate.yaml");
    EXPECT_EQ(job.at("weight"), -5);
    EXPECT_EQ(job.at("events"), json::parse(R"(["pre-upgrade", "post-install"])"));
}

TEST(HelmRender, NotesAreTheChartsOwn) {
    EXPECT_EQ(render_shop().notes, "Shoes & Söhne is revision 1 of store in store-k3v9m2qa7x.\n");
}

TEST(HelmRender, TemplatesSeeTheRelease) {
    auto input = shop_input();
    const auto installed = render_shop(input);
    EXPECT_EQ(annotation(installed, "upgrade"), "false");
    EXPECT_EQ(annotation(installed, "install"), "true");
    EXPECT_EQ(annotation(installed, "revision"), "1");
    EXPECT_EQ(annotation(installed, "kube-version"), "v1.36.3");
    EXPECT_EQ(annotation(installed, "kube-minor"), "36");
    EXPECT_EQ(annotation(installed, "has-batch"), "true");

    input.is_upgrade = true;
    input.revision = 7;
    const auto upgraded = render_shop(input);
    EXPECT_EQ(annotation(upgraded, "upgrade"), "true");
    EXPECT_EQ(annotation(upgraded, "install"), "false");
    EXPECT_EQ(annotation(upgraded, "revision"), "7");
}

TEST(HelmRender, TemplatesCannotLookOutside) {
    setenv("HELM_TEST_SECRET", "not to be seen", 1);
    const auto rendering = render_shop();
    EXPECT_EQ(config(rendering, "looked-up"), "{}");
    EXPECT_EQ(config(rendering, "resolved"), "");
    EXPECT_EQ(config(rendering, "outside"), "");
    EXPECT_EQ(config(rendering, "ignored"), "");
    EXPECT_EQ(config(rendering, "banner"), "first line\nsecond {{ line }}\n");

    for (const std::string function : {"env", "expandenv"}) {
        const ChartCopy copy("plain");
        copy.write("templates/leak.yaml", "{{ " + function + " \"HELM_TEST_SECRET\" }}");
        auto input = shop_input(copy.path());
        input.values.clear();
        EXPECT_THAT(refusal(input).message, HasSubstr("function \"" + function + "\" not defined"));
    }
}

TEST(HelmRender, SubchartsFollowTheirConditions) {
    auto input = shop_input();
    input.values["sessions"] = object(R"({"enabled": true, "size": 32})");
    input.values["cache"] = object(R"({"enabled": false})");
    EXPECT_THAT(names(render_shop(input)), testing::Contains("Service/store-sessions"));
    EXPECT_THAT(names(render_shop(input)), Not(testing::Contains("Service/store-cache")));
    // Helm changes a chart while it switches subcharts: the next render must start from the
    // original.
    EXPECT_THAT(names(render_shop()), testing::Contains("Service/store-cache"));
}

TEST(HelmRender, UnknownAndWrongValuesAreNamed) {
    auto unknown = shop_input();
    unknown.values["store"].as_object()["nmae"] = "typo";
    EXPECT_EQ(refusal(unknown).code, ErrorCode::invalid_argument);
    EXPECT_EQ(refusal(unknown).field, "store.nmae");
    EXPECT_THAT(refusal(unknown).message, HasSubstr("store.nmae: is not a known value"));

    auto missing = shop_input();
    missing.values["store"].as_object().erase("name");
    missing.values["store"].as_object()["name"] = nullptr;  // Helm: null removes the default
    EXPECT_EQ(refusal(missing).field, "store.name");

    auto wrong = shop_input();
    wrong.values["extraLabels"] = object(R"({"tier": 3})");
    EXPECT_EQ(refusal(wrong).field, "extraLabels.tier");

    auto in_subchart = shop_input();
    in_subchart.values["cache"] = object(R"({"size": 65})");
    EXPECT_EQ(refusal(in_subchart).field, "cache.size");
    EXPECT_THAT(refusal(in_subchart).message, Not(HasSubstr("\n")));
}

TEST(HelmRender, RefusesBadNamesVersionsAndTemplates) {
    auto name = shop_input();
    name.release_name = "Not_A_Name";
    EXPECT_EQ(refusal(name).code, ErrorCode::invalid_argument);

    auto version = shop_input();
    version.kube_version = "new";
    EXPECT_THAT(refusal(version).message, HasSubstr("Kubernetes version"));
    version.kube_version = "v1.30.1";
    EXPECT_THAT(refusal(version).message, HasSubstr("needs Kubernetes >=1.31.0-0"));

    const ChartCopy copy("plain");
    auto broken = shop_input(copy.path());
    broken.values.clear();
    copy.write("templates/config.yaml", "{{ .Values.greeting | nosuch }}");
    EXPECT_THAT(refusal(broken).message, HasSubstr("plain/templates/config.yaml:1"));
    copy.write("templates/config.yaml", "a: b: c");
    EXPECT_THAT(refusal(broken).message, HasSubstr("YAML"));
    copy.write("templates/config.yaml", "apiVersion: v1\nkind: ConfigMap\n");
    EXPECT_THAT(refusal(broken).message, HasSubstr("metadata.name"));
    copy.write("templates/config.yaml", "{{ fail \"as asked\" }}");
    EXPECT_THAT(refusal(broken).message, HasSubstr("as asked"));
    copy.write("templates/config.yaml", "{{ define \"x\" }}{{ include \"x\" . }}{{ end }}{{ include \"x\" . }}");
    EXPECT_THAT(refusal(broken).message, HasSubstr("nested"));
}

TEST(HelmRender, EditedChartsAreReadAgain) {
    const ChartCopy copy("plain");
    auto input = shop_input(copy.path());
    input.values.clear();
    EXPECT_EQ(config(render_shop(input), "greeting"), "hello");
    copy.write("values.yaml", "greeting: good day\n");
    EXPECT_EQ(config(render_shop(input), "greeting"), "good day");
    copy.write("templates/second.yaml", "apiVersion: v1\nkind: Secret\nmetadata: {name: second}\n");
    EXPECT_THAT(names(render_shop(input)), testing::Contains("Secret/second"));
    fs::remove(copy.file("templates/second.yaml"));
    EXPECT_THAT(names(render_shop(input)), Not(testing::Contains("Secret/second")));
}

TEST(HelmRender, NumbersArriveAsHelmReadsThem) {
    auto input = shop_input((charts / "plain").string());
    input.values = object(R"({"numbers": {"i": 3, "big": 1048576, "f": 2.5, "one": 1.0, "neg": -7}})");
    EXPECT_EQ(config(render_shop(input), "numbers"), R"({"big":1048576,"f":2.5,"i":3,"neg":-7,"one":1})");
}

TEST(HelmRender, ManyThreadsGetTheSameBytes) {
    const auto expected = render_shop().manifest;
    std::vector<std::jthread> threads;
    for (int thread = 0; thread < 8; ++thread)
        threads.emplace_back([&expected, thread] {
            for (int round = 0; round < 20; ++round) {
                auto input = shop_input();
                const bool other = (thread + round) % 2 != 0;
                if (other) input.values["cache"] = object(R"({"enabled": false})");
                const auto rendering = render(input);
                ASSERT_TRUE(rendering.has_value()) << rendering.error().message;
                EXPECT_EQ(rendering->manifest == expected, !other);
            }
        });
}

ReleaseRecord shop_record() {
    const auto rendering = render_shop();
    ReleaseRecord record;
    record.name = "store";
    record.namespace_ = "store-k3v9m2qa7x";
    record.revision = 3;
    record.description = "Upgrade complete";
    record.first_deployed = parse_time("2026-01-31T12:00:00.123Z").value();
    record.last_deployed = parse_time("2026-02-01T13:30:00Z").value();
    record.values = shop_input().values;
    record.manifest = rendering.manifest;
    record.hooks = rendering.hooks;
    record.notes = rendering.notes;
    record.chart_path = (charts / "shop").string();
    return record;
}

TEST(HelmRelease, SecretIsAsHelmWritesIt) {
    const auto secret = encode_release(shop_record());
    ASSERT_TRUE(secret.has_value()) << secret.error().message;
    EXPECT_EQ(secret->at("type"), "helm.sh/release.v1");
    EXPECT_EQ(secret->at("metadata"), json::parse(R"({
        "name": "sh.helm.release.v1.store.v3", "namespace": "store-k3v9m2qa7x",
        "labels": {"name": "store", "owner": "helm", "status": "deployed", "version": "3",
                   "modifiedAt": "1769952600"}})"));
}

TEST(HelmRelease, DecodesWhatItEncoded) {
    const auto record = shop_record();
    const auto decoded = decode_release(encode_release(record).value());
    ASSERT_TRUE(decoded.has_value()) << decoded.error().message;
    EXPECT_EQ(decoded->name, record.name);
    EXPECT_EQ(decoded->namespace_, record.namespace_);
    EXPECT_EQ(decoded->revision, 3);
    EXPECT_EQ(decoded->state, ReleaseState::deployed);
    EXPECT_EQ(decoded->description, record.description);
    EXPECT_EQ(decoded->first_deployed, record.first_deployed);
    EXPECT_EQ(decoded->last_deployed, record.last_deployed);
    EXPECT_EQ(decoded->values, record.values);
    EXPECT_EQ(decoded->manifest, record.manifest);
    EXPECT_EQ(decoded->hooks, record.hooks);
    EXPECT_EQ(decoded->notes, record.notes);
}

TEST(HelmRelease, SameInputSameBytes) {
    const auto first = encode_release(shop_record()).value();
    auto record = shop_record();
    const ChartCopy copy("shop");  // other modification times
    record.chart_path = copy.path();
    EXPECT_EQ(json::serialize(first), json::serialize(encode_release(record).value()));
}

TEST(HelmRelease, StateChangesAndNothingElse) {
    auto secret = encode_release(shop_record()).value();
    secret["metadata"].as_object()["labels"].as_object()["storewright.dev/store"] = "k3v9m2qa7x";
    secret["metadata"].as_object()["managedFields"] = json::array{};
    const auto changed = with_state(secret, ReleaseState::superseded);
    ASSERT_TRUE(changed.has_value()) << changed.error().message;
    const auto& labels = changed->at("metadata").at("labels");
    EXPECT_EQ(labels.at("status"), "superseded");
    EXPECT_EQ(labels.at("storewright.dev/store"), "k3v9m2qa7x");
    EXPECT_FALSE(changed->at("metadata").as_object().contains("managedFields"));

    const auto before = decode_release(secret).value();
    const auto after = decode_release(*changed).value();
    EXPECT_EQ(after.state, ReleaseState::superseded);
    EXPECT_EQ(after.manifest, before.manifest);
    EXPECT_EQ(after.values, before.values);
    EXPECT_EQ(after.last_deployed, before.last_deployed);
    EXPECT_EQ(with_state(*changed, ReleaseState::deployed).value().at("data"),
              with_state(secret, ReleaseState::deployed).value().at("data"));
}

TEST(HelmRelease, RefusesWhatIsNoRelease) {
    for (const std::string text : {R"({})", R"({"metadata": {"name": "x"}, "data": {"other": "eA=="}})",
                                   R"({"metadata": {"name": "x"}, "data": {"release": "not base64"}})",
                                   R"({"metadata": {"name": "x"}, "data": {"release": "bm90IGJhc2U2NA=="}})"}) {
        const auto decoded = decode_release(object(text));
        ASSERT_FALSE(decoded.has_value()) << text;
        EXPECT_EQ(decoded.error().code, ErrorCode::invalid_argument);
        EXPECT_FALSE(with_state(object(text), ReleaseState::failed).has_value());
    }
}

TEST(HelmRelease, RefusesARecordTooLargeForASecret) {
    auto record = shop_record();
    record.manifest.clear();
    unsigned noise = 1;  // incompressible
    while (record.manifest.size() < 2'000'000) {
        noise = noise * 1664525U + 1013904223U;
        record.manifest.push_back(static_cast<char>('!' + (noise >> 24) % 90));
    }
    const auto secret = encode_release(record);
    ASSERT_FALSE(secret.has_value());
    EXPECT_EQ(secret.error().code, ErrorCode::invalid_argument);
    EXPECT_THAT(secret.error().message, HasSubstr("1048576"));
}

TEST(HelmSignals, TheProgramsOwnAreLeftAlone) {
    const auto handler = [](int signal) {
        struct sigaction action{};
        sigaction(signal, nullptr, &action);
        return action.sa_handler;
    };
    render_shop();  // the runtime has started
    for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGPIPE, SIGCHLD, SIGUSR1})
        EXPECT_EQ(handler(signal), SIG_DFL) << signal;
    sigset_t mask;
    pthread_sigmask(SIG_SETMASK, nullptr, &mask);
    EXPECT_FALSE(sigismember(&mask, SIGTERM));
}

}  // namespace
}  // namespace storewright::helm
