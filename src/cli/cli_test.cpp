// The whole command line, in process, against a platform made of the project's own HTTP server.

#include "cli/cli.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <boost/json.hpp>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <thread>

#include "cli/exit_code.hpp"
#include "http/server.hpp"

namespace storewright::cli {
namespace {

namespace json = boost::json;
using namespace std::chrono_literals;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

json::object store_in(std::string_view phase, int observed = 1) {
    return {{"tenant", "demo"},
            {"name", "shoes"},
            {"generation", 1},
            {"createdAt", "2026-01-01T00:00:00Z"},
            {"spec", json::object{{"engine", "static"}}},
            {"status", json::object{{"phase", phase},
                                    {"observedGeneration", observed},
                                    {"url", "http://shoes.test"},
                                    {"adminURL", "http://shoes.test/app"}}}};
}

http::ServerResponse answer(unsigned status, const json::value& body) {
    return {.status = status, .headers = {{"Content-Type", "application/json"}}, .body = json::serialize(body)};
}
http::ServerResponse problem(unsigned status, std::string_view code, std::string_view detail) {
    return answer(status, json::object{{"status", status}, {"code", code}, {"detail", detail}});
}

struct Outcome {
    int code = 0;
    std::string out, err;
};

class CliTest : public testing::Test {
  protected:
    CliTest() {
        std::ofstream(token_file) << "a-token\n";
        for (const char* name :
             {"STOREWRIGHT_URL", "STOREWRIGHT_TOKEN_FILE", "STOREWRIGHT_TENANT", "STOREWRIGHT_EMAIL"})
            unsetenv(name);
    }
    ~CliTest() override { std::filesystem::remove(token_file); }

    Outcome run_cli(std::vector<std::string> arguments) {
        arguments.insert(arguments.begin(),
                         {"storewright", "--server", "http://127.0.0.1:" + std::to_string(server->port()),
                          "--token-file", token_file});
        return run_bare(std::move(arguments));
    }
    static Outcome run_bare(std::vector<std::string> arguments) {
        std::vector<char*> argv;
        for (auto& argument : arguments) argv.push_back(argument.data());
        testing::internal::CaptureStdout();
        testing::internal::CaptureStderr();
        Outcome outcome;
        outcome.code = run(static_cast<int>(argv.size()), argv.data(), {});
        outcome.out = testing::internal::GetCapturedStdout();
        outcome.err = testing::internal::GetCapturedStderr();
        return outcome;
    }
    std::vector<std::string> asked() {
        const std::lock_guard lock(mutex);
        return requests;
    }

