// SPDX-License-Identifier: Apache-2.0
#include "store/sqlite.h"

#include <cstring>

#include "base/text.h"
#include "fmt/format.h"

namespace genba::store {

namespace {

using base::ErrorCode;
using base::fail;
using base::Result;

constexpr char kVfsName[] = "genba-closed";

int open_nothing(sqlite3_vfs*, sqlite3_filename, sqlite3_file* file, int, int*) {
  file->pMethods = nullptr;
  return SQLITE_CANTOPEN;
}

int delete_nothing(sqlite3_vfs*, const char*, int) {
  return SQLITE_IOERR_DELETE;
}

int nothing_exists(sqlite3_vfs*, const char*, int, int* answer) {
  *answer = 0;
  return SQLITE_OK;
}

int keep_path(sqlite3_vfs*, const char* name, int size, char* out) {
  sqlite3_snprintf(size, out, "%s", name);
  return SQLITE_OK;
}

int no_randomness(sqlite3_vfs*, int size, char* out) {
  std::memset(out, 0, static_cast<size_t>(size));
  return size;
}

int no_sleep(sqlite3_vfs*, int) {
  return 0;
}

int no_clock(sqlite3_vfs*, double*) {
  return SQLITE_ERROR;
}

int no_clock_64(sqlite3_vfs*, sqlite3_int64*) {
  return SQLITE_ERROR;
}

int no_last_error(sqlite3_vfs*, int, char*) {
  return 0;
}

sqlite3_vfs closed_vfs() {
  sqlite3_vfs vfs{};
  vfs.iVersion = 2;
  vfs.szOsFile = sizeof(sqlite3_file);
  vfs.mxPathname = 512;
  vfs.zName = kVfsName;
  vfs.xOpen = open_nothing;
  vfs.xDelete = delete_nothing;
  vfs.xAccess = nothing_exists;
  vfs.xFullPathname = keep_path;
  vfs.xRandomness = no_randomness;
  vfs.xSleep = no_sleep;
  vfs.xCurrentTime = no_clock;
  vfs.xGetLastError = no_last_error;
  vfs.xCurrentTimeInt64 = no_clock_64;
  return vfs;
}

// Once in the life of the process; SQLite keeps the VFS for ever.
bool start_sqlite() {
  // Counting every allocation would take a lock for each of them.
  sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
  if (sqlite3_initialize() != SQLITE_OK) {
    return false;
  }
  static sqlite3_vfs vfs = closed_vfs();
  sqlite3_test_control(SQLITE_TESTCTRL_LOCALTIME_FAULT, 1);
  // As the default, because SQLite asks the default one for randomness (/dev/urandom otherwise).
  return sqlite3_vfs_register(&vfs, 1) == SQLITE_OK;
}

void set_limits(sqlite3* handle) {
  sqlite3_limit(handle, SQLITE_LIMIT_LENGTH, 64 << 20);
  sqlite3_limit(handle, SQLITE_LIMIT_SQL_LENGTH, 1 << 20);
  sqlite3_limit(handle, SQLITE_LIMIT_EXPR_DEPTH, 500);
  sqlite3_limit(handle, SQLITE_LIMIT_COMPOUND_SELECT, 200);
  sqlite3_limit(handle, SQLITE_LIMIT_VDBE_OP, 1'000'000);
  sqlite3_limit(handle, SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 4096);
  sqlite3_limit(handle, SQLITE_LIMIT_ATTACHED, 0);
  sqlite3_limit(handle, SQLITE_LIMIT_TRIGGER_DEPTH, 0);
  sqlite3_limit(handle, SQLITE_LIMIT_WORKER_THREADS, 0);
}

void harden(sqlite3* handle) {
  sqlite3_db_config(handle, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, nullptr);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_ENABLE_FTS3_TOKENIZER, 0, nullptr);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, nullptr);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
}

}  // namespace

Result<SqliteHandle> open_sqlite() {
  static const bool kStarted = start_sqlite();
  if (!kStarted) {
    return fail(ErrorCode::kIo, "SQLite does not start");
  }
  sqlite3* raw = nullptr;
  const int status = sqlite3_open_v2(
      ":memory:", &raw, SQLITE_OPEN_READWRITE | SQLITE_OPEN_MEMORY | SQLITE_OPEN_NOMUTEX, kVfsName);
  SqliteHandle handle(raw);
  if (status != SQLITE_OK) {
    return fail(ErrorCode::kIo, "SQLite opens no database in memory");
  }
  harden(raw);
  set_limits(raw);
  if (const auto set = execute(raw, "PRAGMA temp_store = MEMORY; PRAGMA automatic_index = ON;");
      !set) {
    return fail(set.error());
  }
  return handle;
}

base::Error sqlite_error(sqlite3* handle, std::string_view doing) {
  const int code = sqlite3_errcode(handle) & 0xFF;
  const auto kind = code == SQLITE_INTERRUPT                          ? ErrorCode::kTimedOut
                    : code == SQLITE_TOOBIG || code == SQLITE_FULL    ? ErrorCode::kTooLarge
                    : code == SQLITE_NOMEM || code == SQLITE_INTERNAL ? ErrorCode::kIo
                                                                      : ErrorCode::kInvalid;
  return {kind, 0, fmt::format("{}: {}", doing, base::escape_for_terminal(sqlite3_errmsg(handle)))};
}

Result<void> execute(sqlite3* handle, const std::string& sql) {
  if (sqlite3_exec(handle, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
    return fail(sqlite_error(handle, "preparing the database"));
  }
  return {};
}

Result<StatementHandle> compile(sqlite3* handle, std::string_view sql) {
  sqlite3_stmt* raw = nullptr;
  if (sqlite3_prepare_v2(handle, sql.data(), static_cast<int>(sql.size()), &raw, nullptr) !=
      SQLITE_OK) {
    return fail(sqlite_error(handle, "preparing the database"));
  }
  return StatementHandle(raw);
}

bool is_sql_text(std::string_view raw) {
  return raw.find('\0') == std::string_view::npos && base::is_valid_utf8(raw);
}

std::string sql_text(std::string_view raw) {
  std::string text = base::to_valid_utf8(raw);
  for (size_t at = text.find('\0'); at != std::string::npos; at = text.find('\0', at)) {
    text.replace(at, 1, "\\x00");
  }
  return text;
}

}  // namespace genba::store
