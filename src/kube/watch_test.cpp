#include "kube/watch.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <condition_variable>
#include <deque>

#include "kube/cache.hpp"
#include "kube/line_splitter.hpp"
#include "kube/test_api_server.hpp"

namespace storewright::kube {
namespace {

namespace json = boost::json;
using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr auto patience = 5s;

json::object config_map(std::string_view name, int version, std::string_view value = "") {
    return {
        {"metadata", json::object{{"name", name}, {"namespace", "shop"}, {"resourceVersion", std::to_string(version)}}},
        {"data", json::object{{"value", value}}}};
}

std::string event(std::string_view type, const json::object& object) {
    return json::serialize(json::object{{"type", type}, {"object", object}}) + "\n";
}

http::ServerResponse list_of(int version, std::initializer_list<json::object> objects) {
    json::array items;
    for (const auto& object : objects) items.push_back(object);
    return json_answer(json::object{{"metadata", json::object{{"resourceVersion", std::to_string(version)}}},
                                    {"items", std::move(items)}});
}

/// A watch that says these lines and then goes on without a word.
http::ServerResponse watch_of(std::string lines) {
    return {.stream = [lines](const http::StreamWriter& write, std::stop_token stop) {
        if (!lines.empty() && !write(lines)) return;
        std::mutex mutex;
        std::condition_variable_any never;
        std::unique_lock lock(mutex);
        never.wait(lock, stop, [] { return false; });
    }};
}
/// One that says them and ends.
http::ServerResponse ended_watch_of(std::string lines) {
    return {.stream = [lines](const http::StreamWriter& write, std::stop_token) { static_cast<void>(write(lines)); }};
}

using Map = Cache<std::string>;

Result<std::string> value_of(const json::object& object) { return std::string(text_at(object, "data.value")); }

/// A reflector into a cache, against a server that answers by a script.
class WatchTest : public testing::Test {
  protected:
    ~WatchTest() override {
        api.stop();
        reflector.reset();
    }

