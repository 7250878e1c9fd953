// SPDX-License-Identifier: Apache-2.0
#include "support/compromised_report.h"

#include "fmt/format.h"
#include "model/tables/authorized_keys.h"
#include "model/tables/coverage.h"
#include "model/tables/crontab.h"
#include "model/tables/host_info.h"
#include "model/tables/listening_ports.h"
#include "model/tables/logged_in_users.h"
#include "model/tables/process_open_sockets.h"
#include "model/tables/processes.h"
#include "model/tables/shadow.h"
#include "model/tables/startup_items.h"
#include "model/tables/systemd_units.h"
#include "model/tables/users.h"

namespace genba::test {

namespace {

using base::Timestamp;
using model::About;
using model::ColumnType;
using model::Confidence;
using model::Field;
using model::Finding;
using model::OwnedValue;
using model::Severity;
using model::Subject;

// 2026-11-20T03:12:09Z, when the intruder came; everything else is told from there.
constexpr int64_t kIntrusion = 1'795'144'329;
constexpr int64_t kNow = kIntrusion + 63'285;

Timestamp at(int64_t seconds_after) {
  return base::timestamp_from_unix(kIntrusion + seconds_after);
}

Field text(std::string key, std::string value) {
  return {std::move(key), OwnedValue(std::move(value)), ColumnType::kText};
}
Field number(std::string key, int64_t value) {
  return {std::move(key), OwnedValue(value), ColumnType::kInteger};
}
Field time(std::string key, Timestamp value) {
  return {std::move(key), OwnedValue(value.nanoseconds), ColumnType::kTimestamp};
}

void add_process(model::Facts& facts, int64_t pid, int64_t parent, std::string name,
                 std::string path, std::string cmdline, int64_t uid = 0,
                 int64_t started = -900'000) {
  model::Process process;
  process.pid = pid;
  process.parent = parent;
  process.name = std::move(name);
  process.kernel_thread = path.empty();
  if (!path.empty()) {
    process.path = std::move(path);
    process.cmdline = std::move(cmdline);
  }
  process.state = "S";
  process.uid = uid;
  process.start_time = at(started);
  process.cpu_percent = pid == 4242 ? 98.7 : 0.1;
  facts.rows<model::Process>().push_back(std::move(process));
}

void add_processes(model::Facts& facts) {
  add_process(facts, 1, 0, "systemd", "/usr/lib/systemd/systemd", "/sbin/init");
  add_process(facts, 2, 0, "kthreadd", "", "");
  for (int64_t pid = 3; pid < 60; ++pid) {
    add_process(facts, pid, 2, fmt::format("kworker/{}:0", pid), "", "");
  }
  add_process(facts, 412, 1, "systemd-journal", "/usr/lib/systemd/systemd-journald",
              "/lib/systemd/systemd-journald");
  add_process(facts, 640, 1, "cron", "/usr/sbin/cron", "/usr/sbin/cron -f");
  add_process(facts, 655, 1, "sshd", "/usr/sbin/sshd", "sshd: /usr/sbin/sshd -D [listener]");
  add_process(facts, 701, 1, "nginx", "/usr/sbin/nginx", "nginx: master process");
  add_process(facts, 702, 701, "nginx", "/usr/sbin/nginx", "nginx: worker process", 33);
  add_process(facts, 703, 701, "nginx", "/usr/sbin/nginx", "nginx: worker process", 33);
  add_process(facts, 3990, 655, "sshd", "/usr/sbin/sshd", "sshd: root@pts/0", 0, -240);
  add_process(facts, 4001, 3990, "bash", "/usr/bin/bash", "-bash", 0, -238);
  add_process(facts, 4242, 1, "kworker/u8:3", "/usr/bin/cd", "[kworker/u8:3]", 0, 0);
  add_process(facts, 4250, 4242, "sshd", "/usr/bin/cd", "sshd: [accepted]", 0, 3);
  add_process(facts, 4251, 4242, "cron", "/usr/bin/cd", "/usr/sbin/cron -f", 0, 3);
}

void add_socket(model::Facts& facts, int64_t pid, std::string local, int64_t local_port,
                std::string remote, int64_t remote_port, std::string scope) {
  model::ProcessOpenSocket socket;
  socket.pid = pid;
  socket.fd = 7;
  socket.socket = 90'000 + local_port;
  socket.family = "ipv4";
  socket.protocol = "tcp";
  socket.local_address = std::move(local);
  socket.local_port = local_port;
  socket.remote_address = std::move(remote);
  socket.remote_port = remote_port;
  socket.state = "ESTABLISHED";
  socket.remote_scope = std::move(scope);
  socket.view = "both";
  facts.rows<model::ProcessOpenSocket>().push_back(std::move(socket));
}

void add_port(model::Facts& facts, std::optional<int64_t> pid, int64_t port, std::string address,
              std::string family) {
  model::ListeningPort listening;
  listening.pid = pid;
  listening.port = port;
  listening.protocol = "tcp";
  listening.family = std::move(family);
  listening.address = std::move(address);
  facts.rows<model::ListeningPort>().push_back(std::move(listening));
}

void add_connections(model::Facts& facts) {
  add_socket(facts, 4242, "192.0.2.10", 51722, "203.0.113.77", 443, "public");
  add_socket(facts, 4242, "127.0.0.1", 45000, "127.0.0.1", 39112, "loopback");
  add_socket(facts, 4250, "127.0.0.1", 39112, "127.0.0.1", 45000, "loopback");
  add_socket(facts, 3990, "192.0.2.10", 22, "198.51.100.23", 60112, "public");
  add_socket(facts, 702, "192.0.2.10", 443, "198.51.100.80", 33121, "public");
  add_port(facts, 655, 22, "0.0.0.0", "ipv4");
  add_port(facts, 655, 22, "::", "ipv6");
  add_port(facts, 701, 443, "0.0.0.0", "ipv4");
  add_port(facts, 4242, 45000, "127.0.0.1", "ipv4");
  add_port(facts, std::nullopt, 31337, "0.0.0.0", "ipv4");
}

void add_persistence(model::Facts& facts) {
  model::Crontab cron;
  cron.minute = "*/5";
  cron.hour = cron.day_of_month = cron.month = cron.day_of_week = "*";
  cron.command = "/usr/bin/cd >/dev/null 2>&1";
  cron.executable = "/usr/bin/cd";
  cron.path = "/etc/cron.d/cd";
  cron.line = 1;
  cron.username = "root";
  cron.kind = "cron_d";
  cron.file_mtime = cron.file_ctime = at(41);
  facts.rows<model::Crontab>().push_back(cron);
  cron.minute = "10";
  cron.hour = "3";
  cron.command = "test -e /run/systemd/system || /sbin/e2scrub_all -A -r";
  cron.executable.reset();
  cron.path = "/etc/cron.d/e2scrub_all";
  cron.file_mtime = cron.file_ctime = at(-9'000'000);
  facts.rows<model::Crontab>().push_back(cron);

  model::SystemdUnit unit;
  unit.id = "cd.service";
  unit.kind = "service";
  unit.fragment_path = "/etc/systemd/system/cd.service";
  unit.scope = "system";
  unit.unit_file_state = "enabled";
  unit.exec_start = "/usr/bin/cd";
  unit.restart = "always";
  unit.file_mtime = unit.file_ctime = at(35);
  facts.rows<model::SystemdUnit>().push_back(unit);
  unit.id = "ssh.service";
  unit.file_mtime = unit.file_ctime = at(-9'000'000);
  unit.fragment_path = "/usr/lib/systemd/system/ssh.service";
  unit.exec_start = "/usr/sbin/sshd -D $SSHD_OPTS";
  facts.rows<model::SystemdUnit>().push_back(unit);
  unit.id = "apt-daily.timer";
  unit.kind = "timer";
  unit.fragment_path = "/usr/lib/systemd/system/apt-daily.timer";
  unit.exec_start.reset();
  unit.triggers = "apt-daily.service";
  unit.schedule = "OnCalendar=*-*-* 6,18:00";
  facts.rows<model::SystemdUnit>().push_back(unit);

  model::StartupItem item;
  item.name = "/etc/rc.local";
  item.path = "/etc/rc.local";
  item.type = "rc.local";
  item.source = "/etc/rc.local";
  item.status = "enabled";
  facts.rows<model::StartupItem>().push_back(item);
}

void add_account(model::Facts& facts, std::string name, int64_t uid, std::string shell,
                 std::string password) {
  model::User user;
  user.username = name;
  user.uid = uid;
  user.directory = uid == 0 ? "/root" : "/home/" + name;
  user.shell = std::move(shell);
  facts.rows<model::User>().push_back(user);
  model::Shadow shadow;
  shadow.username = std::move(name);
  shadow.password_status = std::move(password);
  shadow.last_change = at(-20'000'000);
  facts.rows<model::Shadow>().push_back(shadow);
}

void add_accounts(model::Facts& facts) {
  add_account(facts, "root", 0, "/bin/bash", "active");
  add_account(facts, "deploy", 1000, "/bin/bash", "locked");
  add_account(facts, "www-data", 33, "/usr/sbin/nologin", "locked");
  model::AuthorizedKey key;
  key.username = "root";
  key.algorithm = "ssh-ed25519";
  key.fingerprint = "SHA256:Gk3vFZ0Zz0y4nQv1m1nVJw7h3oQmS1p0m2yL8eQxT5E";
  key.comment = "x@y";
  key.key_file = "/root/.ssh/authorized_keys";
  key.line = 2;
  key.file_mtime = key.file_ctime = at(63);
  facts.rows<model::AuthorizedKey>().push_back(key);
  model::LoggedInUser login;
  login.type = "user";
  login.user = "root";
  login.tty = "pts/0";
  login.host = "198.51.100.23";
  login.time = at(-240);
  login.pid = 4001;
  login.process_alive = true;
  login.source = "utmp";
  facts.rows<model::LoggedInUser>().push_back(login);
}

void add_coverage(model::Facts& facts, std::string area, std::string subject, std::string status,
                  int64_t asked, int64_t seen, std::optional<std::string> reason = {},
                  std::optional<std::string> remedy = {}) {
  model::Coverage row;
  row.area = std::move(area);
  row.subject = std::move(subject);
  row.status = std::move(status);
  row.asked = asked;
  row.seen = seen;
  row.denied = row.status == "partial" ? asked - seen : 0;
  row.reason = std::move(reason);
  row.remedy = std::move(remedy);
  facts.rows<model::Coverage>().push_back(std::move(row));
}

void add_all_coverage(model::Facts& facts) {
  add_coverage(facts, "host", "/proc, /etc/os-release", "complete", 12, 12);
  add_coverage(facts, "processes", "/proc/PID", "complete", 71, 71);
  add_coverage(facts, "processes", "/proc/PID/environ", "partial", 71, 69,
               "one helper did not answer within 1 s", "run again, or genba collect --pid 703");
  add_coverage(facts, "sockets", "sock_diag", "unsupported", 1, 0,
               "the kernel would have to load a module", "--allow-module-load");
  add_coverage(facts, "persistence", "cron tables", "complete", 9, 9);
  add_coverage(facts, "filesystem", "walk of /home", "partial", 1, 0,
               "stopped at the deadline after 181,220 files", "--deep");
  add_coverage(facts, "accounts", "/etc/passwd, /etc/shadow", "complete", 2, 2);
}

void add_host(model::Facts& facts, int64_t euid) {
  model::HostInfo host;
  host.hostname = "web01";
  host.os_id = "debian";
  host.os_name = "Debian GNU/Linux 12 (bookworm)";
  host.os_version = "12";
  host.kernel_release = "6.1.0-28-amd64";
  host.kernel_version = "#1 SMP PREEMPT_DYNAMIC Debian 6.1.119-1";
  host.architecture = "x86_64";
  host.boot_time = at(-900'000);
  host.clock_realtime = base::timestamp_from_unix(kNow);
  host.tainted = 0;
  host.modules_loadable = true;
  host.euid = euid;
  host.is_container = false;
  facts.rows<model::HostInfo>().push_back(host);
}

Subject process_subject(int64_t pid, int64_t started) {
  return {"process",
          {number("pid", pid), time("start_time", at(started)), text("path", "/usr/bin/cd")}};
}

Finding fake_kernel_thread() {
  Finding f;
  f.id = "f-1c5f0b7a9d3e4f21";
  f.rule = "fake_kernel_thread";
  f.area = "process";
  f.severity = Severity::kCritical;
  f.confidence = Confidence::kProven;
  f.title = {"A process pretends to be a kernel thread", "カーネルスレッドを装うプロセス"};
  f.says = {
      "Process 4242 calls itself [kworker/u8:3], but runs /usr/bin/cd in user space.",
      "プロセス4242は [kworker/u8:3] を名乗っていますが、実際には /usr/bin/cd を実行しています。"};
  f.attack = {"T1036.004"};
  f.subjects = {process_subject(4242, 0)};
  f.evidence = {{"processes",
                 "procfs",
                 {number("pid", 4242),
                  text("name", "kworker/u8:3"),
                  text("path", "/usr/bin/cd"),
                  text("cmdline", "[kworker/u8:3]"),
                  time("start_time", at(0)),
                  {"kernel_thread", OwnedValue(int64_t{0}), ColumnType::kBoolean},
                  {"cpu_percent", OwnedValue(98.7), ColumnType::kReal},
                  {"tty", OwnedValue(), ColumnType::kText}}}};
  f.why = {
      "Kernel threads have no executable. A program that takes such a name wants to be "
      "overlooked in ps and top.",
      "カーネルスレッドには実行ファイルがありません。この名前を使うプログラムは、psやtopで見落とさ"
      "れる"
      "ことを狙っています。"};
  f.benign = {"None known.", "問題のない例は知られていません。"};
  f.next = {"genba collect --pid 4242", "genba contain --pid 4242 --plan"};
  f.from = at(0);
  return f;
}

Finding burning_program() {
  Finding f;
  f.id = "f-2d60aa01be77c9d4";
  f.rule = "unowned_program_burns_cpu";
  f.area = "process";
  f.severity = Severity::kHigh;
  f.confidence = Confidence::kLikely;
  f.title = {"A program that no package owns burns a processor",
             "パッケージに属さないプログラムがCPUを使い続けている"};
  f.says = {"/usr/bin/cd belongs to no package and has used 98.7 % of a CPU.",
            "/usr/bin/cd はどのパッケージにも属さず、CPUを98.7%使っています。"};
  f.attack = {"T1496"};
  f.subjects = {process_subject(4242, 0),
                process_subject(4250, 3),
                process_subject(4251, 3),
                {"file", {text("path", "/usr/bin/cd")}}};
  f.evidence = {{"processes", "", {number("pid", 4242), text("path", "/usr/bin/cd")}},
                {"processes", "", {number("pid", 4250), text("path", "/usr/bin/cd")}},
                {"processes", "", {number("pid", 4251), text("path", "/usr/bin/cd")}}};
  f.why = {"Miners live in /usr/bin under short names that look like commands.",
           "マイナーは、コマンドに見える短い名前で /usr/bin に置かれることがよくあります。"};
  f.benign = {
      "Software installed by hand (make install, pip). Ask who put it there.",
      "手作業で入れたソフトウェア（make install、pipなど）。誰が置いたか確認してください。"};
  f.next = {"genba collect --pid 4242",
            "genba query \"SELECT * FROM file WHERE path='/usr/bin/cd'\""};
  f.from = at(0);
  return f;
}

Finding outside_connection() {
  Finding f;
  f.id = "f-3e71bb12cf88dae5";
  f.rule = "unowned_program_talks_outside";
  f.area = "network";
  f.severity = Severity::kHigh;
  f.confidence = Confidence::kLikely;
  f.title = {"A program that no package owns talks to the outside",
             "パッケージに属さないプログラムが外部と通信している"};
  f.says = {"Process 4242 (/usr/bin/cd) is connected to 203.0.113.77 port 443.",
            "プロセス4242（/usr/bin/cd）が 203.0.113.77 の443番ポートと通信しています。"};
  f.attack = {"T1071.001"};
  f.subjects = {
      process_subject(4242, 0),
      {"socket",
       {text("protocol", "tcp"), text("local_address", "192.0.2.10"), number("local_port", 51722),
        text("remote_address", "203.0.113.77"), number("remote_port", 443)}}};
  f.evidence = {{"process_open_sockets",
                 "both",
                 {number("pid", 4242), text("remote_address", "203.0.113.77"),
                  number("remote_port", 443), text("state", "ESTABLISHED")}}};
  f.why = {"It may take orders or deliver what it steals or mines.",
           "指令を受けているか、盗んだ情報や採掘結果を送っている可能性があります。"};
  f.benign = {"Agents installed by hand.", "手作業で入れた監視エージェントなど。"};
  f.next = {"genba contain --address 203.0.113.77 --plan"};
  return f;
}

Finding start_up_entries() {
  Finding f;
  f.id = "f-4f82cc23d099ebf6";
  f.rule = "unowned_program_starts_itself";
  f.area = "persistence";
  f.severity = Severity::kHigh;
  f.confidence = Confidence::kProven;
  f.title = {"A program that no package owns is started again and again",
             "パッケージに属さないプログラムが自動で起動される"};
  f.says = {"/usr/bin/cd is started by /etc/cron.d/cd.",
            "/usr/bin/cd は /etc/cron.d/cd から起動されます。"};
  f.attack = {"T1053.003", "T1543.002"};
  f.subjects = {{"file", {text("path", "/etc/cron.d/cd")}},
                {"file", {text("path", "/usr/bin/cd")}}};
  f.evidence = {{"crontab",
                 "",
                 {text("path", "/etc/cron.d/cd"), text("command", "/usr/bin/cd >/dev/null 2>&1"),
                  time("file_ctime", at(41))}}};
  f.why = {"Whoever only kills the process sees it come back.",
           "プロセスを止めるだけでは、また動き出します。"};
  f.benign = {"Jobs an admin wrote.", "管理者が書いたジョブ。"};
  f.next = {"genba contain --file /etc/cron.d/cd --plan"};
  f.from = at(35);
  f.to = at(41);
  return f;
}

Finding root_key() {
  Finding f;
  f.id = "f-5093dd34e1aafc07";
  f.rule = "new_root_key";
  f.area = "account";
  f.severity = Severity::kHigh;
  f.confidence = Confidence::kHint;
  f.title = {"A key that opens root was added lately", "rootでログインできる鍵が最近追加された"};
  f.says = {"/root/.ssh/authorized_keys got the key SHA256:Gk3vFZ0Z… on 2026-11-20.",
            "2026-11-20に、/root/.ssh/authorized_keys へ鍵 SHA256:Gk3vFZ0Z… が追加されました。"};
  f.attack = {"T1098.004"};
  f.subjects = {{"key",
                 {text("fingerprint", "SHA256:Gk3vFZ0Zz0y4nQv1m1nVJw7h3oQmS1p0m2yL8eQxT5E"),
                  text("path", "/root/.ssh/authorized_keys")}},
                {"user", {text("username", "root"), number("uid", 0)}}};
  f.evidence = {{"authorized_keys", "", {text("username", "root"), text("comment", "x@y")}}};
  f.why = {"The intruder can come back whatever the password is.",
           "パスワードを変えても、侵入者は戻ってこられます。"};
  f.benign = {"A colleague's new key. Ask.", "同僚の新しい鍵。本人に確認してください。"};
  f.next = {"genba contain --key SHA256:Gk3vFZ0Z --plan"};
  f.from = at(63);
  return f;
}

Finding password_login() {
  Finding f;
  f.id = "f-61a4ee45f2bb0d18";
  f.rule = "root_password_login";
  f.area = "account";
  f.about = About::kWeakness;
  f.severity = Severity::kLow;
  f.confidence = Confidence::kProven;
  f.title = {"root may log in over SSH with a password", "rootがSSHでパスワードログインできる"};
  f.says = {"/etc/ssh/sshd_config sets PermitRootLogin yes.",
            "/etc/ssh/sshd_config に PermitRootLogin yes と書かれています。"};
  f.subjects = {{"file", {text("path", "/etc/ssh/sshd_config")}}};
  f.why = {"Guessing attacks need only one success.", "総当たり攻撃は、一度当たれば成功します。"};
  f.benign = {"Never necessary: use keys.", "必要になることはありません。鍵を使ってください。"};
  return f;
}

model::Incident miner_incident() {
  model::Incident i;
  i.id = "i-0a1b2c3d4e5f6071";
  i.from = at(-240);
  i.to = at(63);
  i.severity = Severity::kCritical;
  i.confidence = Confidence::kProven;
  i.findings = {"f-1c5f0b7a9d3e4f21", "f-2d60aa01be77c9d4", "f-3e71bb12cf88dae5",
                "f-4f82cc23d099ebf6", "f-5093dd34e1aafc07"};
  i.story = {
      {at(0),
       {"Process 4242 starts from /usr/bin/cd.", "プロセス4242が /usr/bin/cd から起動。"},
       "f-1c5f0b7a9d3e4f21"},
      {at(35),
       {"cd.service appears and is enabled.", "cd.service が作られ、有効になる。"},
       "f-4f82cc23d099ebf6"},
      {at(41), {"/etc/cron.d/cd appears.", "/etc/cron.d/cd が作られる。"}, "f-4f82cc23d099ebf6"},
      {at(63),
       {"root's authorized_keys is changed.", "rootの authorized_keys が変更される。"},
       "f-5093dd34e1aafc07"}};
  i.says = {
      "A program hidden as a kernel thread, /usr/bin/cd, has been burning a processor as root "
      "and talking to 203.0.113.77. It starts itself through cron and systemd. A new key "
      "opens root.",
      "カーネルスレッドを装った /usr/bin/cd がroot権限でCPUを使い続け、203.0.113.77 "
      "と通信しています。"
      "cronとsystemdから自動で起動されます。rootでログインできる鍵も追加されています。"};
  i.advice = {
      {"Isolate the host from the network at the switch or cloud firewall; do not power it "
       "off, memory would be lost.",
       "スイッチやクラウドのファイアウォールで、ホストをネットワークから隔離します。メモリの内容が"
       "失われるため、電源は切らないでください。"},
      {"Keep the evidence: genba triage --save /mnt/usb/web01",
       "証拠を保全します：genba triage --save /mnt/usb/web01"},
      {"Block 203.0.113.77 on every host and look there for the same program.",
       "203.0.113.77 を全ホストで遮断し、同じプログラムがないか確認します。"},
      {"Change all passwords and keys that were used on this host.",
       "このホストで使ったパスワードと鍵をすべて変更します。"}};
  return i;
}

void set_run(ReportFixture& fixture) {
  fixture.report.facts = &fixture.facts;
  fixture.report.judgement = &fixture.judgement;
  auto& run = fixture.report.run;
  run.version = "0.1.0 (commit 0123abc, release)";
  run.command = "genba triage";
  run.source = "live";
  run.started = base::timestamp_from_unix(kNow);
  run.seconds = 2.413;
  run.files_opened = 18'412;
  run.directories_read = 2'207;
  run.bytes_read = 214'748'364;
  run.helpers_started = 4;
  run.peak_memory_bytes = 58'000'000;
}

}  // namespace

void make_compromised(ReportFixture& fixture) {
  add_host(fixture.facts, 0);
  add_processes(fixture.facts);
  add_connections(fixture.facts);
  add_persistence(fixture.facts);
  add_accounts(fixture.facts);
  add_all_coverage(fixture.facts);
  auto& judgement = fixture.judgement;
  judgement.verdict = model::Verdict::kCompromised;
  judgement.findings = {fake_kernel_thread(), burning_program(), outside_connection(),
                        start_up_entries(),   root_key(),        password_login()};
  judgement.incidents = {miner_incident()};
  judgement.not_judged = {{"hidden_module",
                           "kernel",
                           {"A kernel module hides itself", "自身を隠すカーネルモジュール"},
                           "module_views",
                           "not_read"}};
  judgement.rules_applied = 43;
  set_run(fixture);
}

void make_quiet(ReportFixture& fixture) {
  add_host(fixture.facts, 1000);
  add_process(fixture.facts, 1, 0, "systemd", "/usr/lib/systemd/systemd", "/sbin/init");
  add_all_coverage(fixture.facts);
  fixture.judgement.rules_applied = 43;
  fixture.judgement.findings = {password_login()};
  set_run(fixture);
}

}  // namespace genba::test
