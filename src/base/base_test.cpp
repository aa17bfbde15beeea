#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/backoff.hpp"
#include "base/digest.hpp"
#include "base/random.hpp"
#include "base/result.hpp"
#include "base/time.hpp"

namespace storewright {
namespace {

using namespace std::chrono_literals;

Result<int> positive(int x) {
    if (x < 0) return fail(ErrorCode::invalid_argument, "is negative", "x");
    return x;
}

Result<int> doubled(int x) {
    SW_TRY_ASSIGN(const int value, positive(x));
    SW_TRY(positive(value));
    return 2 * value;
}

TEST(Result, carries_values_and_errors_through_the_macros) {
    EXPECT_EQ(*doubled(4), 8);
    EXPECT_EQ(doubled(-1).error(), (Error{ErrorCode::invalid_argument, "is negative", "x"}));
}

TEST(Result, context_goes_before_the_message_and_keeps_code_and_field) {
    const Result<int> r = with_context("reading x", positive(-1).error());
    EXPECT_EQ(r.error(), (Error{ErrorCode::invalid_argument, "reading x: is negative", "x"}));
}

TEST(Time, formats_and_parses_both_precisions) {
    const auto t = *parse_time("2026-01-31T12:34:56.789Z");
    EXPECT_EQ(format_time(t), "2026-01-31T12:34:56Z");
    EXPECT_EQ(format_time_precise(t), "2026-01-31T12:34:56.789Z");
    EXPECT_EQ(*parse_time("2026-01-31T12:34:56.789012Z"), t);
    EXPECT_EQ(*parse_time(format_time(t)), t - 789ms);
}

TEST(Time, refuses_what_is_no_time) {
    for (const char* text : {"", "2026-01-31", "2026-02-30T00:00:00Z", "2026-01-31T25:00:00Z",
                             "2026-01-31T12:00:00+01:00", "2026-01-31T12:00:00.Z", "-026-01-31T12:00:00Z"})
        EXPECT_EQ(parse_time(text).error().code, ErrorCode::invalid_argument) << text;
}

TEST(Digest, is_stable_and_depends_on_every_byte) {
    EXPECT_EQ(digest_hex("store"), digest_hex("store"));
    EXPECT_NE(digest_hex("store"), digest_hex("storf"));
    EXPECT_EQ(digest_hex("").size(), 32U);
}

TEST(Backoff, doubles_up_to_its_bound_and_jitter_only_shortens) {
    const Backoff backoff{100ms, 1000ms};
    EXPECT_EQ(backoff.after(1), 100ms);
    EXPECT_EQ(backoff.after(3), 400ms);
    EXPECT_EQ(backoff.after(60), 1000ms);
    for (int i = 0; i < 100; ++i) {
        EXPECT_LE(backoff.jittered(4), 800ms);
        EXPECT_GE(backoff.jittered(4), 640ms);
    }
}

}  // namespace
}  // namespace storewright
