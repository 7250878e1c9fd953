// SPDX-License-Identifier: Apache-2.0
#include "act/contain/guard.h"

#include <net/if.h>
#include <time.h>

#include <algorithm>
#include <set>

#include "base/number.h"
#include "fmt/format.h"
#include "sys/channel.h"
#include "sys/file.h"
#include "sys/process.h"

namespace genba::act {

using base::ErrorCode;
using base::fail;
using base::Result;

namespace {

// What the kernel does by itself is not told: so it is also looked for.
constexpr int64_t kLookInterval = 5'000'000'000;
constexpr int64_t kMillisecond = 1'000'000;
// The kernel's timers end a little late; then they are asked again.
constexpr int64_t kEndSlack = 50 * kMillisecond;
constexpr int kNetfilter = 12;  // NETLINK_NETFILTER, linux/netlink.h

int64_t now() {
  return sys::clock_nanoseconds(CLOCK_MONOTONIC);
}

class Guard {
 public:
  explicit Guard(const GuardOrders& orders) : orders_(orders) {
    for (const GuardedNamespace& one : orders.namespaces) {
      namespaces_.push_back(one);
    }
  }

  void run() {
    for (GuardedNamespace& one : namespaces_) {
      look(one);
    }
    int64_t look_at = now() + kLookInterval;
    while (!timer_has_run_out()) {
      wait(look_at);
      if (now() >= look_at) {
        for (GuardedNamespace& one : namespaces_) {
          look(one);
        }
        look_at = now() + kLookInterval;
      }
    }
    for (GuardedNamespace& one : namespaces_) {
      remove_tables(one);
    }
    tell_journal();
  }

 private:
  std::optional<std::chrono::milliseconds> time_left() const {
    if (!orders_.deadline) {
      return std::nullopt;
    }
    return std::chrono::milliseconds(
        std::max<int64_t>((*orders_.deadline - now()) / kMillisecond, 0));
  }
  bool is_owner(const GuardedNamespace& one) const {
    return one.ruleset.ownership != sys::NftOwnership::kNone;
  }

  // Until something changes, or it is time to look or to end.
  void wait(int64_t look_at) {
    int64_t until = look_at;
    if (orders_.deadline) {
      // Past the deadline the kernel's timers are a little late, and asked again.
      const int64_t next = std::max(*orders_.deadline, now()) + kEndSlack;
      until = std::min(until, next);
    }
    std::vector<int> fds;
    for (const GuardedNamespace& one : namespaces_) {
      fds.push_back(one.contact->watch.fd());
      fds.push_back(one.contact->link_watch.get());
    }
    std::vector<bool> ready;
    const int64_t milliseconds = std::max<int64_t>((until - now()) / kMillisecond, 0) + 1;
    if (!sys::poll_readable(fds, static_cast<int>(milliseconds), ready).value_or(false)) {
      return;
    }
    for (size_t i = 0; i < namespaces_.size(); ++i) {
      if (ready[2 * i]) {
        take_changes(namespaces_[i]);
      }
      if (ready[2 * i + 1]) {
        sys::drain(namespaces_[i].contact->link_watch);
        hook_new_devices(namespaces_[i]);
      }
    }
  }

  void take_changes(GuardedNamespace& one) {
    bool touched = false;
    for (auto change = one.contact->watch.wait(0); change; change = one.contact->watch.wait(0)) {
      const bool ours =
          std::any_of(change->tables.begin(), change->tables.end(),
                      [](const sys::NftTableName& table) { return table.name == kContainTable; });
      touched = touched || change->lost || (ours && change->port != one.contact->tables.port());
    }
    if (touched && !is_owner(one)) {
      remake(one);
    }
  }

  // What nobody tells of: a table that went unseen, a device whose hook did not take.
  void look(GuardedNamespace& one) {
    const auto ours = read_our_tables(one.contact->tables);
    if (ours && !ours->inet && !is_owner(one)) {
      remake(one);
    }
    hook_new_devices(one);
  }

  // Everything anew in one batch, whatever is left of it, with the time that is left. A device that
  // went meanwhile must not keep the rest from being made.
  void remake(GuardedNamespace& one) {
    const auto left = time_left();
    if (!orders_.may_remake || (left && left->count() == 0)) {
      return;
    }
    Ruleset ruleset = one.ruleset;
    ruleset.timeout = left;
    const bool all = ruleset.scope == Ruleset::Scope::kOther;
    const auto devices = devices_to_hook(one.contact->rtnetlink, ruleset.devices, all);
    ruleset.devices = devices ? *devices : std::vector<HookedName>();
    if (one.contact->tables.commit(remake_ruleset(ruleset))) {
      one.ruleset.devices = ruleset.devices;
      return;
    }
    ruleset.hooks = DeviceHooks::kNone;
    if (one.contact->tables.commit(remake_ruleset(ruleset))) {
      one.ruleset.devices.clear();
    }
  }

