// SPDX-License-Identifier: Apache-2.0
#include "store/case/case_reader.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "base/digest.h"
#include "base/text.h"
#include "fmt/format.h"
#include "store/case/case_line.h"

namespace genba::store {

namespace {

using base::ErrorCode;
using base::fail;
using base::Result;
using model::TableInfo;
using model::Value;

constexpr std::string_view kLog = "/log.jsonl";
constexpr size_t kPiece = 1U << 20;
// No row comes near: contents are objects, and a log line that is read is cut far below.
constexpr size_t kLongestLine = 256U << 20;

class LogReader {
 public:
  explicit LogReader(CaseContents& contents) : contents_(contents) {}

  /// Takes one line; an error says why nothing can be believed from here on.
  Result<void> take(std::string_view line, uint64_t offset);
  void note(uint64_t offset, uint64_t bytes, std::string reason);
  bool sealed() const { return sealed_; }

 private:
  Result<void> take_header(const CaseLine& line);
  void take_seal(const CaseLine& line, uint64_t offset);
  void take_row(const TableInfo& table, const CaseLine& line, uint64_t offset);
  void note_once(uint64_t offset, std::string what);

  CaseContents& contents_;
  std::string chain_ = kFirstChain;
  std::set<std::string> noted_;
  std::map<std::string, int64_t, std::less<>> counts_;
  bool sealed_ = false;
};

void LogReader::note(uint64_t offset, uint64_t bytes, std::string reason) {
  contents_.notes.push_back({std::string(kLog), offset, bytes, std::move(reason)});
}

void LogReader::note_once(uint64_t offset, std::string what) {
  if (noted_.insert(what).second) {
    note(offset, 0, std::move(what));
  }
}

Result<void> LogReader::take_header(const CaseLine& line) {
  if (line.kind != "genba.case") {
    return fail(ErrorCode::kDamaged, "the log does not begin with a case's header");
  }
  contents_.header = {number_in(line, "format"), text_in(line, "version"), text_in(line, "host"),
                      base::parse_rfc3339(text_in(line, "started")).value_or(base::Timestamp{})};
  if (contents_.header.format != 1) {
    return fail(ErrorCode::kUnsupported,
                fmt::format("the case has format {}, this Genba reads format 1; use a newer one",
                            contents_.header.format));
  }
  return {};
}

void LogReader::take_seal(const CaseLine& line, uint64_t offset) {
  sealed_ = true;
  bool same = number_in(line, "lines") == static_cast<int64_t>(contents_.lines);
  for (const auto& [kind, count] : counts_) {
    same = same && number_in(line, "rows." + kind) == count;
  }
  if (!same) {
    note(offset, 0, "the seal's counts differ from the lines before it");
  }
}

void LogReader::take_row(const TableInfo& table, const CaseLine& line, uint64_t offset) {
  std::vector<Value> cells(table.columns.size());
  for (const auto& [key, cell] : line.row) {
    const int column = table.column_index(key);
    if (column < 0) {
      note_once(offset, fmt::format("unknown column {}.{} of another version is left out",
                                    table.name, base::escape_for_terminal(key)));
      continue;
    }
    const auto index = static_cast<size_t>(column);
    Value value;
    if (to_value(cell, table.columns[index].type, value)) {
      cells[index] = value;
    } else {
      note_once(offset,
                fmt::format("column {}.{} has another type here and is left out", table.name, key));
    }
  }
  if (!contents_.facts.open(table).append_cells(cells)) {
    note_once(offset, fmt::format("table {} takes no more rows", table.name));
  }
}

Result<void> LogReader::take(std::string_view text, uint64_t offset) {
  if (sealed_) {
    return fail(ErrorCode::kDamaged, "lines stand behind the seal");
  }
  GENBA_TRY(const CaseLine line, parse_case_line(text, chain_));
  if (line.number != contents_.lines) {
    return fail(ErrorCode::kDamaged, "the line's number is not the next one");
  }
  contents_.chain = chain_;
  if (contents_.lines++ == 0) {
    return take_header(line);
  }
  if (line.kind == "genba.seal") {
    take_seal(line, offset);
  } else if (line.kind == "genba.object") {
    ++counts_[line.kind];
    contents_.objects.push_back(
        {text_in(line, "sha256"), number_in(line, "bytes"), text_in(line, "source")});
  } else if (line.kind == "genba.table") {
    if (const TableInfo* table = model::find_table(text_in(line, "table"))) {
      contents_.facts.open(*table);
    }
  } else {
    ++counts_[line.kind];
    if (const TableInfo* table = model::find_table(line.kind)) {
      take_row(*table, line, offset);
    } else {
      note_once(offset, fmt::format("unknown table {} of another version is left out",
                                    base::escape_for_terminal(line.kind)));
    }
  }
  return {};
}

// Cuts what a FileReader gives into lines.
class LineSource {
 public:
  explicit LineSource(host::FileReader& file) : file_(file), piece_(kPiece, '\0') {}

