// SPDX-License-Identifier: Apache-2.0
//
// What the dynamic linker loads into every program, and where it looks for libraries. Source:
// ld.so(8), ldconfig(8), glibc elf/rtld.c (do_preload) and elf/ldconfig.c; musl ldso/dynlink.c.
#include <set>

#include "collect/startup/startup_rows.h"
#include "parse/text_lines/text_lines.h"

namespace genba::collect::startup {

namespace {

constexpr int kMaxDepth = 10;  // of include lines

/// Calls `found` with each word of a line, between the given separators and before a comment.
template <class Found>
void for_each_word(std::string_view text, std::string_view separators, Found found) {
  text = text.substr(0, text.find('#'));
  size_t start = 0;
  while ((start = text.find_first_not_of(separators, start)) != std::string_view::npos) {
    const size_t end = std::min(text.find_first_of(separators, start), text.size());
    found(text.substr(start, end - start));
    start = end;
  }
}

void collect_preload(Context& context) {
  constexpr std::string_view kPath = "/etc/ld.so.preload";
  ConfigReader reader(context, kArea, kPath);
  if (const auto bytes = reader.read(kPath)) {
    const auto status = reader.status(kPath);
    parse::TextLines lines(*bytes);
    size_t count = 0;
    while (const auto line = lines.next()) {
      // The linker separates by blanks and colons, and ends at nothing else.
      for_each_word(line->text, {" \t\r\0:", 5}, [&](std::string_view word) {
        if (++count <= parse::kMaxEntries) {
          auto& row =
              add_item(context, "ld.so.preload", std::string(word), kPath, Enabled::kYes, status);
          row.path = absolute(word);
          row.line = line->number;
        }
      });
    }
  }
  reader.finish();
}

class SearchPath {
 public:
  explicit SearchPath(Context& context)
      : context_(context), reader_(context, kArea, "/etc/ld.so.conf, ld.so.conf.d") {}

  void run() {
    read("/etc/ld.so.conf", Enabled::kYes, 0);
    // Files that no include line names count for nothing, today.
    for (const auto& path : reader_.expand("/etc/ld.so.conf.d/*")) {
      read(path, Enabled::kNo, 0);
    }
    for (const auto& path : reader_.expand("/etc/ld-musl-*.path")) {
      read(path, Enabled::kYes, 0);
    }
    reader_.finish();
  }

 private:
  void read(const std::string& path, Enabled enabled, int depth) {
    if (depth > kMaxDepth || !done_.insert(path).second) {
      return;
    }
    const auto bytes = reader_.read(path);
    if (!bytes) {
      return;
    }
    const auto status = reader_.status(path);
    parse::TextLines lines(*bytes);
    while (const auto line = lines.next()) {
      std::string_view rest = line->text;
      if (parse::take_word(rest) == "include") {
        for_each_word(rest, " \t\r", [&](std::string_view pattern) {
          const bool relative = pattern[0] != '/';
          for (const auto& included :
               reader_.expand(relative ? "/etc/" + std::string(pattern) : std::string(pattern))) {
            read(included, enabled, depth + 1);
          }
        });
        continue;
      }
      for_each_word(line->text, " \t\r:,", [&](std::string_view word) {
        if (++count_ <= parse::kMaxEntries) {
          auto& row = add_item(context_, "ld.so.conf", std::string(word), path, enabled, status);
          row.path = absolute(word);
          row.line = line->number;
        }
      });
    }
  }

  Context& context_;
  ConfigReader reader_;
  std::set<std::string> done_;
  size_t count_ = 0;
};

}  // namespace

void collect_linker(Context& context) {
  collect_preload(context);
  SearchPath(context).run();
}

}  // namespace genba::collect::startup
