// SPDX-License-Identifier: Apache-2.0
#include "act/contain/gather.h"

#include <algorithm>
#include <map>
#include <set>

#include "act/words.h"
#include "base/number.h"
#include "base/split.h"
#include "fmt/format.h"
#include "model/tables/login_attempts.h"
#include "model/tables/logins.h"
#include "parse/proc_link/proc_link.h"
#include "parse/process_stat/process_stat.h"
#include "parse/process_status/process_status.h"
#include "parse/resolv_conf/resolv_conf.h"

namespace genba::act {

using base::Result;

namespace {

// Failures from which on an address is told, and those, over so many accounts, that no person
// makes by mistake.
constexpr int64_t kNotableAttempts = 5;
constexpr int64_t kGuessingAttempts = 20;
constexpr int64_t kGuessedAccounts = 3;

constexpr uint32_t kNoLoginuid = 0xFFFFFFFF;  // linux/audit.h AUDIT_UID_UNSET

std::string proc(int64_t pid, std::string_view file) {
  return fmt::format("/proc/{}/{}", pid, file);
}

std::optional<int64_t> namespace_of(const host::Host& host, int64_t pid, std::string_view kind) {
  const auto text = host.read_link(proc(pid, fmt::format("ns/{}", kind)));
  const auto inode = text ? parse::parse_proc_link(*text).inode : std::nullopt;
  return inode ? std::optional(static_cast<int64_t>(*inode)) : std::nullopt;
}

int64_t integer_in(const model::Value& cell) {
  const auto* number = std::get_if<int64_t>(&cell);
  return number == nullptr ? 0 : *number;
}

std::string_view text_in(const model::Value& cell) {
  const auto* text = std::get_if<std::string_view>(&cell);
  return text == nullptr ? std::string_view() : *text;
}

model::Text unreadable(const model::Text& what, const base::Error& error) {
  return words("{} could not be read: {}", "{}を読み取れません：{}", what, error.what);
}

template <class Rows>
void keep(Result<Rows> read, Rows& rows, const model::Text& what, Found& found) {
  if (read) {
    rows = *std::move(read);
  } else {
    found.unread.push_back(unreadable(what, read.error()));
  }
}

void read_way(const sys::Fd& rtnetlink, Found& found) {
  const SessionCandidate* session = found.responder.session();
  if (session == nullptr || session->loopback) {
    return;
  }
  if (session->net_namespace != found.self.net_namespace) {
    found.unread.push_back(
        words("your session lives in another network namespace, whose routes were not read",
              "あなたのセッションは別のネットワーク名前空間にあり、その経路は読んでいません"));
    return;
  }
  int index = 0;
  for (const sys::LinkAddress& address : found.addresses) {
    if (address.address == session->local &&
        base::scope_of(session->local) == base::AddressScope::kLinkLocal) {
      index = address.index;
    }
  }
  auto way = sys::route_to(rtnetlink, session->remote, session->local, index);
  if (way) {
    found.way = *std::move(way);
  } else {
    found.unread.push_back(
        unreadable(words("the way to your address", "あなたのアドレスへの経路"), way.error()));
  }
}

void read_wireguards(Found& found) {
  for (const sys::Link& link : found.links) {
    if (link.kind != "wireguard") {
      continue;
    }
    auto device = sys::read_wireguard(link.index);
    if (device) {
      found.wireguards.push_back({link.index, *std::move(device)});
    } else {
      found.unread.push_back(
          unreadable(words("peers of {}", "{} の対向", link.name), device.error()));
    }
  }
}

void read_network(Found& found) {
  const auto rtnetlink = sys::open_rtnetlink();
  if (!rtnetlink) {
    found.unread.push_back(unreadable(words("the network", "ネットワーク"), rtnetlink.error()));
    return;
  }
  keep(sys::dump_links(*rtnetlink), found.links, words("network devices", "ネットワークデバイス"),
       found);
  keep(sys::dump_addresses(*rtnetlink), found.addresses, words("addresses", "アドレス"), found);
  keep(sys::dump_routes(*rtnetlink), found.routes, words("routes", "経路"), found);
  read_way(*rtnetlink, found);
  read_wireguards(found);
}

// "net:[4026532208]", the root of a mounted namespace (ip-netns(8)).
std::optional<int64_t> mounted_network(const model::Mount& mount) {
  if (mount.type != "nsfs" || !mount.root.starts_with("net:[")) {
    return std::nullopt;
  }
  const auto inode = parse::parse_proc_link(mount.root).inode;
  return inode ? std::optional(static_cast<int64_t>(*inode)) : std::nullopt;
}

void find_namespaces(Found& found) {
  std::map<int64_t, OtherNamespace> others;
  for (const model::Process& process : found.processes) {
    if (process.net_namespace && *process.net_namespace != found.self.net_namespace) {
      OtherNamespace& other = others[*process.net_namespace];
      other.inode = *process.net_namespace;
      other.pid = other.processes++ == 0 ? process.pid : other.pid;
    }
  }
  for (const model::Mount& mount : found.mounts) {
    const auto inode = mounted_network(mount);
    const bool ours = found.mnt_namespace == 0 || mount.mnt_namespace == found.mnt_namespace;
    if (inode && ours && *inode != found.self.net_namespace) {
      OtherNamespace& other = others[*inode];
      other.inode = *inode;
      other.path = mount.path;
    }
  }
  for (auto& [inode, other] : others) {
    found.namespaces.push_back(std::move(other));
  }
}

// A directory of devices: there is one when it lists a name.
std::optional<bool> has_entries(const host::Host& host, std::string_view path) {
  const auto entries = host.read_directory(path);
  if (entries) {
    return !entries->empty();
  }
  return entries.error().code == base::ErrorCode::kNotFound ? std::optional(false) : std::nullopt;
}

std::optional<bool> is_there(const host::Host& host, std::string_view path) {
  const auto status = host.lstat(path);
  if (status) {
    return true;
  }
  return status.error().code == base::ErrorCode::kNotFound ? std::optional(false) : std::nullopt;
}

void find_out_of_reach(const host::Host& host, Found& found) {
  const bool sniffer =
      std::any_of(found.sockets.begin(), found.sockets.end(),
                  [](const model::ProcessOpenSocket& row) { return row.family == "packet"; });
  found.out_of_reach = {{"vsock", is_there(host, "/dev/vsock")},
                        {"ipmi", is_there(host, "/dev/ipmi0")},
                        {"bluetooth", has_entries(host, "/sys/class/bluetooth")},
                        {"sniffer", sniffer}};
  // Without RDMA devices there may still be DPDK or VFIO: only "yes" is an answer.
  if (has_entries(host, "/sys/class/infiniband").value_or(false)) {
    found.out_of_reach.push_back({"rdma", true});
  }
}

void find_users_of_address(const model::Facts& facts, Found& found) {
  const SessionCandidate* session = found.responder.session();
  std::set<std::string> users;
  for (const model::Login& login : facts.read<model::Login>()) {
    const auto address = base::parse_address(login.address.value_or(""));
    if (session != nullptr && address && unmapped(*address) == session->remote) {
      users.insert(login.username);
    }
  }
  found.users_of_address.assign(users.begin(), users.end());
}

void find_suspects(const model::Facts& facts, Found& found) {
  const auto guessers = suspects_of_attempts(facts);
  found.suspects.insert(found.suspects.end(), guessers.begin(), guessers.end());
}

void note_unread_logs(const model::Facts& facts, Found& found) {
  if (!facts.has(model::tables::logins()) || !facts.has(model::tables::login_attempts())) {
    found.unread.push_back(words(
        "logs were not read: whether your address also guessed passwords, and who else came from "
        "it, is not known (--logs reads them)",
        "ログは読んでいません。あなたのアドレスがパスワードを推測していないか、他に誰が使ったかは不"
        "明"
        "です（--logs で読みます）"));
  }
}

}  // namespace

std::vector<const model::TableInfo*> contain_tables() {
  return {&model::TableOf<model::Process>::info(),
          &model::TableOf<model::ProcessOpenSocket>::info(),
          &model::TableOf<model::ListeningPort>::info(),
          &model::TableOf<model::Mount>::info(),
          &model::tables::logins(),
          &model::tables::login_attempts()};
}

Result<Self> read_self(const host::Host& host, int64_t pid) {
  GENBA_TRY(const auto stat_bytes, host.read_file(proc(pid, "stat")));
  GENBA_TRY(const auto stat, parse::parse_process_stat(stat_bytes.bytes));
  GENBA_TRY(const auto status_bytes, host.read_file(proc(pid, "status")));
  GENBA_TRY(const auto status, parse::parse_process_status(status_bytes.bytes));
  Self self;
  self.parent = stat.parent;
  self.uid = status.uid.real;
  if (std::string tty = parse::tty_name(stat.tty_number); !tty.empty()) {
    self.tty = std::move(tty);
  }
  // No such file without CONFIG_AUDIT.
  const auto loginuid = host.read_file(proc(pid, "loginuid"), 64);
  const auto number =
      loginuid ? base::parse_number<uint32_t>(base::trim(loginuid->bytes)) : std::nullopt;
  if (number && *number != kNoLoginuid) {
    self.loginuid = *number;
  }
  self.net_namespace = namespace_of(host, pid, "net").value_or(0);
  return self;
}

std::vector<SuspectAddress> suspects_of_attempts(const model::Facts& facts) {
  const model::TableInfo& table = model::tables::login_attempts();
  const model::RowStore* store = facts.find(table);
  std::vector<SuspectAddress> suspects;
  if (store == nullptr) {
    return suspects;
  }
  const auto column = [&](std::string_view name) {
    return static_cast<size_t>(table.column_index(name));
  };
  const size_t address_column = column("address");
  const size_t attempts_column = column("attempts");
  const size_t users_column = column("users");
  for (size_t row = 0; row < store->size(); ++row) {
    const auto attempts = integer_in(store->cell(row, attempts_column));
    if (attempts < kNotableAttempts) {
      continue;
    }
    const auto users = integer_in(store->cell(row, users_column));
    const auto address = base::parse_address(text_in(store->cell(row, address_column)));
    if (address) {
      const base::Address plain = unmapped(*address);
      const int bits = plain.family == base::AddressFamily::kIpv6 ? 128 : 32;
      suspects.push_back({{plain, bits},
                          words("{} failed logins for {}", "ログイン失敗 {}回、対象 {}", attempts,
                                users == 1 ? words("1 account", "1アカウント")
                                           : words("{} accounts", "{}アカウント", users)),
                          attempts >= kGuessingAttempts && users >= kGuessedAccounts});
    }
  }
  return suspects;
}

Found gather_found(const host::Host& host, const model::Facts& facts, int64_t pid,
                   std::vector<SuspectAddress> suspects) {
  Found found;
  keep(read_self(host, pid), found.self, words("this run", "この実行の情報"), found);
  found.processes = facts.read<model::Process>();
  found.sockets = facts.read<model::ProcessOpenSocket>();
  found.ports = facts.read<model::ListeningPort>();
  found.mounts = facts.read<model::Mount>();
  found.mnt_namespace = namespace_of(host, pid, "mnt").value_or(0);
  found.suspects = std::move(suspects);
  for (const model::TableInfo* table : contain_tables()) {
    const bool logs =
        table == &model::tables::logins() || table == &model::tables::login_attempts();
    if (!logs && !facts.has(*table)) {
      found.unread.push_back(
          words("the table {} was not read", "テーブル {} は読み取れませんでした", table->name));
    }
  }
  found.responder = find_responder(found.self, {found.processes, found.sockets, found.ports});
  read_network(found);
  if (const auto resolvers = host.read_file("/etc/resolv.conf")) {
    found.resolvers = parse::parse_resolv_conf(resolvers->bytes);
  }
  find_namespaces(found);
  find_out_of_reach(host, found);
  find_users_of_address(facts, found);
  find_suspects(facts, found);
  note_unread_logs(facts, found);
  return found;
}

}  // namespace genba::act