  struct Line {
    std::string_view text;  ///< valid until the next call
    uint64_t offset = 0;
    bool ended = true;
  };
  /// Nothing at the end. kTooLarge for a line without end.
  Result<bool> next(Line& line) {
    while (true) {
      const size_t newline = held_.find('\n', searched_);
      if (newline != std::string::npos) {
        line = {std::string_view(held_).substr(start_, newline - start_), base_ + start_, true};
        start_ = searched_ = newline + 1;
        return true;
      }
      searched_ = held_.size();
      if (held_.size() - start_ > kLongestLine) {
        return fail(ErrorCode::kTooLarge, "a line of the log has no end");
      }
      GENBA_TRY(const bool more, refill());
      if (!more) {
        line = {std::string_view(held_).substr(start_), base_ + start_, false};
        start_ = held_.size();
        return !line.text.empty();
      }
    }
  }

 private:
  Result<bool> refill() {
    GENBA_TRY(const size_t count, file_.read(piece_));
    if (count == 0) {
      return false;
    }
    held_.erase(0, start_);
    base_ += start_;
    searched_ -= start_;
    start_ = 0;
    held_.append(piece_, 0, count);
    return true;
  }

  host::FileReader& file_;
  std::string piece_;
  std::string held_;
  uint64_t base_ = 0;    // offset in the file of held_[0]
  size_t start_ = 0;     // of what has not been given yet
  size_t searched_ = 0;  // no newline before this
};

}  // namespace

Result<CaseContents> read_case(const host::Host& directory) {
  GENBA_TRY(const auto file, directory.open_file(kLog));
  CaseContents contents;
  LogReader reader(contents);
  LineSource source(*file);
  const uint64_t size = file->status().size;
  LineSource::Line line;
  while (true) {
    const Result<bool> more = source.next(line);
    const uint64_t offset = more ? line.offset : line.offset + line.text.size() + 1;
    const uint64_t lost = size > offset ? size - offset : line.text.size();
    if (!more) {
      reader.note(offset, lost, more.error().what);
      contents.end = CaseEnd::kAltered;
      break;
    }
    if (!*more) {
      contents.end = reader.sealed() ? CaseEnd::kSealed : CaseEnd::kCut;
      break;
    }
    if (!line.ended) {
      reader.note(offset, line.text.size(), "the log ends in the middle of a line");
      contents.end = reader.sealed() ? CaseEnd::kAltered : CaseEnd::kCut;
      break;
    }
    if (const auto taken = reader.take(line.text, line.offset); !taken) {
      if (offset == 0) {
        return fail(taken.error().with_context("reading log.jsonl"));
      }
      reader.note(offset, lost, taken.error().what);
      contents.end = CaseEnd::kAltered;
      break;
    }
  }
  if (contents.lines == 0) {
    return fail(ErrorCode::kDamaged, "reading log.jsonl: there is no whole line in it");
  }
  if (contents.end == CaseEnd::kCut) {
    reader.note(size, 0, "the log has no seal: the run did not finish, or its end is missing");
  }
  return contents;
}

std::vector<base::Note> verify_objects(const host::Host& directory,
                                       const std::vector<CaseObject>& objects) {
  std::vector<base::Note> notes;
  std::string piece(kPiece, '\0');
  for (const CaseObject& object : objects) {
    const std::string path = "/objects/" + object.sha256;
    const auto wrong = [&](std::string reason) {
      notes.push_back(
          {path, 0, static_cast<uint64_t>(std::max<int64_t>(object.bytes, 0)), std::move(reason)});
    };
    if (object.sha256.find_first_not_of("0123456789abcdef") != std::string::npos) {
      wrong("the name is not a digest");
      continue;
    }
    const auto file = directory.open_file(path);
    if (!file) {
      wrong(file.error().what);
      continue;
    }
    base::Sha256 digest;
    Result<size_t> count = (*file)->read(piece);
    for (; count && *count > 0; count = (*file)->read(piece)) {
      digest.add(std::string_view(piece).substr(0, *count));
    }
    if (!count) {
      wrong(count.error().what);
    } else if (digest.hex() != object.sha256) {
      wrong("the content was altered: it does not have the digest of its name");
    }
  }
  return notes;
}

}  // namespace genba::store
