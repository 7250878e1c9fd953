// SPDX-License-Identifier: Apache-2.0
#include "app/gather.h"

#include <algorithm>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <vector>

#include "collect/refusals.h"
#include "collect/side_by_side.h"

namespace genba::app {

namespace {

using collect::Collector;

bool provides(const Collector& collector, const model::TableInfo& table) {
  return std::find(collector.provides.begin(), collector.provides.end(), &table) !=
         collector.provides.end();
}

// The collectors whose tables are wanted, and those whose tables these need in turn.
std::vector<const Collector*> select(std::span<const Collector* const> collectors,
                                     collect::Wanted& wanted) {
  std::vector<const Collector*> selected;
  bool grew = true;
  while (grew) {
    grew = false;
    for (const Collector* collector : collectors) {
      const bool known = std::find(selected.begin(), selected.end(), collector) != selected.end();
      const bool asked =
          std::any_of(collector->provides.begin(), collector->provides.end(),
                      [&](const model::TableInfo* table) { return wanted.wants(*table); });
      if (known || !asked) {
        continue;
      }
      selected.push_back(collector);
      for (const model::TableInfo* table : collector->needs) {
        wanted.add(table->name, {});
      }
      grew = true;
    }
  }
  return selected;
}

enum class State : uint8_t { kWaiting, kRunning, kDone };

struct Node {
  const Collector* collector = nullptr;
  std::vector<size_t> after;
  State state = State::kWaiting;
  std::shared_ptr<void> kept;  ///< from collect to finish
};

class Scheduler {
 public:
  Scheduler(const host::Host& host, const collect::Wanted& wanted, const GatherOptions& options,
            model::Facts& facts)
      : host_(host), wanted_(wanted), options_(options), facts_(facts) {}

  void run(const std::vector<const Collector*>& selected) {
    for (const Collector* collector : selected) {
      nodes_.push_back(Node{collector, {}, State::kWaiting, nullptr});
    }
    for (Node& node : nodes_) {
      for (size_t i = 0; i < nodes_.size(); ++i) {
        const auto& needs = node.collector->needs;
        const bool feeds = std::any_of(
            needs.begin(), needs.end(),
            [&](const model::TableInfo* table) { return provides(*nodes_[i].collector, *table); });
        if (feeds && &nodes_[i] != &node) {
          node.after.push_back(i);
        }
      }
    }
    const int useful = static_cast<int>(nodes_.size());
    collect::run_side_by_side(std::min(options_.jobs, useful), [this] { work(); });
    finish();
  }

 private:
  void work() {
    std::unique_lock lock(mutex_);
    while (Node* node = next(lock)) {
      node->state = State::kRunning;
      model::Facts own;
      for (const model::TableInfo* table : node->collector->needs) {
        own.share(*table, facts_);
      }
      lock.unlock();
      collect::Context context = context_for(own, *node);
      if (options_.progress) {
        options_.progress(node->collector->name);
      }
      node->collector->collect(context);
      lock.lock();
      for (const model::TableInfo* table : node->collector->needs) {
        own.drop(*table);
      }
      facts_.merge(std::move(own));
      node->state = State::kDone;
      changed_.notify_all();
    }
  }

  // The next collector whose needs are met; waits for one; nullptr when all have been started.
  Node* next(std::unique_lock<std::mutex>& lock) {
    while (true) {
      bool waiting = false;
      bool running = false;
      for (Node& node : nodes_) {
        running = running || node.state == State::kRunning;
        if (node.state != State::kWaiting) {
          continue;
        }
        waiting = true;
        const bool ready = std::all_of(node.after.begin(), node.after.end(), [&](size_t before) {
          return nodes_[before].state == State::kDone;
        });
        if (ready) {
          return &node;
        }
      }
      if (!waiting) {
        return nullptr;
      }
      GENBA_CHECK(running);  // else the declarations form a circle
      changed_.wait(lock);
    }
  }

  void finish() {
    for (Node& node : nodes_) {
      if (node.collector->finish != nullptr) {
        collect::Context context = context_for(facts_, node);
        node.collector->finish(context);
      }
    }
  }

  collect::Context context_for(model::Facts& facts, Node& node) const {
    const auto least = std::chrono::steady_clock::now() + options_.least;
    return collect::Context{.host = host_,
                            .facts = facts,
                            .wanted = wanted_,
                            .depth = options_.depth,
                            .deadline = std::max(options_.deadline, least),
                            .jobs = options_.jobs,
                            .progress = options_.progress,
                            .state = &node.kept};
  }

  const host::Host& host_;
  const collect::Wanted& wanted_;
  const GatherOptions& options_;
  model::Facts& facts_;
  std::vector<Node> nodes_;
  std::mutex mutex_;
  std::condition_variable changed_;
};

}  // namespace

void gather(const host::Host& host, std::span<const collect::Collector* const> collectors,
            collect::Wanted wanted, const GatherOptions& options, model::Facts& facts) {
  const std::vector<const Collector*> selected = select(collectors, wanted);
  Scheduler(host, wanted, options, facts).run(selected);
  collect::explain_refusals(host.euid(), facts);
}

}  // namespace genba::app
