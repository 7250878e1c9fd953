// SPDX-License-Identifier: Apache-2.0
#include "app/query.h"

#include <set>

#include "app/output.h"
#include "base/text.h"
#include "fmt/format.h"
#include "model/tables/coverage.h"
#include "render/table.h"
#include "store/database.h"

namespace genba::app {

namespace {

std::string_view type_word(model::ColumnType type) {
  switch (type) {
    case model::ColumnType::kText: return "text";
    case model::ColumnType::kInteger: return "integer";
    case model::ColumnType::kReal: return "real";
    case model::ColumnType::kBoolean: return "boolean";
    case model::ColumnType::kTimestamp: return "time";
  }
  return "text";
}

// An empty answer is never a failed read: says what was not seen of the tables in question.
void print_gaps(const model::Facts& facts, const std::set<std::string>& tables,
                model::Language language) {
  const bool ja = language == model::Language::kJapanese;
  for (const std::string& name : tables) {
    const model::TableInfo* table = model::find_table(name);
    if (table != nullptr && !facts.has(*table)) {
      print(Stream::kErrors, ja ? fmt::format("genba: テーブル {} は読み取れませんでした\n", name)
                                : fmt::format("genba: the table {} could not be read\n", name));
    }
  }
  for (const model::Coverage& row : facts.read<model::Coverage>()) {
    if (row.status == "complete") {
      continue;
    }
    const std::string reason = row.reason ? fmt::format(": {}", *row.reason) : std::string();
    print(Stream::kErrors,
          fmt::format("genba: {} {}: {}{}\n", row.area, base::escape_for_terminal(row.subject),
                      row.status, base::escape_for_terminal(reason)));
  }
}

base::Result<void> print_rows(store::Statement& statement, const QueryOptions& options) {
  if (options.format == Format::kJson) {
    base::Result<Reader> printed = Reader::kListens;
    GENBA_TRY_VOID(statement.run({}, [&](std::span<const model::Value> row) {
      printed = print_result(render::render_row_json(statement.columns(), row));
      return printed && *printed == Reader::kListens;
    }));
    GENBA_TRY_VOID(printed);
    return {};
  }
  render::ResultRows rows;
  rows.columns = statement.columns();
  GENBA_TRY_VOID(statement.run({}, [&](std::span<const model::Value> row) {
    rows.add(row);
    return true;
  }));
  GENBA_TRY_VOID(print_result(render::render_table(rows, options.columns)));
  return {};
}

// A name that does not exist is mended by looking at those that do.
base::Result<std::set<store::ColumnUse>> uses_of(std::string_view sql) {
  auto uses = store::uses_of(sql);
  if (!uses && uses.error().what.find("no such") != std::string::npos) {
    uses.error().what += "; 'genba query --tables' lists tables and columns";
  }
  return uses;
}

}  // namespace

base::Result<QueryOutcome> run_query(const QueryOptions& options, Progress& progress) {
  GENBA_TRY(const auto uses, uses_of(options.sql));
  collect::Wanted wanted;
  std::set<std::string> tables;
  for (const auto& [table, column] : uses) {
    wanted.add(table, column);
    tables.insert(table);
  }
  GENBA_TRY(const Observation observation, observe(options.observe, wanted, progress));
  GENBA_TRY(const auto database, store::Database::open(observation.facts));
  GENBA_TRY(const auto statement, database->prepare(options.sql));
  progress.wipe();
  GENBA_TRY_VOID(print_rows(*statement, options));
  if (!options.quiet) {
    print_gaps(observation.facts, tables, options.language);
  }
  bool answered = tables.empty();
  for (const std::string& name : tables) {
    const model::TableInfo* table = model::find_table(name);
    answered = answered || (table != nullptr && observation.facts.has(*table));
  }
  return answered ? QueryOutcome::kAnswered : QueryOutcome::kCouldNotLook;
}

std::string list_tables() {
  std::string text;
  for (const model::TableInfo* table : model::all_tables()) {
    text += fmt::format("{}: {}\n", table->name, table->meaning);
    for (const model::ColumnInfo& column : table->columns) {
      text +=
          fmt::format("    {:<22}{:<9}{}\n", column.name, type_word(column.type), column.meaning);
    }
  }
  return text;
}

}  // namespace genba::app
