// SPDX-License-Identifier: Apache-2.0
#include "act/freeze/family.h"

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

#include "act/freeze/family_index.h"
#include "act/freeze/family_rules.h"
#include "act/freeze/telling_script.h"
#include "base/interpreters.h"
#include "fmt/format.h"

namespace genba::act {

using base::ErrorCode;
using base::fail;
using base::Result;
using model::Process;

namespace {

constexpr size_t kMostTies = 8;      // told of one member
constexpr size_t kMostClasses = 64;  // members of a channel that differ in their descriptors

enum class Voucher : uint8_t { kIgnored, kKeepsOut };

class Search {
 public:
  Search(const model::Facts& facts, const FamilyOptions& options)
      : options_(options), index_(facts), spared_(options.spared) {}

  Result<Family> run(int64_t pid, base::Timestamp start_time);

 private:
  Result<void> begin(int64_t pid, base::Timestamp start_time);
  void follow_ties();
  Family finish();
  void offer(int64_t pid, FamilyTie tie, Voucher voucher);
  void leave_out(const Process& process, FamilyTie tie, std::string why);

  void tie_descendants(const Process& member);
  void tie_executables(const Process& member);
  void tie_commands(const Process& member);
  void tie_launcher(const Process& member);
  void tie_tracers(const Process& member);
  void tie_channels();
  void tie_ends(const Channel& left, const Channel& right);
  void tie_cgroups();
  void tie_cgroup(std::string_view path, const std::vector<const Process*>& inside);

  bool is_vouched(const Process& process) const {
    return options_.is_vouched ? options_.is_vouched(process)
                               : is_vouched_by_place(process) && index_.may_be_packaged(process) &&
                                     !is_doubted(process);
  }
  bool is_doubted(const Process& process) const {
    return doubted_ && process.exe_inode == doubted_->exe_inode &&
           process.exe_device == doubted_->exe_device;
  }
  bool is_run_by_the_family_only(const Process& root) const;
  bool is_own_file(const Process& process) const;
  bool runs_the_same(const Process& left, const Process& right) const;
  bool is_member(int64_t pid) const { return members_.contains(pid); }
  bool is_from_outside(const Channel& channel, int64_t member) const;
  bool is_injected_everywhere(const Channel& channel) const;
  std::vector<int64_t> speakers(const Channel& left, const Channel& right) const;