    void start() {
        WatchOptions options;
        options.backoff = {10ms, 50ms};
        options.shortest = 10ms;
        options.label_selector = "app=shop";
        reflector = std::make_unique<Reflector>(*client, kinds::config_map, options, cache);
    }
    /// Waits until the cache holds exactly these "name=value".
    void expect_cache(std::vector<std::string> wanted) {
        std::unique_lock lock(mutex);
        changed.wait_for(lock, patience, [&] { return content() == wanted; });
        EXPECT_EQ(content(), wanted);
    }
    std::vector<std::string> content() const {
        std::vector<std::string> all;
        cache.for_each([&](const auto& key, const std::string& value) { all.push_back(key.second + "=" + value); });
        return all;
    }
    void wait_for_requests(std::size_t count) {
        const auto deadline = std::chrono::steady_clock::now() + patience;
        while (api.requests().size() < count && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
    }

    std::mutex mutex;
    std::condition_variable changed;
    Map cache{value_of, [this](const auto&, const auto*, const auto*) {
                  {
                      const std::lock_guard lock(mutex);
                  }
                  changed.notify_all();
              }};
    std::mutex script_mutex;
    std::deque<http::ServerResponse> script;
    TestApiServer api{[this](const auto&) {
        const std::lock_guard lock(script_mutex);
        if (script.empty()) return watch_of("");
        auto next = std::move(script.front());
        script.pop_front();
        return next;
    }};
    std::unique_ptr<Client> client = api.client();
    std::unique_ptr<Reflector> reflector;
};

TEST_F(WatchTest, lists_then_follows_what_changes) {
    script.push_back(list_of(10, {config_map("a", 3, "1"), config_map("b", 4, "1")}));
    script.push_back(watch_of(event("ADDED", config_map("c", 11, "1")) + event("MODIFIED", config_map("a", 12, "2")) +
                              event("DELETED", config_map("b", 13))));
    start();
    expect_cache({"a=2", "c=1"});
    EXPECT_TRUE(reflector->synced());
    EXPECT_FALSE(reflector->stale_since());
    const auto asked = api.requests();
    EXPECT_THAT(asked[1].query, testing::AllOf(HasSubstr("watch=true"), HasSubstr("allowWatchBookmarks=true"),
                                               HasSubstr("resourceVersion=10"), HasSubstr("labelSelector=app%3Dshop")));
}

TEST_F(WatchTest, resumes_after_a_break_from_the_last_version_even_one_of_a_bookmark) {
    script.push_back(list_of(10, {}));
    script.push_back(ended_watch_of(event("ADDED", config_map("a", 11, "1")) +
                                    event("BOOKMARK", {{"metadata", json::object{{"resourceVersion", "57"}}}})));
    script.push_back(watch_of(event("ADDED", config_map("b", 58, "1"))));
    start();
    expect_cache({"a=1", "b=1"});
    EXPECT_THAT(api.requests()[2].query, HasSubstr("resourceVersion=57"));
}

TEST_F(WatchTest, lists_anew_when_its_version_is_too_old_and_drops_what_is_gone) {
    script.push_back(list_of(10, {config_map("a", 3, "1"), config_map("b", 9, "1")}));
    script.push_back(refusal(410, "too old resource version"));
    script.push_back(list_of(20, {config_map("a", 3, "1"), config_map("c", 5, "1")}));
    start();
    // b was the newest of all: it must go although nothing that is left is newer.
    expect_cache({"a=1", "c=1"});
}

TEST_F(WatchTest, an_error_event_with_410_lists_anew_as_well) {
    script.push_back(list_of(10, {config_map("a", 3, "1")}));
    script.push_back(watch_of(event("ERROR", {{"kind", "Status"}, {"code", 410}, {"message", "expired"}})));
    script.push_back(list_of(20, {config_map("b", 15, "1")}));
    start();
    expect_cache({"b=1"});
}

TEST_F(WatchTest, is_stale_while_broken_and_no_longer_once_a_watch_runs_again) {
    script.push_back(list_of(10, {config_map("a", 3, "1")}));
    script.push_back(refusal(500, "boom"));
    script.push_back(refusal(500, "boom"));
    start();
    wait_for_requests(3);
    EXPECT_TRUE(reflector->stale_since());
    wait_for_requests(4);
    // The fourth says nothing, as a quiet watch does.
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (reflector->stale_since() && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
    EXPECT_FALSE(reflector->stale_since());
    EXPECT_EQ(content(), std::vector<std::string>{"a=1"});
}

TEST_F(WatchTest, what_is_no_event_breaks_the_watch_not_the_process) {
    script.push_back(list_of(10, {}));
    script.push_back(watch_of("{\"type\": nonsense\n"));
    script.push_back(watch_of("[]\n"));
    script.push_back(watch_of(event("ADDED", config_map("a", 11, "1"))));
    start();
    expect_cache({"a=1"});
}

TEST_F(WatchTest, ends_at_once_although_its_watch_is_silent) {
    script.push_back(list_of(10, {}));
    start();
    wait_for_requests(2);
    const auto began = std::chrono::steady_clock::now();
    reflector.reset();
    EXPECT_LT(std::chrono::steady_clock::now() - began, 2s);
}

class CacheTest : public testing::Test {
  protected:
    std::vector<std::string> heard;
    Map cache{value_of, [this](const Map::Key& key, const std::string* before, const std::string* after) {
                  heard.push_back(key.second + ":" + (before ? *before : "-") + ">" + (after ? *after : "-"));
              }};
};

TEST_F(CacheTest, an_older_event_does_not_undo_a_newer_write_of_ours) {
    cache.saw(config_map("a", 7, "ours"));
    cache.upserted(config_map("a", 5, "old"));
    cache.removed(config_map("a", 6));
    EXPECT_EQ(cache.get("shop", "a"), "ours");
    EXPECT_THAT(heard, ElementsAre("a:->ours"));
}

TEST_F(CacheTest, tells_what_was_and_what_is) {
    cache.upserted(config_map("a", 1, "x"));
    cache.upserted(config_map("a", 2, "y"));
    cache.removed(config_map("a", 3));
    cache.saw_gone("shop", "a");
    EXPECT_THAT(heard, ElementsAre("a:->x", "a:x>y", "a:y>-"));
    EXPECT_EQ(cache.size(), 0U);
}

TEST_F(CacheTest, a_list_keeps_what_was_written_after_it_was_made) {
    cache.upserted(config_map("gone", 9, "x"));
    cache.saw(config_map("ours", 12, "x"));
    cache.listed({}, 10);
    EXPECT_FALSE(cache.get("shop", "gone"));
    EXPECT_TRUE(cache.get("shop", "ours"));
}

TEST_F(CacheTest, is_walked_from_any_position) {
    for (const char* name : {"a", "b", "c"}) cache.upserted(config_map(name, 1));
    std::vector<std::string> seen;
    cache.for_each_after({"shop", "a"}, [&](const auto& key, const auto&) {
        seen.push_back(key.second);
        return false;
    });
    EXPECT_THAT(seen, ElementsAre("b"));
}

TEST(Versions, are_numbers_or_nothing) {
    EXPECT_EQ(resource_version_of(config_map("a", 123)), 123U);
    EXPECT_EQ(resource_version_of(json::object{}), 0U);
    EXPECT_EQ(resource_version_of({{"metadata", json::object{{"resourceVersion", "12x"}}}}), 0U);
}

TEST(LineSplitter, cuts_lines_whatever_the_pieces) {
    const std::string text = "one\n\ntwo\nthree\n";
    for (std::size_t size = 1; size <= text.size(); ++size) {
        LineSplitter splitter;
        std::vector<std::string> lines;
        for (std::size_t at = 0; at < text.size(); at += size)
            ASSERT_TRUE(splitter.feed(std::string_view(text).substr(at, size), [&](std::string_view line) {
                lines.emplace_back(line);
                return true;
            }));
        EXPECT_THAT(lines, ElementsAre("one", "two", "three")) << size;
    }
}

TEST(LineSplitter, stops_when_told_and_refuses_endless_lines) {
    LineSplitter splitter;
    EXPECT_FALSE(splitter.feed("a\nb\n", [](std::string_view) { return false; }).value());
    LineSplitter endless;
    const std::string piece(LineSplitter::max_line / 2 + 1, 'x');
    const auto ignore = [](std::string_view) { return true; };
    EXPECT_TRUE(endless.feed(piece, ignore));
    EXPECT_FALSE(endless.feed(piece, ignore));
}

}  // namespace
}  // namespace storewright::kube
