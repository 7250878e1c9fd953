// SPDX-License-Identifier: Apache-2.0
//
// What must not stand in src/, because it would run, load or believe what the host controls
// (docs/architecture.md, "The trust promise"), or belongs to another layer. It reads sources; the
// objects are looked at by trust_test.sh, the running binary by the trace in tests/whole.
// An exception is one line in a table below, with its reason.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "meta/source_tree.h"

namespace genba::meta {
namespace {

struct Exception {
  std::string_view path;  // a file, or a folder ending in "/"
  std::string_view what;  // the name or header; "*" for all
  std::string_view reason;
};

bool covers(const Exception& exception, const Source& source, std::string_view what) {
  const bool here = exception.path.ends_with('/')
                        ? std::string_view(source.path).starts_with(exception.path)
                        : source.path == exception.path;
  return here && (exception.what == "*" || exception.what == what);
}

template <size_t kSize>
bool excepted(const std::array<Exception, kSize>& exceptions, const Source& source,
              std::string_view what) {
  return std::any_of(exceptions.begin(), exceptions.end(),
                     [&](const Exception& exception) { return covers(exception, source, what); });
}

std::vector<Source> binary_sources() {
  std::vector<Source> sources = read_sources({"src"});
  std::erase_if(sources, [](const Source& source) { return source.is_test_code(); });
  return sources;
}

std::string place(const Source& source, size_t offset) {
  return source.path + ":" + std::to_string(source.line_of(offset)) + ": ";
}

// --- calls --------------------------------------------------------------------------------------

struct Ban {
  std::string_view name;  // a name, or its beginning when it ends in "*"
  std::string_view reason;
};

constexpr std::string_view kRuns = "runs a program of the host";
constexpr std::string_view kNames = "reads the host's name service; parse the files";
constexpr std::string_view kLoads = "loads code that the host controls";
constexpr std::string_view kClock = "reads the host's time zone; use base/time.h";
constexpr std::string_view kLocale = "reads the host's locale";

constexpr std::array kBannedCalls = {
    Ban{"system", kRuns},
    Ban{"popen", kRuns},
    Ban{"execl", kRuns},
    Ban{"execle", kRuns},
    Ban{"execlp", kRuns},
    Ban{"execv", kRuns},
    Ban{"execve", kRuns},
    Ban{"execveat", kRuns},
    Ban{"execvp", kRuns},
    Ban{"execvpe", kRuns},
    Ban{"fexecve", kRuns},
    Ban{"posix_spawn", kRuns},
    Ban{"posix_spawnp", kRuns},
    Ban{"wordexp", kRuns},
    Ban{"getpw*", kNames},
    Ban{"getgrnam*", kNames},
    Ban{"getgrgid*", kNames},
    Ban{"getgrent*", kNames},
    Ban{"getgrouplist", kNames},
    Ban{"initgroups", kNames},
    Ban{"getspnam*", kNames},
    Ban{"getaddrinfo", kNames},
    Ban{"getnameinfo", kNames},
    Ban{"gethostby*", kNames},
    Ban{"getservby*", kNames},
    Ban{"getprotoby*", kNames},
    Ban{"dlopen", kLoads},
    Ban{"dlmopen", kLoads},
    Ban{"iconv_open", kLoads},
    Ban{"EVP_*", "reads the host's openssl.cnf; use the low-level SHA-256 or libsodium"},
    Ban{"OPENSSL_init*", "reads the host's openssl.cnf"},
    Ban{"localtime", kClock},
    Ban{"localtime_r", kClock},
    Ban{"mktime", kClock},
    Ban{"tzset", kClock},
    Ban{"ctime", kClock},
    Ban{"ctime_r", kClock},
    Ban{"setlocale", kLocale},
    Ban{"strerror", kLocale},
    Ban{"strerror_r", kLocale},
    Ban{"sqlite3_enable_load_extension", kLoads},
};

constexpr std::array<Exception, 0> kCallExceptions = {};

bool matches(const Ban& ban, std::string_view name) {
  if (ban.name.ends_with('*')) {
    return name.starts_with(ban.name.substr(0, ban.name.size() - 1));
  }
  return name == ban.name;
}

TEST(BannedCalls, NothingRunsLoadsOrBelievesTheHost) {
  size_t seen = 0;
  for (const Source& source : binary_sources()) {
    for (const Identifier& identifier : source.identifiers()) {
      ++seen;
      if (!identifier.called || identifier.member) {
        continue;
      }
      const auto* ban =
          std::find_if(kBannedCalls.begin(), kBannedCalls.end(),
                       [&](const Ban& candidate) { return matches(candidate, identifier.name); });
      if (ban == kBannedCalls.end() || excepted(kCallExceptions, source, identifier.name)) {
        continue;
      }
      ADD_FAILURE() << place(source, identifier.offset) << identifier.name << ": " << ban->reason;
    }
  }
  EXPECT_GT(seen, 100U) << "hardly anything was read: the test has gone blind";
}

TEST(BannedCalls, NoStandardRegex) {
  for (const Source& source : binary_sources()) {
    for (const Include& include : source.includes()) {
      EXPECT_NE(include.path, "regex")
          << source.path << ":" << include.line << ": std::regex overflows the stack on long input";
    }
  }
}

TEST(BannedCalls, OnlyCliReadsTheEnvironment) {
  for (const Source& source : binary_sources()) {
    for (const Identifier& identifier : source.identifiers()) {
      const bool reads = identifier.name == "getenv" || identifier.name == "secure_getenv" ||
                         identifier.name == "environ";
      // `environ` is also the name of a file in /proc: a field of that name is fine.
      const bool is_field = identifier.member || identifier.name == "environ";
      if (reads && source.layer() != "cli" && (identifier.called || !is_field)) {
        ADD_FAILURE() << place(source, identifier.offset) << identifier.name
                      << ": main reads the environment once and hands it down";
      }
    }
  }
}

// --- printing -----------------------------------------------------------------------------------

constexpr std::array kPrintExceptions = {
    Exception{"src/base/result.cc", "fprintf", "GENBA_CHECK's last words before abort()"},
};

bool prints(const Identifier& identifier) {
  constexpr std::array<std::string_view, 11> kCalls = {"printf",  "fprintf", "vprintf", "vfprintf",
                                                       "dprintf", "puts",    "fputs",   "putchar",
                                                       "fwrite",  "perror",  "psignal"};
  constexpr std::array<std::string_view, 4> kStreams = {"cout", "cerr", "clog", "wcout"};
  if (identifier.member) {
    return false;
  }
  if (identifier.called &&
      std::find(kCalls.begin(), kCalls.end(), identifier.name) != kCalls.end()) {
    return true;
  }
  return (identifier.qualifier == "fmt" && identifier.name == "print") ||
         (identifier.qualifier == "std" &&
          std::find(kStreams.begin(), kStreams.end(), identifier.name) != kStreams.end());
}

TEST(BannedCalls, OnlyAppAndCliPrint) {
  for (const Source& source : binary_sources()) {
    if (source.layer() == "app" || source.layer() == "cli") {
      continue;
    }
    for (const Identifier& identifier : source.identifiers()) {
      if (prints(identifier) && !excepted(kPrintExceptions, source, identifier.name)) {
        ADD_FAILURE() << place(source, identifier.offset) << identifier.name
                      << ": return text; only app and cli print";
      }
    }
  }
}

// --- system calls -------------------------------------------------------------------------------

constexpr std::array<Exception, 0> kSystemExceptions = {};

// Headers that declare system calls, or do I/O behind a library's back.
bool reaches_the_system(std::string_view header) {
  constexpr std::array<std::string_view, 17> kHeaders = {
      "unistd.h", "fcntl.h",   "dirent.h", "spawn.h",    "dlfcn.h",  "netdb.h",
      "pwd.h",    "grp.h",     "shadow.h", "iconv.h",    "ftw.h",    "glob.h",
      "poll.h",   "ifaddrs.h", "fstream",  "filesystem", "syscall.h"};
  // <sys/types.h> declares types only (pid_t).
  return (header.starts_with("sys/") && header != "sys/types.h") ||
         std::find(kHeaders.begin(), kHeaders.end(), header) != kHeaders.end();
}

TEST(BannedCalls, OnlySysReachesTheSystem) {
  for (const Source& source : binary_sources()) {
    if (source.layer() == "sys") {
      continue;
    }
    for (const Include& include : source.includes()) {
      if (!include.quoted && reaches_the_system(include.path) &&
          !excepted(kSystemExceptions, source, include.path)) {
        ADD_FAILURE() << source.path << ":" << include.line << ": <" << include.path
                      << ">: only src/sys makes system calls; add a twin there";
      }
    }
    for (const Identifier& identifier : source.identifiers()) {
      if (identifier.name == "syscall" && identifier.called && !identifier.member) {
        ADD_FAILURE() << place(source, identifier.offset) << "only src/sys makes system calls";
      }
    }
  }
}

// --- paths of host programs ---------------------------------------------------------------------

// Tables of expected values: paths that are compared or shown, never run.
constexpr std::array<Exception, 0> kPathExceptions = {};

// True for "/bin/sh" and "/usr/sbin/x" anywhere in the literal; a bare "/usr/bin/" is a place.
bool names_a_host_program(std::string_view literal) {
  for (const std::string_view folder : {"/bin/", "/sbin/"}) {
    for (size_t at = literal.find(folder); at != std::string_view::npos;
         at = literal.find(folder, at + 1)) {
      const size_t next = at + folder.size();
      const std::string_view before = literal.substr(0, at);
      const bool at_root = before.empty() || before.ends_with("/usr") ||
                           before.ends_with("/local") || before.ends_with(' ') ||
                           before.ends_with('!');
      if (at_root && next < literal.size() && literal[next] >= '0' && literal[next] <= 'z') {
        return true;
      }
    }
  }
  return false;
}

TEST(BannedCalls, NoPathsOfHostPrograms) {
  for (const Source& source : binary_sources()) {
    for (const Literal& literal : source.literals) {
      if (names_a_host_program(literal.text) && !excepted(kPathExceptions, source, literal.text)) {
        ADD_FAILURE() << place(source, literal.offset) << "\"" << literal.text
                      << "\" names a program of the host; what is expected of a host belongs into "
                         "a rule, or into kPathExceptions with its reason";
      }
    }
  }
}

// --- the tables above ---------------------------------------------------------------------------

TEST(BannedCalls, ExceptionsAreStillNeeded) {
  const std::vector<Source> sources = binary_sources();
  for (const Exception& exception : kPrintExceptions) {
    const bool used = std::any_of(sources.begin(), sources.end(), [&](const Source& source) {
      return covers(exception, source, exception.what) &&
             source.code.find(exception.what) != std::string::npos;
    });
    EXPECT_TRUE(used) << exception.path << " no longer needs its exception";
  }
}

}  // namespace
}  // namespace genba::meta
