// SPDX-License-Identifier: Apache-2.0
#include "parse/command_trick/programs.h"

#include <algorithm>
#include <iterator>

namespace genba::parse {

namespace {

constexpr std::string_view kShells[] = {"sh",   "bash",  "dash", "ash",  "zsh", "ksh",
                                        "mksh", "rbash", "fish", "tcsh", "csh", "su"};
constexpr std::string_view kInterpreters[] = {"python", "pypy", "perl",   "ruby",
                                              "php",    "node", "nodejs", "lua"};
constexpr std::string_view kFetchers[] = {"curl",         "wget", "lwp-request",
                                          "lwp-download", "lynx", "aria2c"};
constexpr std::string_view kConnectors[] = {"nc",         "ncat",   "netcat", "nc.traditional",
                                            "nc.openbsd", "telnet", "socat"};
constexpr std::string_view kInputs[] = {"-", "/dev/stdin", "/dev/fd/0", "/proc/self/fd/0"};

template <size_t kCount>
bool contains(const std::string_view (&words)[kCount], std::string_view word) {
  return std::find(std::begin(words), std::end(words), word) != std::end(words);
}

std::string_view without_version(std::string_view name) {
  return name.substr(0, name.find_last_not_of("0123456789.-") + 1);
}

/// "-abc", not "--long" and not "-".
bool is_cluster(std::string_view word) {
  return word.size() > 1 && word[0] == '-' && word[1] != '-';
}

bool has_option(Words arguments, std::string_view letters, std::string_view long_name) {
  return std::any_of(arguments.begin(), arguments.end(), [&](const std::string& word) {
    return is_cluster(word) ? word.find_first_of(letters, 1) != std::string::npos
                            : word == long_name;
  });
}

bool names_a_shell(std::string_view command) {
  const std::string_view first = command.substr(0, command.find_first_of(" ,:\t"));
  const std::string_view name = program_name(first);
  return is_shell(name) || is_interpreter(name);
}

/// The last part of a URL, as a fetcher names the file.
std::string name_in_url(std::string_view url) {
  url = url.substr(0, url.find_first_of("?#"));
  return std::string(url.substr(url.rfind('/') + 1));
}

/// Its -s names the shell that -c is for; the account may stand anywhere. See su(1).
Script script_of_su(Words arguments) {
  constexpr std::string_view kWithValue = "csgGTw";
  constexpr std::string_view kCommand = "--command=";
  for (size_t i = 0; i < arguments.size(); ++i) {
    const std::string& word = arguments[i];
    const std::string next = i + 1 < arguments.size() ? arguments[i + 1] : "";
    if (word.starts_with(kCommand)) {
      return {.text = word.substr(kCommand.size())};
    }
    if (word == "--command") {
      return {.text = next};
    }
    const size_t at = is_cluster(word) ? word.find_first_of(kWithValue, 1) : std::string::npos;
    if (at == std::string::npos) {
      continue;
    }
    const bool attached = at + 1 < word.size();
    if (word[at] == 'c') {
      return {.text = attached ? word.substr(at + 1) : next};
    }
    i += attached ? 0 : 1;
  }
  return {};
}

}  // namespace

std::string_view program_name(std::string_view word) {
  const size_t start = word.find_first_not_of("-@:+!|");
  if (start != std::string_view::npos && start > 0 && word[start] == '/') {
    word.remove_prefix(start);
  }
  return word.substr(word.rfind('/') + 1);
}

bool is_shell(std::string_view name) {
  return contains(kShells, name);
}

bool is_interpreter(std::string_view name) {
  return contains(kInterpreters, without_version(name));
}

bool is_fetcher(std::string_view name) {
  return contains(kFetchers, name);
}

bool is_connector(std::string_view name, Words arguments) {
  return contains(kConnectors, name) ||
         (name == "openssl" && !arguments.empty() && arguments[0] == "s_client");
}

bool is_decoder(std::string_view name, Words arguments) {
  if (name == "base64" || name == "base32") {
    return has_option(arguments, "dD", "--decode");
  }
  if (name == "openssl" && !arguments.empty()) {
    const bool codes = arguments[0] == "enc" || arguments[0] == "base64";
    return codes && std::find(arguments.begin(), arguments.end(), "-d") != arguments.end();
  }
  return name == "xxd" && has_option(arguments, "r", "-revert");
}

bool connects_a_shell(std::string_view name, Words arguments) {
  for (size_t i = 0; i < arguments.size(); ++i) {
    const std::string& word = arguments[i];
    if (name == "socat") {
      std::string lower = word;
      std::transform(lower.begin(), lower.end(), lower.begin(),
                     [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
      for (const std::string_view address : {"exec:", "system:"}) {
        const size_t at = lower.find_first_not_of("'\"", address.size());
        if (lower.starts_with(address) && at != std::string::npos &&
            names_a_shell(std::string_view(lower).substr(at))) {
          return true;
        }
      }
      continue;
    }
    const bool runs = is_cluster(word) ? word.find_first_of("ec") != std::string::npos
                                       : word == "--exec" || word == "--sh-exec";
    if (runs && i + 1 < arguments.size() && names_a_shell(arguments[i + 1])) {
      return true;
    }
  }
  return false;
}

std::vector<std::string> fetched_files(std::string_view name, Words arguments) {
  const char letter = name == "wget" ? 'O' : 'o';
  bool own_name = name == "wget";
  std::vector<std::string> files;
  std::vector<std::string> urls;
  for (size_t i = 0; i < arguments.size(); ++i) {
    const std::string& word = arguments[i];
    const size_t at = is_cluster(word) ? word.find(letter, 1) : std::string::npos;
    if (at != std::string::npos && at + 1 < word.size()) {
      files.push_back(word.substr(at + 1));
    } else if (at != std::string::npos || word == "--output" || word == "--output-document") {
      if (++i < arguments.size()) {
        files.push_back(arguments[i]);
      }
    } else if (word.starts_with("--output")) {
      files.push_back(word.substr(std::min(word.find('='), word.size() - 1) + 1));
    } else if (name == "curl" && ((is_cluster(word) && word.find('O') != std::string::npos) ||
                                  word == "--remote-name")) {
      own_name = true;
    } else if (!word.starts_with('-')) {
      urls.push_back(name_in_url(word));
    }
  }
  if (files.empty() && own_name) {
    files = std::move(urls);
  }
  return files;
}

Script script_of(std::string_view name, Words arguments) {
  if (name == "su") {
    return script_of_su(arguments);
  }
  const bool shell = is_shell(name);
  Script script;
  for (size_t i = 0; i < arguments.size(); ++i) {
    const std::string& word = arguments[i];
    if (contains(kInputs, word)) {
      script.from_input = true;
      return script;
    }
    if (!is_cluster(word) && !word.starts_with("--")) {
      script.operand = i;
      return script;
    }
    if (word.starts_with("--")) {
      continue;
    }
    if (word.find_first_of(shell ? "c" : "cemnpr", 1) != std::string::npos) {
      script.text = i + 1 < arguments.size() ? arguments[i + 1] : "";
      return script;
    }
    if (shell && word.find('s', 1) != std::string::npos && word.find('o', 1) == std::string::npos) {
      script.from_input = true;
      return script;
    }
    if (shell && (word.back() == 'o' || word.back() == 'O')) {
      ++i;  // -o pipefail
    }
  }
  script.from_input = true;
  return script;
}

}  // namespace genba::parse