    const std::string token_file =
        (std::filesystem::temp_directory_path() / ("cli-test-token-" + std::to_string(getpid()))).string();
    std::mutex mutex;
    std::vector<std::string> requests;  ///< "METHOD path body"
    std::string authorization;
    std::function<http::ServerResponse(const http::ServerRequest&)> platform = [](const auto&) {
        return answer(200, store_in("Ready"));
    };
    std::unique_ptr<http::Server> server =
        *http::Server::start({.address = "127.0.0.1", .port = 0}, [this](const http::ServerRequest& request) {
            {
                const std::lock_guard lock(mutex);
                requests.push_back(request.method + " " + request.path +
                                   (request.body.empty() ? "" : " " + request.body));
                authorization = request.header("Authorization");
            }
            if (request.path.ends_with("/steps"))
                return answer(200,
                              json::object{{"items", json::array{json::object{
                                                         {"name", "Accepted"}, {"state", "done"}, {"message", ""}}}}});
            return platform(request);
        });
};

TEST_F(CliTest, the_token_comes_from_its_file) {
    EXPECT_EQ(run_cli({"store", "get", "shoes"}).code, ok);
    EXPECT_EQ(authorization, "Bearer a-token");
    const auto none = run_bare({"storewright", "--token-file", "/nowhere", "store", "list"});
    EXPECT_EQ(none.code, not_allowed);
    EXPECT_THAT(none.err, HasSubstr("/nowhere"));
    EXPECT_THAT(run_bare({"storewright", "store", "list"}).err, HasSubstr("STOREWRIGHT_TOKEN_FILE"));
}

TEST_F(CliTest, an_engine_that_cannot_be_had_is_listed_with_the_reason) {
    platform = [](const auto&) {
        const json::object plan{{"name", "small"}, {"fits", true}};
        return answer(200, json::object{{"items", json::array{json::object{{"name", "medusa"},
                                                                           {"version", "1.0.0"},
                                                                           {"available", true},
                                                                           {"plans", json::array{plan}}},
                                                              json::object{{"name", "shop"},
                                                                           {"version", "1.0.0"},
                                                                           {"available", false},
                                                                           {"unavailable", "no plugin: give one"}}}}});
    };
    const auto listed = run_cli({"engine", "list"});
    EXPECT_EQ(listed.code, ok);
    EXPECT_THAT(listed.out, testing::ContainsRegex("medusa +1.0.0 +small +yes"));
    EXPECT_THAT(listed.out, testing::ContainsRegex("shop +1.0.0 +- +no: no plugin: give one"));
}

TEST_F(CliTest, wrong_usage_is_said_and_has_its_code) {
    for (const std::vector<std::string>& arguments :
         std::vector<std::vector<std::string>>{{},
                                               {"store"},
                                               {"nonsense"},
                                               {"store", "get"},
                                               {"store", "list", "-o", "xml"},
                                               {"store", "create", "x", "--timeout", "0"},
                                               {"store", "set", "x", "--suspend", "--resume"}})
        EXPECT_EQ(run_cli(arguments).code, usage) << testing::PrintToString(arguments);
    EXPECT_EQ(run_cli({"--help"}).code, ok);
    EXPECT_EQ(run_cli({"store", "set", "shoes"}).code, usage) << "nothing to change";
}

TEST_F(CliTest, errors_of_the_platform_become_exit_codes_and_words) {
    const std::tuple<unsigned, const char*, int> table[] = {
        {422, "invalid_argument", usage}, {404, "not_found", not_found},         {409, "conflict", conflict},
        {403, "forbidden", not_allowed},  {401, "unauthenticated", not_allowed}, {503, "unavailable", unavailable},
        {500, "internal", internal_error}};
    for (const auto& [status, code, exit] : table) {
        platform = [&](const auto&) { return problem(status, code, "spec.plan: what is wrong"); };
        const auto outcome = run_cli({"store", "get", "shoes"});
        EXPECT_EQ(outcome.code, exit) << code;
        EXPECT_EQ(outcome.err, "error: spec.plan: what is wrong\n");
        EXPECT_EQ(outcome.out, "");
    }
}

TEST_F(CliTest, what_is_not_the_platform_is_told_not_crashed_on) {
    const std::pair<http::ServerResponse, int> answers[] = {
        {{.status = 404, .body = "404 page not found"}, unavailable},
        {{.status = 302, .headers = {{"Location", "http://elsewhere"}}}, internal_error},
        {{.status = 200, .body = "<html>"}, internal_error},
        {answer(200, json::array{}), internal_error},
        {answer(200, json::object{{"items", 7}}), internal_error},
        {answer(400, json::object{{"detail", json::object{}}}), internal_error},
    };
    for (const auto& [response, exit] : answers) {
        platform = [&](const auto&) { return response; };
        const auto outcome = run_cli({"store", "list"});
        EXPECT_EQ(outcome.code, exit) << response.body;
        EXPECT_THAT(outcome.err, testing::StartsWith("error: the platform"));
    }
    server->stop(1s);
    EXPECT_EQ(
        run_bare({"storewright", "--server", "http://127.0.0.1:1", "--token-file", token_file, "store", "list"}).code,
        unavailable);
}

TEST_F(CliTest, every_format_prints_a_store) {
    EXPECT_THAT(run_cli({"store", "get", "shoes"}).out,
                AllOf(HasSubstr("TENANT"), HasSubstr("http://shoes.test"), Not(HasSubstr("VERSION"))));
    EXPECT_THAT(run_cli({"store", "get", "shoes", "-o", "wide"}).out, HasSubstr("VERSION"));
    EXPECT_EQ(run_cli({"store", "get", "shoes", "-o", "name"}).out, "shoes\n");
    EXPECT_EQ(json::parse(run_cli({"store", "get", "shoes", "-o", "json"}).out), store_in("Ready"));
    EXPECT_THAT(run_cli({"-o", "yaml", "store", "get", "shoes"}).out, HasSubstr("phase: Ready"));
}

TEST_F(CliTest, what_has_no_names_refuses_to_print_them_and_wide_is_not_empty) {
    platform = [](const http::ServerRequest& r) {
        if (r.path.ends_with("/plan"))
            return answer(200, json::object{{"step", "done"}, {"why", "nothing"}, {"actions", json::array{}}});
        if (r.path.ends_with("/credentials"))
            return answer(200, json::object{{"adminURL", "http://a"}, {"entries", json::object{{"password", "p"}}}});
        return answer(200, json::object{{"items", json::array{}}});
    };
    for (const char* command : {"plan", "credentials", "events"}) {
        EXPECT_EQ(run_cli({"store", command, "shoes", "-o", "name"}).code, usage) << command;
        EXPECT_THAT(run_cli({"store", command, "shoes", "-o", "wide"}).out, Not(testing::StartsWith("\n"))) << command;
    }
}

TEST_F(CliTest, a_list_is_read_to_its_end) {
    platform = [](const http::ServerRequest& r) {
        const bool second = r.query.find("cursor=tenant-demo%2Fa") != std::string::npos;
        json::object page{{"items", json::array{json::object{{"name", second ? "b" : "a"}}}}};
        if (!second) page["nextCursor"] = "tenant-demo/a";
        return answer(200, page);
    };
    EXPECT_EQ(run_cli({"store", "list", "-o", "name"}).out, "a\nb\n");
    platform = [](const auto&) { return answer(200, json::object{{"items", json::array{}}}); };
    EXPECT_THAT(run_cli({"store", "list"}).err, HasSubstr("no stores in tenant demo"));
    EXPECT_EQ(run_cli({"store", "list", "-o", "json"}).out, "[]\n");
}

TEST_F(CliTest, create_sends_what_was_given_and_says_which_login_it_chose) {
    const auto outcome =
        run_cli({"store", "create", "--hostname", "a.example.com", "shoes", "--engine", "static", "-t", "acme"});
    EXPECT_EQ(outcome.code, ok);
    EXPECT_THAT(outcome.err, HasSubstr("owner@example.com"));
    EXPECT_EQ(
        asked().front(),
        R"(POST /api/v1/tenants/acme/stores {"name":"shoes","spec":{"hostnames":["a.example.com"],"engine":"static","plan":"small","adminEmail":"owner@example.com"}})");
    EXPECT_EQ(json::parse(run_cli({"store", "create", "shoes", "--email", "a@b.example", "-o", "json"}).out),
              store_in("Ready"));
    setenv("STOREWRIGHT_EMAIL", "me@example.org", 1);
    EXPECT_THAT(run_cli({"store", "create", "shoes"}).err, HasSubstr("me@example.org"));
}

TEST_F(CliTest, set_unsets_what_is_given_empty) {
    EXPECT_EQ(run_cli({"store", "set", "shoes", "--display-name", "", "--no-hostnames", "--resume"}).code, ok);
    EXPECT_EQ(
        asked().front(),
        R"(PATCH /api/v1/tenants/demo/stores/shoes {"spec":{"displayName":null,"hostnames":null,"suspended":false}})");
}

TEST_F(CliTest, mail_settings_are_sent_with_the_password_of_the_file) {
    EXPECT_EQ(run_cli({"store", "set", "shoes", "--smtp-host", "smtp.example.com", "--smtp-port", "465",
                       "--smtp-username", "u", "--smtp-password-file", token_file})
                  .code,
              ok);
    const auto sent = asked().back();
    EXPECT_EQ(json::parse(sent.substr(sent.find('{'))).at("spec").at("mail"),
              json::parse(R"({"host":"smtp.example.com","username":"u","port":465,"password":"a-token"})"));
    EXPECT_EQ(run_cli({"store", "set", "shoes", "--no-smtp"}).code, ok);
    EXPECT_THAT(asked().back(), HasSubstr(R"("mail":null)"));
    EXPECT_EQ(run_cli({"store", "set", "shoes", "--smtp-username", ""}).code, ok);
    EXPECT_THAT(asked().back(), HasSubstr(R"("mail":{"username":null,"passwordSecret":null})"));
    const auto missing = run_cli({"store", "set", "shoes", "--smtp-password-file", "/nowhere"});
    EXPECT_EQ(missing.code, usage);
    EXPECT_THAT(missing.err, HasSubstr("--smtp-password-file: /nowhere"));
}

TEST_F(CliTest, get_says_what_mail_is_sent_with) {
    platform = [](const auto&) {
        auto store = store_in("Ready");
        store["status"].as_object()["conditions"] = json::parse(R"x([{"type":"Ready"},
            {"type":"MailConfigured","message":"off (no SMTP is set on plan or store)"}])x");
        return answer(200, store);
    };
    EXPECT_THAT(run_cli({"store", "get", "shoes"}).out, HasSubstr("Mail      off (no SMTP is set on plan or store)\n"));
    EXPECT_THAT(run_cli({"store", "get", "shoes", "-o", "name"}).out, Not(HasSubstr("Mail")));
}

TEST_F(CliTest, create_wait_shows_steps_and_ends_with_the_addresses) {
    const auto outcome = run_cli({"store", "create", "shoes", "--wait"});
    EXPECT_EQ(outcome.code, ok);
    EXPECT_THAT(outcome.err, HasSubstr("Accepted    done"));
    EXPECT_THAT(outcome.err, Not(HasSubstr("\033"))) << "no terminal: no escapes";
    EXPECT_THAT(outcome.out,
                AllOf(HasSubstr("http://shoes.test/app"), HasSubstr("storewright store credentials shoes")));
}

TEST_F(CliTest, waiting_survives_a_restart_of_the_platform) {
    std::atomic<int> calls = 0;
    platform = [&](const auto&) {
        switch (calls++) {
            case 0: return problem(503, "unavailable", "starting");
            case 1: return http::ServerResponse{.status = 502, .body = "Bad Gateway"};
            case 2: return answer(200, store_in("Ready", 0));  // of the generation before
            default: return answer(200, store_in("Ready"));
        }
    };
    EXPECT_EQ(run_cli({"store", "wait", "shoes"}).code, ok);
    EXPECT_GE(calls, 4);
}

TEST_F(CliTest, waiting_ends_by_failure_deletion_absence_and_time) {
    platform = [](const auto&) {
        auto store = store_in("Failed");
        store["status"].as_object()["failure"] = json::object{
            {"reason", "ImagePullFailed"}, {"message", "The image x cannot be pulled"}, {"hint", "Load it."}};
        return answer(200, store);
    };
    const auto failed = run_cli({"store", "wait", "shoes"});
    EXPECT_EQ(failed.code, store_failed);
    EXPECT_THAT(failed.err, AllOf(HasSubstr("The image x cannot be pulled"), HasSubstr("Load it.")));

    platform = [](const auto&) {
        auto store = store_in("Deleting");
        store["deletionRequestedAt"] = "2026-01-01T00:00:00Z";
        return answer(200, store);
    };
    EXPECT_EQ(run_cli({"store", "wait", "shoes"}).code, conflict);
    platform = [](const auto&) { return problem(404, "not_found", "there is no store"); };
    EXPECT_EQ(run_cli({"store", "wait", "shoes"}).code, not_found);
    platform = [](const auto&) { return answer(200, store_in("Provisioning")); };
    const auto late = run_cli({"store", "wait", "shoes", "--timeout", "1"});
    EXPECT_EQ(late.code, timed_out);
    EXPECT_THAT(late.err, HasSubstr("it goes on by itself"));
}

TEST_F(CliTest, an_interrupt_ends_the_waiting_and_says_so) {
    std::atomic<int> calls = 0;
    platform = [&](const auto&) {
        // From the server's thread to the whole process, as Ctrl-C comes; the CLI's handler is in place by its first
        // request.
        if (calls++ == 1) kill(getpid(), SIGINT);
        return answer(200, store_in("Provisioning"));
    };
    const auto outcome = run_cli({"store", "wait", "shoes", "--timeout", "20"});
    EXPECT_EQ(outcome.code, interrupted);
    EXPECT_THAT(outcome.err, HasSubstr("the store goes on by itself"));
}

TEST_F(CliTest, deleting_asks_unless_told_and_twice_is_fine) {
    const auto unasked = run_cli({"store", "delete", "shoes"});
    EXPECT_EQ(unasked.code, usage) << "no terminal to ask at";
    EXPECT_THAT(unasked.err, HasSubstr("--yes"));

    const auto first = run_cli({"store", "delete", "shoes", "--yes"});
    EXPECT_EQ(first.code, ok);
    EXPECT_EQ(first.out, "store shoes is being deleted\n");

    platform = [](const auto&) {
        auto store = store_in("Deleting");
        store["deletionRequestedAt"] = "2026-01-01T00:00:00Z";
        return answer(200, store);
    };
    EXPECT_EQ(run_cli({"store", "delete", "shoes"}).out, "store shoes is already being deleted\n");

    platform = [](const auto&) { return problem(404, "not_found", "there is no store"); };
    const auto gone = run_cli({"store", "delete", "shoes", "--wait"});
    EXPECT_EQ(gone.code, ok);
    EXPECT_THAT(gone.out, HasSubstr("nothing to delete"));
}

TEST_F(CliTest, delete_wait_ends_when_nothing_is_left) {
    std::atomic<int> gets = 0;
    platform = [&](const http::ServerRequest& r) {
        if (r.method == "GET" && ++gets > 2) return problem(404, "not_found", "there is no store");
        return answer(200, store_in("Ready"));
    };
    const auto outcome = run_cli({"store", "delete", "shoes", "--yes", "--wait"});
    EXPECT_EQ(outcome.code, ok);
    EXPECT_EQ(outcome.out, "store shoes is gone\n");
}

}  // namespace
}  // namespace storewright::cli
