// SPDX-License-Identifier: Apache-2.0
//
// The page under construction. Markup of ours goes in through markup(); everything else through
// text() and its kin, which cut it and escape it, so that no name on the host can break out. Each
// section has a budget of bytes: when it is used up, rows are counted instead of shown, and the
// page says so. Covered by page_test.cc and html_test.cc.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "model/finding.h"
#include "render/started_as.h"
#include "render/words.h"

namespace genba::render {

/// The stylesheet, web/report.css.
std::string_view report_css();

/// Bytes of host text shown in one cell, and of a rule's prose in one paragraph.
inline constexpr size_t kCellBytes = 400;
inline constexpr size_t kProseBytes = 2000;

/// At most `limit` bytes of `raw`, not cutting through a character, and "…" when it was cut.
std::string cut(std::string_view raw, size_t limit);

class Page;

/// One row of a table, filled cell by cell.
class Row {
 public:
  explicit Row(Page& page) : page_(page) {}
  Row& words(std::string_view raw);
  Row& code(std::string_view raw);
  Row& code_if(const std::optional<std::string>& raw);
  Row& number(int64_t number);
  Row& number(const std::optional<int64_t>& number);
  /// A short text that is set like a number ("98.7 %").
  Row& figure(std::string_view raw);
  Row& time(const std::optional<base::Timestamp>& time);
  /// A program in a tree, indented by its depth.
  Row& branch(size_t depth, std::string_view raw);
  Row& absent();

 private:
  Page& page_;
};

/// Whether a long table is shown closed; one that a finding rests on never is.
enum class Fold : uint8_t { kWhenLong, kNever };

/// What a table shows. `fill` is called for one index after the other until the caps are reached.
struct TableView {
  Word caption;
  std::vector<Word> headers;
  size_t total = 0;  ///< what the reader is told exists
  size_t rows = 0;   ///< how many `fill` can give
  std::function<void(size_t index, Row& row)> fill;
  /// The severity to mark a row with; nothing for an ordinary row. May be empty.
  std::function<std::optional<model::Severity>(size_t index)> mark = {};
  Fold fold = Fold::kWhenLong;
};

class Page {
 public:
  /// `program` as in RunFigures.
  explicit Page(model::Language language, std::string_view program = "genba")
      : language_(language), program_(program) {}

  model::Language language() const { return language_; }
  std::string_view say(Word which) const { return word(which, language_); }
  std::string say(Word which, std::initializer_list<std::string_view> values) const {
    return fill(which, language_, values);
  }

  /// Words of ours with their commands as this binary was started.
  std::string as_started(std::string_view words) const { return started_as(program_, words); }

  /// Appends markup of ours as it is.
  void markup(std::string_view ours) { out_ += ours; }
  /// Appends host or rule text, cut and escaped; escaping makes at most six bytes of one.
  void text(std::string_view raw, size_t limit = kCellBytes);
  void prose(std::string_view raw) { text(raw, kProseBytes); }
  /// <tag>text</tag>; `attributes` is markup of ours.
  void element(std::string_view tag, std::string_view raw, std::string_view attributes = {},
               size_t limit = kProseBytes);
  /// A paragraph in small grey print.
  void note(std::string_view raw) { element("p", raw, "class=\"note\""); }

  /// <section> with its heading; rows in it stop after `budget` bytes.
  void open_section(std::string_view id, Word title, size_t budget);
  void close_section() { markup("</section>\n"); }
  bool full() const { return out_.size() >= limit_; }

  /// A list of things as a table that a reader can fold: open while short, closed when long.
  void table(const TableView& view);
  /// "showing 200 of 12,345", when not all is shown.
  void showing(size_t shown, size_t total);
  /// The stylesheet class of a severity.
  static std::string_view css_class(model::Severity severity);

  std::string take() { return std::move(out_); }

 private:
  model::Language language_;
  std::string program_;
  std::string out_;
  size_t limit_ = SIZE_MAX;
};

}  // namespace genba::render
