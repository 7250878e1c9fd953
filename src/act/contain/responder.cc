// SPDX-License-Identifier: Apache-2.0
#include "act/contain/responder.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <string_view>

#include "act/contain/system_program.h"
#include "act/words.h"

namespace genba::act {

namespace {

using model::Confidence;
using model::ListeningPort;
using model::Process;
using model::ProcessOpenSocket;

constexpr int kMostAncestors = 64;
constexpr int kMostHops = 4;  // ssh to oneself inside ssh to oneself …

constexpr std::array<std::string_view, 7> kMultiplexers{"tmux",   "screen", "mosh-server", "dtach",
                                                        "abduco", "zellij", "byobu"};

bool is_server(const Process& process) {
  return !process.in_container.value_or(false) && is_ssh_server(process.path);
}

bool is_called_server(const Process& process) {
  return process.name.starts_with("sshd") || process.name == "dropbear";
}

// comm is "tmux: server", "screen", "SCREEN" …
std::string_view multiplexer_of(const Process& process) {
  std::string lower;
  for (const char c : process.name) {
    lower += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  for (const std::string_view name : kMultiplexers) {
    if (lower.starts_with(name)) {
      return name;
    }
  }
  return {};
}

// A pseudo terminal says nothing; these are screens and serial lines.
bool is_console(const std::optional<std::string>& tty) {
  if (!tty) {
    return false;
  }
  for (const std::string_view start : {"tty", "hvc", "hvsi", "console", "xvc", "sclp"}) {
    if (tty->starts_with(start)) {
      return true;
    }
  }
  return false;
}

class SessionFinder {
 public:
  SessionFinder(const Self& self, const ResponderFacts& facts) : self_(self), facts_(facts) {
    for (const Process& process : facts.processes) {
      processes_.emplace(process.pid, &process);
    }
    for (const ProcessOpenSocket& socket : facts.sockets) {
      if (socket.pid && socket.protocol == "tcp") {
        sockets_[*socket.pid].push_back(&socket);
      }
    }
    for (const ListeningPort& port : facts.ports) {
      add_port(port);
    }
  }

  Responder find() {
    result_.ancestors = ancestors_of(self_.parent);
    const bool served = add_sessions_of(
        result_.ancestors, Confidence::kProven,
        words("an ancestor of this run holds it", "この実行の親をたどった sshd が保持"));
    if (!served) {
      find_another_way();
    }
    finish();
    return std::move(result_);
  }

 private:
  // Ports at which sshd takes connections: it listens itself, or systemd does for it. A session's
  // own process listens for what it forwards, which is no port of sshd.
  void add_port(const ListeningPort& port) {
    const Process* holder = port.pid ? process(*port.pid) : nullptr;
    if (holder == nullptr || port.protocol != "tcp" || holder->euid != 0) {
      return;
    }
    const Process* parent = process(holder->parent);
    const bool session = parent != nullptr && is_server(*parent);
    if (is_server(*holder) && !session) {
      listeners_.insert(holder->pid);
      server_ports_.emplace(port.net_namespace, port.port);
    } else if (holder->pid == 1) {
      socket_unit_ports_.emplace(port.net_namespace, port.port);
    }
  }

  const Process* process(int64_t pid) const {
    const auto found = processes_.find(pid);
    return found == processes_.end() ? nullptr : found->second;
  }

  std::vector<int64_t> ancestors_of(int64_t pid) const {
    std::vector<int64_t> chain;
    const Process* current = process(pid);
    while (current != nullptr && chain.size() < kMostAncestors &&
           std::find(chain.begin(), chain.end(), current->pid) == chain.end()) {
      chain.push_back(current->pid);
      current = process(current->parent);
    }
    return chain;
  }

  bool is_server_port(const ProcessOpenSocket& socket) const {
    const auto key = std::make_pair(socket.net_namespace, socket.local_port.value_or(0));
    return server_ports_.count(key) != 0 || socket_unit_ports_.count(key) != 0;
  }

  bool holds(int64_t pid, int64_t inode) const {
    const auto held = sockets_.find(pid);
    return held != sockets_.end() &&
           std::any_of(held->second.begin(), held->second.end(),
                       [&](const ProcessOpenSocket* socket) { return socket->socket == inode; });
  }

  std::vector<const ProcessOpenSocket*> connections_of(int64_t pid) const {
    std::vector<const ProcessOpenSocket*> found;
    std::set<int64_t> inodes;
    const auto held = sockets_.find(pid);
    for (const ProcessOpenSocket* socket :
         held == sockets_.end() ? std::vector<const ProcessOpenSocket*>() : held->second) {
      if (socket->state == "ESTABLISHED" && socket->remote_port.value_or(0) > 0 &&
          inodes.insert(socket->socket).second) {
        found.push_back(socket);
      }
    }
    return found;
  }

  // Adds what the servers in a chain of ancestors hold, at most one session's worth: that of the
  // first privileged server which is no listener. False when there is no such server.
  bool add_sessions_of(const std::vector<int64_t>& chain, Confidence confidence,
                       const model::Text& why, int hops = 0) {
    for (size_t i = 0; i < chain.size(); ++i) {
      const Process& current = *process(chain[i]);
      if (is_called_server(current) && !is_server(current)) {
        result_.doubts.push_back(
            words("process {} calls itself {} but runs {}",
                  "プロセス {} は {} を名乗りますが、実体は {} です", current.pid, current.name,
                  current.path ? words("{}", "{}", *current.path)
                               : words("nothing readable", "読み取れないもの")));
      }
      if (!is_server(current) || current.euid != 0 || listeners_.count(current.pid) != 0) {
        continue;
      }
      if (current.deleted.value_or(false)) {
        result_.doubts.push_back(
            words("the sshd of this session (process {}) runs a file that was deleted or replaced",
                  "このセッションの sshd（プロセス {}）の実行ファイルは、削除されたか差し替えられて"
                  "います",
                  current.pid));
      }
      add_connections(current, i > 0 ? chain[i - 1] : 0, confidence, why, hops);
      return true;
    }
    return false;
  }

  void add_connections(const Process& server, int64_t child, Confidence confidence,
                       const model::Text& why, int hops) {
    auto connections = connections_of(server.pid);
    auto at_port = connections;
    std::erase_if(at_port, [&](const auto* socket) { return !is_server_port(*socket); });
    if (at_port.empty() && !connections.empty()) {
      // The listener has gone, or was never seen: what both the monitor and the user's part of
      // sshd hold is the connection, and not something forwarded.
      std::erase_if(connections, [&](const auto* socket) { return !holds(child, socket->socket); });
      at_port = connections;
      confidence = std::min(confidence, Confidence::kLikely);
      result_.doubts.push_back(words("no sshd listens any more at the port of this session",
                                     "このセッションのポートで待ち受ける sshd はもうありません"));
    }
    if (at_port.empty()) {
      result_.doubts.push_back(words("sshd (process {}) holds no connection that can be seen",
                                     "sshd（プロセス {}）が持つ接続を確認できません", server.pid));
    }
    if (at_port.size() > 1) {
      confidence = Confidence::kHint;
      result_.doubts.push_back(words("sshd (process {}) holds {} connections that could be it",
                                     "sshd（プロセス {}）は候補となる接続を {} 件持っています",
                                     server.pid, at_port.size()));
    }
    for (const ProcessOpenSocket* socket : at_port) {
      add_candidate(server, *socket, confidence, why, hops);
    }
  }

  void add_candidate(const Process& server, const ProcessOpenSocket& socket, Confidence confidence,
                     const model::Text& why, int hops) {
    const auto local = base::parse_address(socket.local_address.value_or(""));
    const auto remote = base::parse_address(socket.remote_address.value_or(""));
    if (!local || !remote) {
      return;
    }
    SessionCandidate candidate;
    candidate.confidence = confidence;
    candidate.why = why;
    candidate.local = unmapped(*local);
    candidate.remote = unmapped(*remote);
    candidate.local_port = static_cast<uint16_t>(socket.local_port.value_or(0));
    candidate.remote_port = static_cast<uint16_t>(socket.remote_port.value_or(0));
    candidate.socket = socket.socket;
    candidate.pid = server.pid;
    candidate.loginuid = server.loginuid;
    candidate.family = socket.family;
    candidate.net_namespace = socket.net_namespace;
    candidate.loopback = candidate.local == candidate.remote ||
                         base::scope_of(candidate.remote) == base::AddressScope::kLoopback;
    if (!candidate.loopback || !follow_loopback(candidate, hops)) {
      push(std::move(candidate));
    }
  }

  // An ssh to this host itself: the session that matters is that of whoever started the client.
  bool follow_loopback(const SessionCandidate& candidate, int hops) {
    if (hops >= kMostHops) {
      return false;
    }
    for (const auto& [pid, held] : sockets_) {
      const bool other_end =
          std::any_of(held.begin(), held.end(), [&](const ProcessOpenSocket* socket) {
            return socket->local_port == candidate.remote_port &&
                   socket->remote_port == candidate.local_port &&
                   socket->net_namespace == candidate.net_namespace &&
                   socket->state == "ESTABLISHED" && socket->socket != candidate.socket;
          });
      const Confidence confidence = std::min(candidate.confidence, Confidence::kLikely);
      if (other_end && pid != candidate.pid &&
          add_sessions_of(ancestors_of(pid), confidence,
                          words("{}, over an ssh from this host to itself",
                                "{}（このホスト自身への ssh を経由）", candidate.why),
                          hops + 1)) {
        return true;
      }
    }
    return false;
  }

  void push(SessionCandidate candidate) {
    for (SessionCandidate& known : result_.candidates) {
      if (known.socket == candidate.socket && known.net_namespace == candidate.net_namespace) {
        known.confidence = std::max(known.confidence, candidate.confidence);
        return;
      }
    }
    result_.candidates.push_back(std::move(candidate));
  }

  // No sshd above us.
  void find_another_way() {
    if (result_.ancestors.empty() || result_.ancestors.back() != 1) {
      result_.doubts.push_back(words("not all ancestors of this run can be seen",
                                     "この実行の親プロセスをすべてはたどれません"));
    }
    if (is_console(self_.tty)) {
      result_.way = SessionWay::kConsole;
      return;
    }
    for (const int64_t pid : result_.ancestors) {
      const std::string_view name = multiplexer_of(*process(pid));
      if (!name.empty()) {
        find_clients(name, *process(pid));
        break;
      }
    }
    // When a client was found, its session is what we have; every session of this login else.
    if (result_.candidates.empty() && result_.way != SessionWay::kConsole) {
      find_sessions_of_login();
    }
  }

  // The terminals from which this server of terminals is watched.
  void find_clients(std::string_view name, const Process& server) {
    if (name == "mosh-server") {
      result_.doubts.push_back(words(
          "this session runs in mosh, whose peer is not in the socket table: name your "
          "address with --admin",
          "mosh のセッションで、相手はソケットの一覧に現れません。--admin でアドレスを指定して"
          "ください"));
      return;
    }
    std::set<int64_t> consoles;
    for (const Process& client : facts_.processes) {
      if (multiplexer_of(client) != name || client.pid == server.pid || !client.tty ||
          client.uid != server.uid || client.loginuid != self_.loginuid) {
        continue;
      }
      if (is_console(client.tty)) {
        consoles.insert(client.pid);
      } else {
        add_sessions_of(ancestors_of(client.pid), Confidence::kLikely,
                        words("a {} client of the same login is attached from it",
                              "同じログインの {} クライアントがここから接続中", name));
      }
    }
    if (result_.candidates.empty() && consoles.size() == 1) {
      result_.way = SessionWay::kConsole;
      result_.doubts.push_back(words("only a console is attached to {}",
                                     "{} に接続しているのはコンソールだけです", name));
    }
  }

  void find_sessions_of_login() {
    for (const Process& server : facts_.processes) {
      // A session's privileged part: its parent is the listener, or it has a child of its own kind.
      if (is_server(server) && server.euid == 0 && listeners_.count(server.pid) == 0 &&
          self_.loginuid && server.loginuid == self_.loginuid) {
        add_sessions_of({server.pid}, Confidence::kHint,
                        words("an ssh session of the same login", "同じログインの ssh セッション"));
      }
    }
    if (result_.candidates.empty()) {
      result_.doubts.push_back(words("no ssh session of this login can be seen",
                                     "このログインの ssh セッションは見つかりません"));
    }
  }

  void finish() {
    auto& candidates = result_.candidates;
    std::stable_sort(candidates.begin(), candidates.end(), [](const auto& a, const auto& b) {
      return a.confidence != b.confidence ? a.confidence > b.confidence : a.socket < b.socket;
    });
    if (candidates.empty()) {
      return;
    }
    result_.way = SessionWay::kSsh;
    const bool alone =
        candidates.size() == 1 || candidates[1].confidence < candidates[0].confidence;
    if (alone && candidates[0].confidence >= Confidence::kLikely) {
      result_.chosen = 0;
    } else {
      result_.doubts.push_back(
          candidates.size() == 1
              ? words("one session could be yours, and it is not sure",
                      "あなたのものかもしれないセッションが 1件ありますが、確定できません")
              : words("{} sessions could be yours and none is sure",
                      "あなたのものかもしれないセッションが {}件あり、確定できません",
                      candidates.size()));
    }
  }

  const Self& self_;
  const ResponderFacts& facts_;
  std::map<int64_t, const Process*> processes_;
  std::map<int64_t, std::vector<const ProcessOpenSocket*>> sockets_;
  std::set<std::pair<int64_t, int64_t>> server_ports_;       // network namespace, port
  std::set<std::pair<int64_t, int64_t>> socket_unit_ports_;  // where systemd listens
  std::set<int64_t> listeners_;
  Responder result_;
};

}  // namespace

std::string_view to_string(SessionWay way) {
  switch (way) {
    case SessionWay::kSsh: return "ssh";
    case SessionWay::kConsole: return "console";
    case SessionWay::kNone: return "none";
  }
  return "none";
}

Responder find_responder(const Self& self, const ResponderFacts& facts) {
  return SessionFinder(self, facts).find();
}

}  // namespace genba::act
