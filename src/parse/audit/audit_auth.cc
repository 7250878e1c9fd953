// SPDX-License-Identifier: Apache-2.0
#include "parse/audit/audit_auth.h"

#include "parse/audit/audit_types.h"

namespace genba::parse {
namespace {

bool holds(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

std::string_view base_name(std::string_view path) {
  return path.substr(path.rfind('/') + 1);  // npos + 1 is 0
}

std::string_view method_of(const AuditEvent& event) {
  const std::string_view program = base_name(event.exe);
  if (program == "sudo" || program == "sudo-rs") {
    return "sudo";
  }
  if (program == "su" || program == "su-l") {
    return "su";
  }
  const std::string_view operation = event.operation;
  if (operation.starts_with("PAM:")) {
    return "pam";
  }
  if (operation.starts_with("pubkey")) {
    return "publickey";
  }
  if (operation == "login" || operation == "logout") {
    return {};
  }
  return operation;
}

std::string_view actor_of(const AuditEvent& event) {
  return event.auid_name.empty() ? std::string_view(event.uid_name)
                                 : std::string_view(event.auid_name);
}

/// What a record about a login, its checks and its session says.
std::string_view login_outcome(const AuditEvent& event, std::string_view method) {
  const bool failed = event.success == false;
  if (event.kind == "user_end" || event.kind == "user_logout") {
    return "session_closed";
  }
  if (!event.success) {
    return {};
  }
  if (event.kind == "user_login") {
    return failed ? "failed" : "accepted";
  }
  if (event.kind == "user_auth") {
    if (failed) {
      return "failed";
    }
    return event.address.empty() && event.hostname.empty() ? "" : "accepted";
  }
  if (event.kind == "user_acct") {
    return failed ? "failed" : "";
  }
  if (event.kind == "user_start") {
    if (failed) {
      return "failed";
    }
    return method == "su" ? "su" : "session_opened";
  }
  return {};
}

/// shadow-utils uses ADD_USER and DEL_USER also for home directories, mail and group lists.
bool is_about_the_account(std::string_view operation) {
  return operation.empty() || operation.starts_with("PAM:") ||
         (holds(operation, "user") && !holds(operation, "group") && !holds(operation, "home"));
}

std::string_view change_outcome(const AuditEvent& event) {
  if (event.success != true) {
    return {};
  }
  if (event.kind == "add_user" && is_about_the_account(event.operation)) {
    return "account_added";
  }
  if (event.kind == "del_user" && is_about_the_account(event.operation)) {
    return "account_removed";
  }
  // usermod reports a new name, uid or home directory under the same type.
  if (event.kind == "user_chauthtok" &&
      (event.operation.empty() || event.operation.starts_with("PAM:") ||
       holds(event.operation, "passw"))) {
    return "password_changed";
  }
  return {};
}

}  // namespace

std::optional<AuditAuth> to_auth(const AuditEvent& event) {
  AuditAuth auth;
  auth.method = method_of(event);
  const bool acts_for_another = auth.method == "su" || auth.method == "sudo";
  if (event.kind == "user_cmd") {
    auth.outcome = event.success == false ? "sudo_refused" : "sudo";
    auth.method = auth.method.empty() ? std::string_view("sudo") : auth.method;
    auth.user = actor_of(event);
    auth.target = event.account;
    auth.command = event.command_line;
  } else if (const std::string_view login = login_outcome(event, auth.method); !login.empty()) {
    auth.outcome = login == "failed" && auth.method == "su" ? "su_failed" : login;
    auth.user = acts_for_another ? actor_of(event) : std::string_view(event.account);
    auth.target = acts_for_another ? std::string_view(event.account) : std::string_view();
  } else if (const std::string_view change = change_outcome(event); !change.empty()) {
    auth.outcome = change;
    auth.user = actor_of(event);
    auth.target = event.account;
  } else {
    return std::nullopt;
  }
  auth.address = event.address.empty() ? event.hostname : event.address;
  auth.terminal = event.terminal;
  auth.exe = event.exe;
  auth.pid = event.pid;
  auth.uid = event.uid;
  auth.auid = event.auid;
  return auth;
}

}  // namespace genba::parse
