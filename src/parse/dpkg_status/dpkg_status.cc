// SPDX-License-Identifier: Apache-2.0
#include "parse/dpkg_status/dpkg_status.h"

#include <algorithm>
#include <map>
#include <utility>

#include "base/cursor.h"
#include "base/number.h"
#include "base/split.h"
#include "parse/dpkg_lists/dpkg_lists.h"

namespace genba::parse {

namespace {

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool same_field(std::string_view name, std::string_view lower_case) {
  return std::equal(name.begin(), name.end(), lower_case.begin(), lower_case.end(),
                    [](char a, char b) { return lower(a) == b; });
}

bool is_field_name(std::string_view name) {
  return !name.empty() && name.front() != '-' && name.front() != '#' &&
         std::all_of(name.begin(), name.end(), [](char c) { return c > ' ' && c < '\x7f'; });
}

class StatusParser {
 public:
  StatusParser(std::string_view bytes, std::string_view source)
      : bytes_(bytes), notes_(result_.notes, source) {}

  DpkgStatus run() {
    base::Lines lines(bytes_);
    while (const auto line = lines.next()) {
      take_line(line->text, line->offset);
      if (!line->ended) {
        notes_.add(line->offset, line->text.size(), "the file ends in the middle of a line");
      }
    }
    end_paragraph(bytes_.size());
    notes_.finish();
    return std::move(result_);
  }

 private:
  void take_line(std::string_view line, size_t offset) {
    if (base::trim(line).empty()) {
      end_paragraph(offset);
      return;
    }
    if (!in_paragraph_) {
      in_paragraph_ = true;
      paragraph_start_ = offset;
    }
    if (base::is_space(line.front())) {
      if (in_conffiles_) {
        take_conffile(base::trim(line), offset);
      }
      return;
    }
    in_conffiles_ = false;
    const size_t colon = line.find(':');
    if (colon == std::string_view::npos || !is_field_name(line.substr(0, colon))) {
      notes_.add(offset, line.size(), "a line is no field");
      return;
    }
    take_field(line.substr(0, colon), base::trim(line.substr(colon + 1)), offset);
  }

  void take_field(std::string_view name, std::string_view value, size_t offset) {
    if (same_field(name, "package")) {
      package_.name = value;
    } else if (same_field(name, "status")) {
      package_.status = value;
    } else if (same_field(name, "version")) {
      package_.version = value;
    } else if (same_field(name, "architecture")) {
      package_.architecture = value;
    } else if (same_field(name, "source")) {
      package_.source = value;
    } else if (same_field(name, "maintainer")) {
      package_.maintainer = value;
    } else if (same_field(name, "section")) {
      package_.section = value;
    } else if (same_field(name, "priority")) {
      package_.priority = value;
    } else if (same_field(name, "installed-size")) {
      take_size(value, offset);
    } else if (same_field(name, "conffiles")) {
      in_conffiles_ = true;
    }
  }

  void take_size(std::string_view value, size_t offset) {
    constexpr int64_t kKibibyte = 1024;  // Installed-Size: deb-substvars(5)
    const auto size = base::parse_number<int64_t>(value);
    if (!size || *size < 0 || *size > INT64_MAX / kKibibyte) {
      notes_.add(offset, value.size(), "Installed-Size is no number");
      return;
    }
    package_.installed_bytes = *size * kKibibyte;
  }

  // " /etc/name with spaces 0123…ef obsolete": the words behind the path are read from the end.
  void take_conffile(std::string_view line, size_t offset) {
    const size_t size = line.size();
    DpkgConffile conffile;
    std::string_view rest = line;
    for (std::string_view word = last_word(rest); word == "obsolete" || word == "remove-on-upgrade";
         word = last_word(rest)) {
      conffile.obsolete = conffile.obsolete || word == "obsolete";
      rest = base::trim(rest.substr(0, rest.size() - word.size()));
    }
    const std::string_view hash = last_word(rest);
    const std::string_view path = base::trim(rest.substr(0, rest.size() - hash.size()));
    const bool is_new = hash == "newconffile";
    if (path.empty() || path.front() != '/' || (!is_new && !is_md5_text(hash))) {
      notes_.add(offset, size, "a Conffiles line is no path and MD5");
      return;
    }
    conffile.path = path;
    if (!is_new) {
      conffile.md5 = hash;
    }
    package_.conffiles.push_back(std::move(conffile));
  }

  static std::string_view last_word(std::string_view text) {
    const size_t space = text.find_last_of(" \t");
    return space == std::string_view::npos ? text : text.substr(space + 1);
  }

  void end_paragraph(size_t offset) {
    if (!in_paragraph_) {
      return;
    }
    if (package_.name.empty()) {
      notes_.add(paragraph_start_, offset - paragraph_start_, "a paragraph names no package");
    } else {
      result_.packages.push_back(std::move(package_));
    }
    package_ = DpkgPackage();
    in_paragraph_ = false;
    in_conffiles_ = false;
  }

  std::string_view bytes_;
  DpkgStatus result_;
  NoteKeeper notes_;
  DpkgPackage package_;
  size_t paragraph_start_ = 0;
  bool in_paragraph_ = false;
  bool in_conffiles_ = false;
};

}  // namespace

bool DpkgPackage::is_installed() const {
  const size_t space = status.find_last_of(' ');
  return (space == std::string::npos ? std::string_view(status)
                                     : std::string_view(status).substr(space + 1)) == "installed";
}

DpkgStatus parse_dpkg_status(std::string_view bytes, std::string_view source) {
  return StatusParser(bytes, source).run();
}

std::string native_architecture(const DpkgStatus& status) {
  std::map<std::string_view, size_t> counts;
  for (const DpkgPackage& package : status.packages) {
    if (package.architecture.empty() || package.architecture == "all") {
      continue;
    }
    if (package.name == "dpkg" && package.is_installed()) {
      return package.architecture;
    }
    ++counts[package.architecture];
  }
  const auto most =
      std::max_element(counts.begin(), counts.end(),
                       [](const auto& a, const auto& b) { return a.second < b.second; });
  return most == counts.end() ? std::string() : std::string(most->first);
}

}  // namespace genba::parse
