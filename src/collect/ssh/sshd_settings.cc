// SPDX-License-Identifier: Apache-2.0
#include "collect/ssh/sshd_settings.h"

#include "parse/sshd_config/sshd_config.h"

namespace genba::collect::ssh {

namespace {

constexpr int kMaxDepth = 16;        // as sshd (SERVCONF_MAX_DEPTH)
constexpr size_t kMaxFiles = 1'000;  // far above any real configuration

class SettingsReader {
 public:
  explicit SettingsReader(ConfigReader& reader) : reader_(reader) {}

  void read(const std::string& path, bool conditional, int depth) {
    if (depth > kMaxDepth || ++files_ > kMaxFiles) {
      reader_.counter().cut("sshd's Include files are nested too deeply, or too many");
      return;
    }
    const auto bytes = reader_.read(path);
    if (!bytes) {
      return;
    }
    auto config = parse::parse_sshd_config(*bytes, path);
    reader_.notes(config.notes);
    for (auto& directive : config.directives) {
      const bool inside = conditional || directive.match_line.has_value();
      if (directive.keyword == "include") {
        include(directive.arguments, inside, depth);
      }
      settings.push_back(SshdSetting{std::move(directive.keyword), std::move(directive.arguments),
                                     path, directive.line, inside});
    }
  }

  std::vector<SshdSetting> settings;

 private:
  void include(const std::vector<std::string>& patterns, bool conditional, int depth) {
    for (const auto& pattern : patterns) {
      const bool absolute = !pattern.empty() && pattern[0] == '/';
      for (const auto& path : reader_.expand(absolute ? pattern : "/etc/ssh/" + pattern)) {
        read(path, conditional, depth + 1);
      }
    }
  }

  ConfigReader& reader_;
  size_t files_ = 0;
};

}  // namespace

std::vector<SshdSetting> read_sshd_settings(ConfigReader& reader) {
  SettingsReader settings(reader);
  settings.read("/etc/ssh/sshd_config", false, 0);
  if (settings.settings.empty()) {
    // openSUSE ships the vendor's configuration here.
    settings.read("/usr/etc/ssh/sshd_config", false, 0);
  }
  return std::move(settings.settings);
}

}  // namespace genba::collect::ssh
