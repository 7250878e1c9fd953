// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "fmt/format.h"
#include "model/tables/authorized_keys.h"
#include "model/tables/logged_in_users.h"
#include "model/tables/shadow.h"
#include "model/tables/users.h"
#include "render/html_parts.h"

namespace genba::render {

namespace {

using model::AuthorizedKey;
using model::LoggedInUser;
using model::Shadow;
using model::User;
using Mark = std::optional<model::Severity>;

constexpr size_t kBudget = 350'000;

template <class Key>
Mark lookup(const std::map<std::string, model::Severity, std::less<>>& marks, const Key& key) {
  const auto found = marks.find(key);
  return found == marks.end() ? std::nullopt : Mark(found->second);
}

// An empty shell means /bin/sh (passwd(5)).
bool is_login_shell(std::string_view shell) {
  constexpr std::string_view kNone[] = {"nologin", "false", "sync", "shutdown", "halt"};
  const std::string_view name = shell.substr(shell.rfind('/') + 1);
  return std::find(std::begin(kNone), std::end(kNone), name) == std::end(kNone);
}

std::string password_text(const Page& page, const Shadow* shadow) {
  constexpr std::pair<std::string_view, Word> kStates[] = {{"active", Word::kPasswordActive},
                                                           {"locked", Word::kPasswordLocked},
                                                           {"empty", Word::kPasswordEmpty},
                                                           {"invalid", Word::kPasswordInvalid}};
  if (shadow == nullptr) {
    return {};
  }
  for (const auto& [state, which] : kStates) {
    if (shadow->password_status == state) {
      return std::string(page.say(which));
    }
  }
  return shadow->password_status;
}

void write_users(Page& page, const Report& report, const Marks& marks) {
  std::map<std::string_view, const Shadow*> shadows;
  for (const auto& shadow : report.facts->read<Shadow>()) {
    shadows.emplace(shadow.username, &shadow);
  }
  std::vector<const User*> users;
  for (const auto& user : report.facts->read<User>()) {
    if (is_login_shell(user.shell) || lookup(marks.users, user.username)) {
      users.push_back(&user);
    }
  }
  const auto mark = [&](const User& user) { return lookup(marks.users, user.username); };
  std::stable_sort(users.begin(), users.end(), [&](const User* a, const User* b) {
    return std::tuple(mark(*a), a->uid == 0) > std::tuple(mark(*b), b->uid == 0);
  });
  TableView view;
  view.caption = Word::kLoginAccounts;
  view.headers = {Word::kName, Word::kUid,      Word::kShell,
                  Word::kHome, Word::kPassword, Word::kLastChange};
  view.total = view.rows = users.size();
  view.mark = [&](size_t i) { return mark(*users[i]); };
  view.fill = [&](size_t i, Row& row) {
    const User& user = *users[i];
    const auto found = shadows.find(user.username);
    const Shadow* shadow = found == shadows.end() ? nullptr : found->second;
    row.code(user.username).number(user.uid).code(user.shell).code(user.directory);
    row.words(password_text(page, shadow));
    row.time(shadow == nullptr ? std::nullopt : shadow->last_change);
  };
  page.table(view);
}

void write_keys(Page& page, const Report& report, const Marks& marks) {
  std::vector<const AuthorizedKey*> keys;
  for (const auto& key : report.facts->read<AuthorizedKey>()) {
    keys.push_back(&key);
  }
  const auto mark = [&](const AuthorizedKey& key) {
    return lookup(marks.fingerprints, key.fingerprint);
  };
  std::stable_sort(keys.begin(), keys.end(), [&](const auto* a, const auto* b) {
    return std::tuple(mark(*a), a->file_ctime) > std::tuple(mark(*b), b->file_ctime);
  });
  TableView view;
  view.caption = Word::kKeys;
  view.headers = {Word::kName,    Word::kType, Word::kFingerprint,
                  Word::kComment, Word::kFile, Word::kChanged};
  view.total = view.rows = keys.size();
  view.mark = [&](size_t i) { return mark(*keys[i]); };
  view.fill = [&](size_t i, Row& row) {
    const AuthorizedKey& key = *keys[i];
    row.code(key.username).words(key.algorithm).code(key.fingerprint);
    row.words(key.comment.value_or(""));
    row.code(fmt::format("{}:{}", key.key_file, key.line)).time(key.file_ctime);
  };
  page.table(view);
}

void write_logins(Page& page, const Report& report, const Marks& marks) {
  std::vector<const LoggedInUser*> logins;
  for (const auto& login : report.facts->read<LoggedInUser>()) {
    if (login.type == "user" || login.type == "session") {
      logins.push_back(&login);
    }
  }
  TableView view;
  view.caption = Word::kLoggedIn;
  view.headers = {Word::kName, Word::kTerminal, Word::kFrom, Word::kTime, Word::kPid};
  view.total = view.rows = logins.size();
  view.mark = [&](size_t i) -> Mark {
    const auto& pid = logins[i]->pid;
    const auto found = pid ? marks.pids.find(*pid) : marks.pids.end();
    return found == marks.pids.end() ? std::nullopt : Mark(found->second);
  };
  view.fill = [&](size_t i, Row& row) {
    const LoggedInUser& login = *logins[i];
    row.code_if(login.user)
        .code_if(login.tty)
        .code_if(login.host)
        .time(login.time)
        .number(login.pid);
  };
  page.table(view);
}

}  // namespace

void write_accounts(Page& page, const Report& report, const Marks& marks) {
  page.open_section("accounts", Word::kAccounts, kBudget);
  page.note(page.say(Word::kAccountsMeans));
  const bool users = report.facts->has(model::TableOf<User>::info());
  const bool keys = report.facts->has(model::TableOf<AuthorizedKey>::info());
  const bool logins = report.facts->has(model::TableOf<LoggedInUser>::info());
  if (!users && !keys && !logins) {
    page.note(page.say(Word::kNotReadHere));
  }
  if (users) {
    write_users(page, report, marks);
  }
  if (keys) {
    write_keys(page, report, marks);
  }
  if (logins) {
    write_logins(page, report, marks);
  }
  page.close_section();
}

}  // namespace genba::render