  void hook_new_devices(GuardedNamespace& one) {
    const auto left = time_left();
    const auto links = sys::dump_links(one.contact->rtnetlink);
    if (!links || one.ruleset.hooks == DeviceHooks::kNone || (left && left->count() == 0)) {
      return;
    }
    auto& hooked = one.ruleset.devices;
    std::erase_if(hooked, [&](const HookedName& device) {
      return std::none_of(links->begin(), links->end(),
                          [&](const sys::Link& link) { return link.index == device.index; });
    });
    const bool all = one.ruleset.scope == Ruleset::Scope::kOther;
    for (const sys::Link& link : *links) {
      const bool known = std::any_of(hooked.begin(), hooked.end(), [&](const HookedName& device) {
        return device.index == link.index;
      });
      if (!known &&
          (all ? (link.flags & IFF_LOOPBACK) == 0 : is_way_out(link, one.contact->where.devices))) {
        hook(one, {link.index, link.name}, left);
      }
    }
  }

  static void hook(GuardedNamespace& one, const HookedName& device,
                   std::optional<std::chrono::milliseconds> left) {
    Ruleset ruleset = one.ruleset;
    ruleset.timeout = left;
    const auto ours = read_our_tables(one.contact->tables);
    const bool armed = ours && ours->inet && timer_of(*ours->inet).armed;
    if (armed &&
        one.contact->tables.commit(hook_device(ruleset, device, ours->netdev.has_value()))) {
      one.ruleset.devices.push_back(device);
    }
  }

  bool timer_has_run_out() {
    if (!orders_.deadline || now() < *orders_.deadline) {
      return false;
    }
    return std::none_of(namespaces_.begin(), namespaces_.end(), [](const GuardedNamespace& one) {
      const auto ours = read_our_tables(one.contact->tables);
      return ours && ((ours->inet && timer_of(*ours->inet).armed) ||
                      (ours->netdev && timer_of(*ours->netdev).armed));
    });
  }

  static void remove_tables(GuardedNamespace& one) {
    for (const sys::NftTableName& table : {contain_netdev(), contain_inet()}) {
      (void)one.contact->tables.commit(sys::NftBatch{}.delete_table(table));
    }
  }

  void tell_journal() const {
    const std::string& directory = orders_.journal_directory;
    tell_timer_end(directory, orders_.state.version, [&](const model::ActionLog& log) {
      const auto last = find_containment(log, directory);
      return last && last->id == orders_.state.id ? to_json(*last) : std::string();
    });
  }

  const GuardOrders& orders_;
  std::vector<GuardedNamespace> namespaces_;
};

// The inodes of netlink sockets to netfilter in our namespace: columns sk, Eth, Pid, …, Inode.
std::set<std::string> netfilter_sockets(const host::Host& host, std::optional<uint32_t> port) {
  constexpr size_t kColumns = 10;
  std::set<std::string> inodes;
  const auto file = host.read_file("/proc/self/net/netlink");
  std::string_view rest = file ? std::string_view(file->bytes) : std::string_view();
  while (!rest.empty()) {
    const size_t end = rest.find('\n');
    std::vector<std::string_view> words;
    for (std::string_view line = rest.substr(0, end); !line.empty();) {
      const size_t space = line.find(' ');
      if (space != 0) {
        words.push_back(line.substr(0, space));
      }
      line.remove_prefix(space == std::string_view::npos ? line.size() : space + 1);
    }
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    if (words.size() >= kColumns && base::parse_number<int>(words[1]) == kNetfilter &&
        (!port || base::parse_number<uint32_t>(words[2]) == port)) {
      inodes.insert(fmt::format("socket:[{}]", words[9]));
    }
  }
  return inodes;
}

bool holds_one_of(const host::Host& host, int64_t pid, const std::set<std::string>& sockets) {
  const std::string directory = fmt::format("/proc/{}/fd", pid);
  const auto entries = host.read_directory(directory);
  for (size_t i = 0; entries && i < entries->size(); ++i) {
    const auto target = host.read_link(directory + "/" + (*entries)[i].name);
    if (target && sockets.count(*target) > 0) {
      return true;
    }
  }
  return false;
}

}  // namespace

Result<ProcessKey> start_guard(const host::Host& host, const GuardOrders& orders) {
  std::vector<int> keep;
  for (const GuardedNamespace& one : orders.namespaces) {
    keep.insert(keep.end(), {one.contact->tables.fd(), one.contact->watch.fd(),
                             one.contact->rtnetlink.get(), one.contact->link_watch.get()});
  }
  return start_background(host, std::move(keep), [&](const std::function<void()>& ready) {
    ready();
    Guard(orders).run();
  });
}

bool guard_holds(const host::Host& host, const ProcessKey& key, uint32_t port) {
  return is_guard(host, key) && holds_one_of(host, key.pid, netfilter_sockets(host, port));
}

Result<ProcessKey> find_guard(const host::Host& host, std::optional<uint32_t> port) {
  const std::set<std::string> sockets = netfilter_sockets(host, port);
  GENBA_TRY(const Scan scan, scan_processes(host));
  for (const auto& [pid, process] : scan) {
    if (process.name == kGuardName && !process.zombie && holds_one_of(host, pid, sockets)) {
      return process.key;
    }
  }
  return fail(ErrorCode::kNotFound, "no guard was found");
}

}  // namespace genba::act