  const FamilyOptions& options_;
  FamilyIndex index_;
  std::map<int64_t, std::string> spared_;
  std::map<int64_t, FamilyMember> members_;
  std::map<int64_t, LeftOut> left_out_;
  std::set<std::pair<int64_t, int64_t>> followed_files_;  // device, inode
  std::set<std::tuple<std::string_view, int64_t, int64_t>> followed_commands_;
  const Process* doubted_ = nullptr;  // the named one, when only its place vouches for its file
  std::vector<int64_t> unread_;       // members whose own ties have not been followed yet
};

void Search::leave_out(const Process& process, FamilyTie tie, std::string why) {
  left_out_.try_emplace(process.pid,
                        LeftOut{process.pid, process.start_time, std::move(tie), std::move(why)});
}

void Search::offer(int64_t pid, FamilyTie tie, Voucher voucher) {
  const Process* process = index_.find(pid);
  if (process == nullptr || (pid == tie.through && tie.tie != Tie::kNamed)) {
    return;
  }
  if (const auto member = members_.find(pid); member != members_.end()) {
    auto& ties = member->second.ties;
    const bool told = std::any_of(ties.begin(), ties.end(),
                                  [&](const FamilyTie& known) { return known.tie == tie.tie; });
    // Of each kind one is enough, and the named one needs no reason.
    if (!told && ties.size() < kMostTies && ties.front().tie != Tie::kNamed) {
      ties.push_back(std::move(tie));
    }
    return;
  }
  if (const auto spared = spared_.find(pid); spared != spared_.end()) {
    leave_out(*process, std::move(tie), spared->second);
  } else if (process->kernel_thread) {
    leave_out(*process, std::move(tie), "a thread of the kernel");
  } else if (voucher == Voucher::kKeepsOut && is_vouched(*process)) {
    const std::string path = process->path.value_or("?");
    leave_out(*process, std::move(tie),
              options_.is_vouched || index_.knows_packages(*process)
                  ? fmt::format("runs {}, a program of the system", path)
                  : fmt::format("runs {}, which lies where programs of the system lie; packages "
                                "are not known here",
                                path));
  } else {
    members_[pid] = FamilyMember{pid, process->start_time, {std::move(tie)}};
    left_out_.erase(pid);
    unread_.push_back(pid);
  }
}

void Search::tie_descendants(const Process& member) {
  for (const Process* child : index_.children(member.pid)) {
    offer(child->pid, {Tie::kDescendant, member.pid, ""}, Voucher::kIgnored);
  }
}

// A file of which every process belongs: nothing vouches for it, and it is not one that runs what
// it is told to, unless it lies where no interpreter is installed.
bool Search::is_own_file(const Process& process) const {
  return process.path && process.exe_inode && !is_vouched(process) &&
         (!base::runs_scripts(*process.path) || runs_from_telling_place(process));
}

bool Search::runs_the_same(const Process& left, const Process& right) const {
  if (left.exe_inode && left.exe_inode == right.exe_inode && left.exe_device == right.exe_device) {
    return true;
  }
  const std::string_view hash = index_.hash(left.pid);
  return !hash.empty() && hash == index_.hash(right.pid) && left.path == right.path &&
         (left.deleted.value_or(false) || right.deleted.value_or(false));
}

void Search::tie_executables(const Process& member) {
  // Another process of the same file would find the same ones.
  if (!is_own_file(member) ||
      !followed_files_.emplace(member.exe_device.value_or(0), *member.exe_inode).second) {
    return;
  }
  for (const auto& [pid, process] : index_.processes()) {
    if (runs_the_same(member, *process)) {
      offer(pid, {Tie::kExecutable, member.pid, *member.path}, Voucher::kKeepsOut);
    }
  }
}

void Search::tie_commands(const Process& member) {
  if (!member.path || !member.cmdline || !member.exe_inode ||
      (telling_script(*member.path, *member.cmdline).empty() && !pretends(member)) ||
      !followed_commands_.emplace(*member.cmdline, member.uid, *member.exe_inode).second) {
    return;
  }
  for (const auto& [pid, process] : index_.processes()) {
    if (process->cmdline == member.cmdline && process->uid == member.uid &&
        process->exe_inode == member.exe_inode && process->exe_device == member.exe_device) {
      offer(pid, {Tie::kCommand, member.pid, *member.cmdline}, Voucher::kIgnored);
    }
  }
}

void Search::tie_launcher(const Process& member) {
  const Process* parent = index_.find(member.parent);
  if (parent == nullptr || !parent->path) {
    return;
  }
  if (runs_from_telling_place(*parent)) {
    offer(parent->pid, {Tie::kLauncher, member.pid, *parent->path}, Voucher::kKeepsOut);
  } else if (parent->cmdline) {
    if (std::string script = telling_script(*parent->path, *parent->cmdline); !script.empty()) {
      offer(parent->pid, {Tie::kLauncher, member.pid, std::move(script)}, Voucher::kIgnored);
    }
  }
}

void Search::tie_tracers(const Process& member) {
  if (member.tracer_pid) {
    offer(*member.tracer_pid, {Tie::kTracer, member.pid, "traces it"}, Voucher::kKeepsOut);
  }
  for (const Process* traced : index_.traced_by(member.pid)) {
    offer(traced->pid, {Tie::kTracer, member.pid, "is traced by it"}, Voucher::kKeepsOut);
  }
}

// Held also by one that started the member and is none itself: it was inherited from there, and
// others who hold it are that one's.
bool Search::is_from_outside(const Channel& channel, int64_t member) const {
  const std::vector<int64_t> above = index_.ancestors(member);
  return std::any_of(above.begin(), above.end(),
                     [&](int64_t pid) { return !is_member(pid) && channel.holders.contains(pid); });
}

// A library that is preloaded into everything ties everything: then it says nothing.
bool Search::is_injected_everywhere(const Channel& channel) const {
  return std::any_of(channel.holders.begin(), channel.holders.end(), [&](const auto& holder) {
    return is_vouched(*index_.processes().at(holder.first));
  });
}

// The members that hold `left` as their own, one for each set of descriptors.
std::vector<int64_t> Search::speakers(const Channel& left, const Channel& right) const {
  std::vector<int64_t> pids;
  std::set<std::set<int64_t>> known;
  for (const auto& [pid, fds] : left.holders) {
    if (known.size() < kMostClasses && is_member(pid) && !known.contains(fds) &&
        !is_from_outside(left, pid) && !is_from_outside(right, pid)) {
      known.insert(fds);
      pids.push_back(pid);
    }
  }
  return pids;
}

// Both ends: `left` and `right` are the same for a pipe, two for a pair of sockets.
void Search::tie_ends(const Channel& left, const Channel& right) {
  const std::vector<int64_t> members = speakers(left, right);
  for (const auto& [other, theirs] : right.holders) {
    const Process* process = index_.find(other);
    if (members.empty() || process == nullptr || is_member(other)) {
      continue;
    }
    for (const int64_t member : members) {
      // One socket, two holders: the younger one has it from the older one, or both from a third.
      const bool handed_down = &left == &right && left.tie == Tie::kSocket &&
                               process->start_time < index_.processes().at(member)->start_time &&
                               !runs_from_telling_place(*process);
      // Of a pair without names one process made both ends; to a name anybody may connect.
      const bool serves =
          &left != &right && (left.serves || right.serves) && !runs_from_telling_place(*process);
      if (handed_down) {
        leave_out(*process, {left.tie, member, left.name},
                  "is older, and may only have passed the socket on");
      } else if (serves) {
        leave_out(*process, {left.tie, member, left.name},
                  "is connected to it by a socket with a name, as a service and its clients are");
      } else if (left.tie != Tie::kPipe || is_private_channel(left.holders.at(member), theirs)) {
        offer(other, {left.tie, member, left.name}, Voucher::kKeepsOut);
      }
    }
  }
}

void Search::tie_channels() {
  for (const auto& [name, channel] : index_.channels()) {
    if (channel.holders.size() > 1 &&
        (channel.tie != Tie::kSharedCode || !is_injected_everywhere(channel))) {
      tie_ends(channel, channel);
    }
  }
  for (const auto& [one, other] : options_.socket_peers) {
    const Channel* left = index_.socket(one);
    const Channel* right = index_.socket(other);
    if (left != nullptr && right != nullptr) {
      tie_ends(*left, *right);
      tie_ends(*right, *left);
    }
  }
}

// A unit or container whose first process is a member was started for the family: cron.service's
// first is cron, a session's its sshd. A service that was restarted is younger than what it left
// behind in its group (KillMode=process), so a leader of a session that the system vouches for and
// that no member started stays out.
void Search::tie_cgroup(std::string_view path, const std::vector<const Process*>& inside) {
  const Process* first = *std::min_element(
      inside.begin(), inside.end(),
      [](const auto* left, const auto* right) { return left->start_time < right->start_time; });
  for (const Process* process : inside) {
    if (spared_.contains(process->pid) ||
        (process->start_time == first->start_time && !is_member(process->pid))) {
      return;
    }
  }
  for (const Process* process : inside) {
    const bool leads = process->session == process->pid && !is_member(process->parent);
    offer(process->pid, {Tie::kCgroup, first->pid, std::string(path)},
          leads ? Voucher::kKeepsOut : Voucher::kIgnored);
  }
}

void Search::tie_cgroups() {
  for (const auto& [path, inside] : index_.cgroups()) {
    tie_cgroup(path, inside);
  }
}

// No daemon that is known, nothing that runs what it is told to, and no tool that others run too:
// each process of the file is of one user, and was started by another one of it, or by none that is
// left.
bool Search::is_run_by_the_family_only(const Process& root) const {
  if (!root.path || !root.exe_inode || base::runs_scripts(*root.path) ||
      is_known_daemon(*root.path)) {
    return false;
  }
  const auto is_same = [&](const Process& process) {
    return process.exe_inode == root.exe_inode && process.exe_device == root.exe_device;
  };
  return std::all_of(index_.processes().begin(), index_.processes().end(), [&](const auto& each) {
    const Process& process = *each.second;
    const Process* parent = index_.find(process.parent);
    return !is_same(process) || process.pid == root.pid ||
           (process.uid == root.uid && !spared_.contains(process.pid) &&
            (process.parent <= 1 || (parent != nullptr && is_same(*parent))));
  });
}

Result<void> Search::begin(int64_t pid, base::Timestamp start_time) {
  spared_.emplace(1, "PID 1, without which the machine stops");
  for (const int64_t ours : options_.session) {
    spared_.emplace(ours, "part of this very session");
    for (const int64_t ancestor : index_.ancestors(ours)) {
      spared_.emplace(ancestor, "an ancestor of this very session");
    }
  }
  if (const auto spared = spared_.find(pid); spared != spared_.end()) {
    return fail(ErrorCode::kInvalid,
                fmt::format("process {} must not be touched: it is {}", pid, spared->second));
  }
  const Process* root = index_.find(pid);
  if (root == nullptr || root->start_time != start_time) {
    return fail(ErrorCode::kGone, fmt::format("process {} of that start is not there", pid));
  }
  if (root->kernel_thread) {
    return fail(ErrorCode::kInvalid,
                fmt::format("process {} must not be touched: it is a thread of the kernel", pid));
  }
  if (!index_.knows_packages(*root) && is_run_by_the_family_only(*root)) {
    doubted_ = root;
  }
  offer(pid, {Tie::kNamed, pid, ""}, Voucher::kIgnored);
  return {};
}

void Search::follow_ties() {
  while (!unread_.empty()) {
    const std::vector<int64_t> now = std::exchange(unread_, {});
    for (const int64_t pid : now) {
      const Process& member = *index_.find(pid);
      tie_descendants(member);
      tie_executables(member);
      tie_commands(member);
      tie_launcher(member);
      tie_tracers(member);
    }
    // What is shared is looked at when nobody can be found by himself any more.
    if (unread_.empty()) {
      tie_channels();
      tie_cgroups();
    }
  }
}

Family Search::finish() {
  Family family;
  for (auto& [pid, member] : members_) {
    if (is_own_file(*index_.find(pid))) {
      family.executable_pids.push_back(pid);
    }
    family.members.push_back(std::move(member));
  }
  for (auto& [pid, left] : left_out_) {
    family.left_out.push_back(std::move(left));
  }
  return family;
}

Result<Family> Search::run(int64_t pid, base::Timestamp start_time) {
  GENBA_TRY_VOID(begin(pid, start_time));
  follow_ties();
  return finish();
}

}  // namespace

std::string_view to_string(Tie tie) {
  switch (tie) {
    case Tie::kNamed: return "named";
    case Tie::kDescendant: return "descendant";
    case Tie::kExecutable: return "executable";
    case Tie::kCommand: return "command";
    case Tie::kLauncher: return "launcher";
    case Tie::kCgroup: return "cgroup";
    case Tie::kPipe: return "pipe";
    case Tie::kSocket: return "socket";
    case Tie::kSharedFile: return "shared_file";
    case Tie::kSharedCode: return "shared_code";
    case Tie::kTracer: return "tracer";
  }
  return "named";
}

Result<Family> find_family(const model::Facts& facts, int64_t pid, base::Timestamp start_time,
                           const FamilyOptions& options) {
  if (!facts.has(model::tables::processes())) {
    return fail(ErrorCode::kUnsupported, "the table of processes was not read");
  }
  return Search(facts, options).run(pid, start_time);
}

}  // namespace genba::act
