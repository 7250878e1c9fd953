// SPDX-License-Identifier: Apache-2.0
#include "app/query.h"

#include <algorithm>
#include <set>
#include <vector>

#include "app/output.h"
#include "base/nearest.h"
#include "base/text.h"
#include "collect/collector.h"
#include "fmt/format.h"
#include "model/tables/coverage.h"
#include "render/gaps.h"
#include "render/table.h"
#include "store/database.h"

namespace genba::app {

namespace {

// The collectors that provide the tables; "case" when a case itself is damaged.
std::set<std::string_view> areas_of(const std::set<std::string>& tables) {
  std::set<std::string_view> areas = {"case"};
  for (const collect::Collector* collector : collect::all_collectors()) {
    for (const model::TableInfo* table : collector->provides) {
      if (tables.count(std::string(table->name)) > 0) {
        areas.insert(collector->name);
      }
    }
  }
  return areas;
}

// "genba: area subject: status (remedy): reason", cut to the terminal.
std::string gap_line(const model::Coverage& row, const render::Report& report,
                     const QueryOptions& options) {
  const std::string reason = render::coverage_reason(row, options.language);
  const std::string remedy = render::coverage_remedy(row, report, options.language);
  std::string line = fmt::format("genba: {} {}: {}", row.area, row.subject,
                                 render::status_word(row.status, options.language));
  line += remedy.empty() ? "" : fmt::format(" ({})", remedy);
  line += reason.empty() ? "" : fmt::format(": {}", reason);
  line = base::escape_for_terminal(line);
  return options.columns ? base::truncate_to_width(line, *options.columns) : line;
}

// An empty answer is never a failed read: says what was not seen of the tables in question.
void print_gaps(const model::Facts& facts, const std::set<std::string>& tables,
                const QueryOptions& options) {
  const bool ja = options.language == model::Language::kJapanese;
  for (const std::string& name : tables) {
    const model::TableInfo* table = model::find_table(name);
    if (table != nullptr && !facts.has(*table)) {
      print(Stream::kErrors, ja ? fmt::format("genba: テーブル {} は読み取れませんでした\n", name)
                                : fmt::format("genba: the table {} could not be read\n", name));
    }
  }
  render::Report report;
  report.facts = &facts;
  const auto areas = areas_of(tables);
  for (const model::Coverage& row : facts.read<model::Coverage>()) {
    if (row.status != "complete" && areas.count(row.area) > 0) {
      print(Stream::kErrors, gap_line(row, report, options) + "\n");
    }
  }
}

// In pieces: a system call for each line would take longer than the query.
base::Result<void> print_json_rows(store::Statement& statement) {
  constexpr size_t kPiece = 64UL << 10;
  std::string piece;
  base::Result<Reader> printed = Reader::kListens;
  const auto ran = statement.run({}, [&](std::span<const model::Value> row) {
    piece += render::render_row_json(statement.columns(), row);
    if (piece.size() >= kPiece) {
      printed = print_result(piece);
      piece.clear();
    }
    return printed && *printed == Reader::kListens;
  });
  if (printed && *printed == Reader::kListens) {
    printed = print_result(piece);
  }
  GENBA_TRY_VOID(printed);
  return ran;
}

base::Result<void> print_rows(store::Statement& statement, const QueryOptions& options) {
  if (options.format == Format::kJson) {
    return print_json_rows(statement);
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

// A name that does not exist is mended by looking at those that do; other SQL by an example.
std::string sql_hint(std::string_view what) {
  constexpr std::string_view kNoTable = "no such table: ";
  if (const size_t at = what.find(kNoTable); at != std::string_view::npos) {
    std::vector<std::string_view> names;
    for (const model::TableInfo* table : model::all_tables()) {
      names.push_back(table->name);
    }
    const std::string_view near = base::nearest(what.substr(at + kNoTable.size()), names);
    if (!near.empty()) {
      return fmt::format("did you mean '{}'?", near);
    }
  }
  return what.find("no such ") != std::string_view::npos
             ? "'genba query --tables' lists tables and columns"
             : "'genba help query' shows examples";
}

// What a look must bring so that the statement can answer. Coverage is of what was read: asked by
// itself, it is of everything.
collect::Wanted wanted_by(const std::set<store::ColumnUse>& uses) {
  const bool only_coverage =
      !uses.empty() && std::all_of(uses.begin(), uses.end(), [](const store::ColumnUse& use) {
        return use.first == model::tables::coverage().name;
      });
  if (only_coverage) {
    return collect::Wanted::all();
  }
  collect::Wanted wanted;
  for (const auto& [table, column] : uses) {
    wanted.add(table, column);
  }
  return wanted;
}

base::Result<std::set<store::ColumnUse>> uses_of(std::string_view sql) {
  auto uses = store::uses_of(sql);
  if (!uses) {
    uses.error().what += "; " + sql_hint(uses.error().what);
  }
  return uses;
}

}  // namespace

base::Result<QueryOutcome> run_query(const QueryOptions& options, Progress& progress) {
  GENBA_TRY(const auto uses, uses_of(options.sql));
  std::set<std::string> tables;
  for (const store::ColumnUse& use : uses) {
    tables.insert(use.first);
  }
  GENBA_TRY(const Observation observation, observe(options.observe, wanted_by(uses), progress));
  if (observation.no_system) {
    return base::fail(*observation.no_system);
  }
  GENBA_TRY(const auto database, store::Database::open(observation.facts));
  GENBA_TRY(const auto statement, database->prepare(options.sql));
  progress.wipe();
  GENBA_TRY_VOID(print_rows(*statement, options));
  if (!options.quiet) {
    print_gaps(observation.facts, tables, options);
  }
  GENBA_TRY_VOID(observation.kept);
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
          fmt::format("    {:<22}{:<9}{}\n", column.name, to_string(column.type), column.meaning);
    }
  }
  return text;
}

}  // namespace genba::app
