#include "app/queue.hpp"

#include <gtest/gtest.h>

#include <thread>

namespace storewright::app {
namespace {

using namespace std::chrono_literals;
using domain::StoreKey;

const StoreKey a{"t", "a"}, b{"t", "b"};

TEST(Queue, a_key_is_there_at_most_once) {
    Queue queue;
    queue.add(a);
    queue.add(a);
    queue.add(b);
    EXPECT_EQ(queue.depth(), 2U);
    EXPECT_EQ(queue.get(), a);
    EXPECT_EQ(queue.get(), b);
    EXPECT_EQ(queue.depth(), 0U);
}

TEST(Queue, a_key_being_worked_on_waits_until_that_is_done) {
    Queue queue;
    queue.add(a);
    ASSERT_EQ(queue.get(), a);
    queue.add(a);
    queue.add(a);
    EXPECT_EQ(queue.depth(), 0U) << "nobody else may get it now";
    queue.done(a);
    EXPECT_EQ(queue.depth(), 1U);
    EXPECT_EQ(queue.get(), a);
    queue.done(a);
    EXPECT_EQ(queue.depth(), 0U);
}

TEST(Queue, idle_with_no_key_there_and_none_worked_on) {
    Queue queue;
    EXPECT_TRUE(queue.idle());
    queue.add(a);
    EXPECT_FALSE(queue.idle());
    ASSERT_EQ(queue.get(), a);
    EXPECT_FALSE(queue.idle());
    queue.done(a);
    queue.add_after(b, 1h);
    EXPECT_TRUE(queue.idle()) << "what comes later is no work now";
}

TEST(Queue, of_several_delays_the_soonest_counts) {
    Queue queue;
    queue.add_after(a, 1h);
    queue.add_after(a, 20ms);
    queue.add_after(a, 2h);
    const auto began = Queue::Clock::now();
    EXPECT_EQ(queue.get(), a);
    EXPECT_GE(Queue::Clock::now() - began, 15ms);
    EXPECT_LT(Queue::Clock::now() - began, 5s);
}

TEST(Queue, a_key_added_now_wakes_one_who_waits_for_a_later_one) {
    Queue queue;
    queue.add_after(a, 1h);
    std::jthread adder([&] {
        std::this_thread::sleep_for(20ms);
        queue.add(b);
    });
    EXPECT_EQ(queue.get(), b);
}

TEST(Queue, closing_ends_all_waiting) {
    Queue queue;
    std::jthread one([&] { EXPECT_FALSE(queue.get()); });
    std::jthread two([&] { EXPECT_FALSE(queue.get()); });
    queue.close();
    one.join();
    two.join();
    queue.add(a);
    EXPECT_FALSE(queue.get());
}

TEST(Queue, many_workers_never_share_a_key_and_miss_none) {
    Queue queue;
    std::atomic<int> handled = 0;
    std::array<std::atomic<int>, 8> holders{};
    std::vector<std::jthread> workers;
    for (int w = 0; w < 4; ++w)
        workers.emplace_back([&] {
            while (const auto key = queue.get()) {
                auto& holder = holders.at(static_cast<std::size_t>(std::stoi(key->name)));
                EXPECT_EQ(holder.fetch_add(1), 0);
                std::this_thread::yield();
                holder.fetch_sub(1);
                ++handled;
                queue.done(*key);
            }
        });
    for (int i = 0; i < 2000; ++i) queue.add({"t", std::to_string(i % 8)});
    for (const auto deadline = Queue::Clock::now() + 10s; queue.depth() > 0 && Queue::Clock::now() < deadline;)
        std::this_thread::yield();
    queue.close();
    workers.clear();
    EXPECT_GE(handled, 8);
}

}  // namespace
}  // namespace storewright::app
