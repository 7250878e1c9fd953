// SPDX-License-Identifier: Apache-2.0
//
// The process tree as a table indented by depth. Kernel threads are counted, not shown. On a host
// with many processes those that findings name come first, then their ancestors and children, then
// the others until the table is full.
#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "fmt/format.h"
#include "model/tables/processes.h"
#include "model/tables/users.h"
#include "render/html_parts.h"

namespace genba::render {

namespace {

using model::Process;

constexpr size_t kBudget = 700'000;
constexpr size_t kMaxShown = 400;
constexpr size_t kMaxAncestors = 32;
constexpr size_t kMaxChildren = 10;
constexpr size_t kMaxDepth = 16;  // deeper ones are not indented further
constexpr size_t kNameBytes = 120;

// One line of the table.
struct Branch {
  size_t index = 0;
  size_t depth = 0;
  size_t hidden_children = 0;
};

class Tree {
 public:
  Tree(const std::vector<Process>& processes, const Marks& marks)
      : processes_(processes), marks_(marks) {
    for (size_t i = 0; i < processes.size(); ++i) {
      if (processes[i].kernel_thread && marks.pids.count(processes[i].pid) == 0) {
        ++kernel_threads_;
        continue;
      }
      by_pid_.emplace(processes[i].pid, i);
      nodes_.push_back(i);
    }
    for (const size_t i : nodes_) {
      children_[processes[i].parent].push_back(i);
    }
    choose();
  }

  size_t kernel_threads() const { return kernel_threads_; }
  size_t size() const { return nodes_.size(); }

  // Depth first; a process whose parents form a circle, or are not there, is a root.
  std::vector<Branch> branches() {
    std::vector<Branch> out;
    for (const size_t i : nodes_) {
      const Process& process = processes_[i];
      if (process.parent == process.pid || by_pid_.count(process.parent) == 0) {
        walk(i, out);
      }
    }
    for (const size_t i : nodes_) {
      walk(i, out);
    }
    return out;
  }

 private:
  void show(size_t index) {
    if (shown_.size() < kMaxShown) {
      shown_.insert(index);
    }
  }

  void choose() {
    if (nodes_.size() <= kMaxShown) {
      shown_.insert(nodes_.begin(), nodes_.end());
      return;
    }
    std::vector<size_t> marked;
    for (const size_t i : nodes_) {
      if (marks_.pids.count(processes_[i].pid) > 0) {
        marked.push_back(i);
      }
    }
    std::stable_sort(marked.begin(), marked.end(), [this](size_t a, size_t b) {
      return marks_.pids.at(processes_[a].pid) > marks_.pids.at(processes_[b].pid);
    });
    marked.resize(std::min(marked.size(), kMaxShown / 2));
    std::for_each(marked.begin(), marked.end(), [this](size_t i) { show(i); });
    for (const size_t i : marked) {
      show_family(i);
    }
    for (const size_t i : nodes_) {
      show(i);
    }
  }

  void show_family(size_t index) {
    auto parent = by_pid_.find(processes_[index].parent);
    for (size_t i = 0; i < kMaxAncestors && parent != by_pid_.end(); ++i) {
      show(parent->second);
      parent = by_pid_.find(processes_[parent->second].parent);
    }
    const auto children = children_.find(processes_[index].pid);
    if (children == children_.end()) {
      return;
    }
    for (size_t i = 0; i < children->second.size() && i < kMaxChildren; ++i) {
      show(children->second[i]);
    }
  }

  void walk(size_t root, std::vector<Branch>& out) {
    std::vector<std::pair<size_t, size_t>> stack = {{root, 0}};
    while (!stack.empty()) {
      const auto [index, depth] = stack.back();
      stack.pop_back();
      if (!visited_.insert(index).second) {
        continue;
      }
      const bool shown = shown_.count(index) > 0;
      Branch branch{index, std::min(depth, kMaxDepth), 0};
      const auto children = children_.find(processes_[index].pid);
      if (children != children_.end()) {
        const auto& all = children->second;
        branch.hidden_children = static_cast<size_t>(std::count_if(
            all.begin(), all.end(), [this](size_t child) { return shown_.count(child) == 0; }));
        for (auto child = all.rbegin(); child != all.rend(); ++child) {
          stack.emplace_back(*child, shown ? depth + 1 : depth);
        }
      }
      if (shown) {
        out.push_back(branch);
      }
    }
  }

