// SPDX-License-Identifier: Apache-2.0
#include "collect/ordered_work.h"

#include <atomic>
#include <vector>

#include "gtest/gtest.h"

namespace genba::collect {
namespace {

TEST(OrderedWork, ResultsArriveInOrderWithAnyNumberOfThreads) {
  for (const int jobs : {1, 2, 7}) {
    std::atomic<int> worked = 0;
    std::vector<int> taken;
    OrderedWork<int, int> work(
        [&](const int& task) {
          ++worked;
          return task * 2;
        },
        [&](int&& task, int&& done, std::vector<int>&) {
          EXPECT_EQ(done, task * 2);
          taken.push_back(task);
        });
    for (int i = 0; i < 1000; ++i) {
      work.add(i);
    }
    work.run(jobs);
    EXPECT_EQ(worked, 1000);
    ASSERT_EQ(taken.size(), 1000U);
    for (int i = 0; i < 1000; ++i) {
      EXPECT_EQ(taken[static_cast<size_t>(i)], i);
    }
  }
}

TEST(OrderedWork, TasksAddedWhileTakingAreDoneToo) {
  size_t taken = 0;
  OrderedWork<int, int> work([](const int& depth) { return depth; },
                             [&](int&&, int&& depth, std::vector<int>& more) {
                               ++taken;
                               if (depth < 6) {
                                 more.insert(more.end(), 3, depth + 1);
                               }
                             });
  work.add(0);
  work.run(4);
  EXPECT_EQ(taken, 1093U);  // 3^0 + … + 3^6
}

TEST(OrderedWork, NothingToDoReturnsAtOnce) {
  OrderedWork<int, int> work([](const int& task) { return task; },
                             [](int&&, int&&, std::vector<int>&) { FAIL(); });
  work.run(3);
}

}  // namespace
}  // namespace genba::collect
