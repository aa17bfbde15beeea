#include "cli/output.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <yaml-cpp/yaml.h>

#include <boost/json.hpp>

#include "cli/exit_code.hpp"

namespace storewright::cli {
namespace {

namespace json = boost::json;

const std::vector<Column> columns{{"NAME", [](const json::object& o, TimePoint) { return cell_at(o, "name"); }},
                                  {"SIZE", [](const json::object& o, TimePoint) { return cell_at(o, "spec.size"); }},
                                  {"NOTE", [](const json::object& o, TimePoint) { return cell_at(o, "note"); }, true}};

const json::value items = json::parse(R"([{"name":"a","spec":{"size":"small"},"note":"x"},{"name":"größer"}])");

std::string printed(Format format) { return format_items(items, columns, format, TimePoint{}); }

TEST(Output, tables_are_aligned_by_characters) {
    EXPECT_EQ(printed(Format::table), "NAME     SIZE\na        small\ngrößer   -\n");
    EXPECT_EQ(printed(Format::wide), "NAME     SIZE    NOTE\na        small   x\ngrößer   -       -\n");
}

TEST(Output, names_stand_alone) { EXPECT_EQ(printed(Format::name), "a\ngrößer\n"); }

TEST(Output, json_is_valid_and_indented) {
    EXPECT_EQ(json::parse(printed(Format::json)), items);
    EXPECT_EQ(to_pretty_json(json::parse(R"({"a":{},"b":[1,"\n"]})")),
              "{\n  \"a\": {},\n  \"b\": [\n    1,\n    \"\\n\"\n  ]\n}\n");
}

/// kubectl and every YAML 1.1 reader take an unquoted true for a truth value: texts have to come back as texts.
TEST(Output, yaml_keeps_texts_texts) {
    for (const char* text : {"true", "False", "yes",   "NO",   "off",  "null", "~",        "",
                             "12",   "-1",    "1.5",   "1e3",  "0x1F", "0o7",  "12:30:00", "2026-01-31T12:00:00Z",
                             ".5",   "+1",    "1_000", ".inf", "-",    "- a",  "a: b",     "#x",
                             "'",    "\"",    "a\nb",  "{}",   "*x",   "&x",   "!x",       "%x",
                             "@x",   "=",     "<<"}) {
        const auto yaml = to_yaml(json::object{{"value", text}});
        const YAML::Node back = YAML::Load(yaml)["value"];
        EXPECT_EQ(back.Scalar(), text) << yaml;
        const bool plain = back.Tag() == "?";
        EXPECT_TRUE(!plain || std::string_view(text) == "-") << text << " stands without quotes: " << yaml;
    }
}

TEST(Output, yaml_leaves_the_harmless_plain) {
    EXPECT_EQ(to_yaml(json::parse(R"({"a":"shoes","n":7,"t":true,"z":null,"v":"0.1.0-rc","l":[],"o":{}})")),
              "a: shoes\nn: 7\nt: true\nz: ~\nv: 0.1.0-rc\nl:\n  []\no:\n  {}\n");
}

TEST(Output, control_characters_do_not_reach_the_terminal) {
    EXPECT_EQ(cell_at(json::object{{"m", "a\x1b[31m\nb\x7f"}}, "m"), "a [31m b ");
    EXPECT_EQ(cell_at(json::object{{"m", json::array{"a\n", "b"}}}, "m"), "a ,b");
}

TEST(Output, what_is_too_long_is_cut_between_characters) {
    EXPECT_EQ(shortened("short", 10), "short");
    EXPECT_EQ(shortened("0123456789", 8), "01234...");
    EXPECT_EQ(shortened("ääääääääää", 8), "äääää...");
    EXPECT_EQ(shortened("abcdef", 2), "");
}

TEST(Output, ages_are_short) {
    const TimePoint t{};
    using namespace std::chrono_literals;
    EXPECT_EQ(age(t, t + 119s), "119s");
    EXPECT_EQ(age(t, t + 120s), "2m");
    EXPECT_EQ(age(t, t + 3h), "3h");
    EXPECT_EQ(age(t, t + 50h), "2d");
    EXPECT_EQ(age(t + 5s, t), "0s") << "clocks differ";
}

TEST(ExitCodes, are_those_of_the_documentation) {
    const std::pair<ErrorCode, int> table[] = {{ErrorCode::internal, 1},   {ErrorCode::invalid_argument, 2},
                                               {ErrorCode::not_found, 3},  {ErrorCode::conflict, 4},
                                               {ErrorCode::forbidden, 5},  {ErrorCode::unauthenticated, 5},
                                               {ErrorCode::unavailable, 6}};
    for (const auto& [code, exit] : table) EXPECT_EQ(exit_code_of(code), exit) << to_string(code);
}

}  // namespace
}  // namespace storewright::cli
