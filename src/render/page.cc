// SPDX-License-Identifier: Apache-2.0
#include "render/page.h"

#include <algorithm>

#include "base/text.h"
#include "fmt/format.h"
#include "render/brief.h"

namespace genba::render {

namespace {

// Rows shown of one table, and how many of them a reader sees without unfolding it.
constexpr size_t kMaxRows = 500;
constexpr size_t kOpenRows = 60;

}  // namespace

std::string cut(std::string_view raw, size_t limit) {
  if (raw.size() <= limit) {
    return std::string(raw);
  }
  size_t end = limit;
  // A character has at most three continuation bytes; broken text may have more of them.
  for (int i = 0; i < 3 && end > 0 && (static_cast<unsigned char>(raw[end]) & 0xC0) == 0x80; ++i) {
    --end;
  }
  return std::string(raw.substr(0, end)) + "…";
}

Row& Row::words(std::string_view raw) {
  page_.markup("<td class=\"words\">");
  page_.text(raw);
  page_.markup("</td>");
  return *this;
}

Row& Row::code(std::string_view raw) {
  page_.markup("<td class=\"path\"><code>");
  page_.text(raw);
  page_.markup("</code></td>");
  return *this;
}

Row& Row::code_if(const std::optional<std::string>& raw) {
  return raw ? code(std::string_view(*raw)) : absent();
}

Row& Row::number(int64_t number) {
  page_.markup(fmt::format("<td class=\"number\">{}</td>", number));
  return *this;
}

Row& Row::number(const std::optional<int64_t>& value) {
  return value ? number(*value) : absent();
}

Row& Row::figure(std::string_view raw) {
  page_.markup("<td class=\"number\">");
  page_.text(raw);
  page_.markup("</td>");
  return *this;
}

Row& Row::time(const std::optional<base::Timestamp>& time) {
  if (!time) {
    return absent();
  }
  page_.markup(fmt::format("<td class=\"time\">{}</td>", base::to_display(*time)));
  return *this;
}

Row& Row::branch(size_t depth, std::string_view raw) {
  page_.markup(fmt::format("<td class=\"tree path\" style=\"--depth:{}\"><code>", depth));
  page_.text(raw);
  page_.markup("</code></td>");
  return *this;
}

Row& Row::absent() {
  page_.markup("<td class=\"absent\">–</td>");
  return *this;
}

void Page::text(std::string_view raw, size_t limit) {
  out_ += raw.size() <= limit ? base::escape_for_html(raw) : base::escape_for_html(cut(raw, limit));
}

void Page::element(std::string_view tag, std::string_view raw, std::string_view attributes,
                   size_t limit) {
  out_ += fmt::format("<{}{}{}>", tag, attributes.empty() ? "" : " ", attributes);
  text(raw, limit);
  out_ += fmt::format("</{}>\n", tag);
}

void Page::open_section(std::string_view id, Word title, size_t budget) {
  out_ += fmt::format("<section id=\"{0}\" aria-labelledby=\"{0}-title\">\n", id);
  element("h2", say(title), fmt::format("id=\"{}-title\"", id));
  limit_ = out_.size() + budget;
}

void Page::showing(size_t shown, size_t total) {
  if (shown < total) {
    note(say(Word::kShowing, {with_commas(shown), with_commas(total)}));
  }
}

void Page::table(const TableView& view) {
  const bool open = view.fold == Fold::kNever || view.rows <= kOpenRows;
  out_ += open ? "<details open>" : "<details>";
  out_ += "<summary>";
  text(say(view.caption));
  out_ += fmt::format("<span class=\"count\">{}</span></summary>\n", with_commas(view.total));
  if (view.rows == 0) {
    note(say(Word::kReadAndEmpty));
    out_ += "</details>\n";
    return;
  }
  out_ += "<div class=\"scroll\" tabindex=\"0\"><table><caption class=\"hidden\">";
  text(say(view.caption));
  out_ += "</caption><thead><tr>";
  for (const Word header : view.headers) {
    out_ += "<th scope=\"col\">";
    text(say(header));
    out_ += "</th>";
  }
  out_ += "</tr></thead>\n<tbody>\n";
  Row row(*this);
  size_t shown = 0;
  while (shown < std::min(view.rows, kMaxRows) && !full()) {
    const auto mark = view.mark ? view.mark(shown) : std::nullopt;
    out_ += mark ? fmt::format("<tr class=\"marked {}\">", css_class(*mark)) : "<tr>";
    view.fill(shown, row);
    out_ += "</tr>\n";
    ++shown;
  }
  out_ += "</tbody></table></div>\n";
  showing(shown, view.total);
  out_ += "</details>\n";
}

std::string_view Page::css_class(model::Severity severity) {
  return model::to_string(severity);
}

}  // namespace genba::render