  const std::vector<Process>& processes_;
  const Marks& marks_;
  size_t kernel_threads_ = 0;
  std::vector<size_t> nodes_;
  std::unordered_map<int64_t, size_t> by_pid_;
  std::unordered_map<int64_t, std::vector<size_t>> children_;
  std::unordered_set<size_t> shown_;
  std::unordered_set<size_t> visited_;
};

std::string user_name(const std::unordered_map<int64_t, std::string>& users, int64_t uid) {
  const auto found = users.find(uid);
  return found == users.end() ? fmt::format("{}", uid) : found->second;
}

// The program's path and, when it calls itself otherwise, that name.
std::string program(const Process& process) {
  if (!process.path) {
    return fmt::format("[{}]", process.name);
  }
  const size_t slash = process.path->rfind('/');
  const std::string_view file = slash == std::string::npos
                                    ? std::string_view(*process.path)
                                    : std::string_view(*process.path).substr(slash + 1);
  // comm holds 15 bytes (TASK_COMM_LEN of the kernel, less its NUL).
  const bool same = process.name == file.substr(0, 15);
  return same ? *process.path : fmt::format("{} ({})", *process.path, process.name);
}

void fill_row(const Page& page, const Process& process, const Branch& branch,
              const std::string& user, Row& row) {
  std::string name = cut(program(process), kNameBytes);
  if (branch.hidden_children > 0) {
    name = page.say(Word::kRemark,
                    {name, page.say(Word::kMoreChildren, {with_commas(branch.hidden_children)})});
  }
  row.number(process.pid).branch(branch.depth, name).words(cut(user, kNameBytes));
  if (process.cpu_percent) {
    row.figure(fmt::format("{:.1f} %", *process.cpu_percent));
  } else {
    row.absent();
  }
  row.time(process.start_time);
  if (process.cmdline) {
    row.code(cut(*process.cmdline, kNameBytes));
  } else {
    row.absent();
  }
}

}  // namespace

void write_processes(Page& page, const Report& report, const Marks& marks) {
  page.open_section("processes", Word::kProcessTree, kBudget);
  if (!report.facts->has(model::TableOf<Process>::info())) {
    page.note(page.say(Word::kNotReadHere));
    page.close_section();
    return;
  }
  const auto& processes = report.facts->read<Process>();
  std::unordered_map<int64_t, std::string> users;
  for (const auto& user : report.facts->read<model::User>()) {
    users.emplace(user.uid, user.username);
  }
  Tree tree(processes, marks);
  const std::vector<Branch> branches = tree.branches();
  page.note(page.say(Word::kProcessTreeMeans));
  TableView view;
  view.caption = Word::kProcesses;
  view.headers = {Word::kPid, Word::kProgram, Word::kUser,
                  Word::kCpu, Word::kStarted, Word::kCommandLine};
  view.total = tree.size();
  view.rows = branches.size();
  view.mark = [&](size_t i) -> std::optional<model::Severity> {
    const auto found = marks.pids.find(processes[branches[i].index].pid);
    return found == marks.pids.end() ? std::nullopt : std::optional(found->second);
  };
  view.fill = [&](size_t i, Row& row) {
    const Process& process = processes[branches[i].index];
    fill_row(page, process, branches[i], user_name(users, process.uid), row);
  };
  page.table(view);
  if (tree.kernel_threads() > 0) {
    page.note(page.say(Word::kKernelThreads, {with_commas(tree.kernel_threads())}));
  }
  page.close_section();
}

std::string process_label(const Report& report, const std::optional<int64_t>& pid,
                          model::Language language) {
  if (!pid) {
    return std::string(word(Word::kNobodyHolds, language));
  }
  for (const auto& process : report.facts->read<Process>()) {
    if (process.pid == *pid) {
      return fmt::format("{} {}", *pid, process.path.value_or(process.name));
    }
  }
  return fmt::format("{}", *pid);
}

}  // namespace genba::render
