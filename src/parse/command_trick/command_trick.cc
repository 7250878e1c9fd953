// SPDX-License-Identifier: Apache-2.0
#include "parse/command_trick/command_trick.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "base/places.h"
#include "parse/command_trick/programs.h"
#include "parse/shell_words/shell_words.h"

namespace genba::parse {

namespace {

using Kind = ShellToken::Kind;

// Honest lines nest once or twice; each level may read its text again.
constexpr int kMaxDepth = 5;
constexpr int kMaxGroups = 40;
constexpr size_t kMaxSubstitutionsInWord = 4;
constexpr size_t kMaxFetchedFiles = 64;
// cronie takes lines of up to 128 KiB.
constexpr size_t kMaxCommand = 256 * 1024;
// What the shells inside a line may read of it in all, in lengths of the line and in bytes: a line
// made to be read a thousand times must not buy time.
constexpr size_t kMaxReadings = 8;
constexpr size_t kFreeReading = 16 * 1024;

/// What flows out of a command.
struct Flow {
  bool fetched = false;  ///< from a URL
  bool decoded = false;
  bool remote = false;  ///< from a connection
  bool shell = false;   ///< from a shell that reads its input

  void add(const Flow& other) {
    fetched |= other.fetched;
    decoded |= other.decoded;
    remote |= other.remote;
    shell |= other.shell;
  }
};

struct Redirect {
  std::string sign;
  std::string target;
  Flow flow;
};

struct SimpleCommand {
  std::vector<std::string> words;
  std::vector<Flow> flows;  ///< of substitutions in each word
  std::vector<Redirect> redirects;
};

bool is_network_file(std::string_view path) {
  return path.starts_with("/dev/tcp/") || path.starts_with("/dev/udp/");
}

/// `…` becomes $(…), as far as quotes let the shell see it.
std::string without_backticks(std::string_view text) {
  std::string out;
  bool open = false;
  bool single = false;
  bool dquoted = false;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\\' && !single && i + 1 < text.size()) {
      out += c;
      out += text[++i];
    } else if (c == '`' && !single) {
      out += open ? ")" : "$(";
      open = !open;
    } else {
      single = c == '\'' && !dquoted ? !single : single;
      dquoted = c == '"' && !single ? !dquoted : dquoted;
      out += c;
    }
  }
  return out;
}

/// What is known of the whole line, also of the shells inside it.
struct Line {
  explicit Line(size_t size) : unread(kMaxReadings * size + kFreeReading) {}

  size_t unread;  ///< what inner shells may still read
  std::optional<CommandTrick> strongest;
  std::vector<std::string> fetched_files;  ///< resolved
  std::string directory = ".";             ///< by the last cd
  bool opens_network_file = false;

  void found(CommandTrick trick) { strongest = strongest ? std::max(*strongest, trick) : trick; }
  /// The whole path, as far as the line tells where it is: ~ and $HOME are no names in a directory.
  std::string resolved(std::string_view path) const {
    if (path.starts_with('/') || path.starts_with('~') || path.starts_with('$')) {
      return std::string(path);
    }
    return directory + "/" + std::string(path.substr(path.starts_with("./") ? 2 : 0));
  }
  void changes_directory(Words arguments) {
    const std::string_view path = arguments.empty() ? "~" : std::string_view(arguments.back());
    directory = path == "-" ? "." : resolved(path);
  }
  void runs_file(std::string_view path) {
    const std::string whole = resolved(path);
    if (std::find(fetched_files.begin(), fetched_files.end(), whole) != fetched_files.end()) {
      found(CommandTrick::kDownload);
    }
    if (base::lies_in_volatile_directory(whole)) {
      found(CommandTrick::kVolatile);
    }
  }
  /// A script that an interpreter is given. (What "." reads may be an honest /etc/.env.)
  void runs_script(std::string_view path) {
    runs_file(path);
    if (base::is_hidden_in_system_place(resolved(path))) {
      found(CommandTrick::kVolatile);
    }
  }
  /// A program: found by PATH unless its name has a slash.
  void runs_program(std::string_view word) {
    if (word.find('/') != std::string_view::npos) {
      runs_script(word.substr(std::min(word.find_first_not_of("-@:+!|"), word.size())));
    }
  }
  void runs_flow(const Flow& flow) {
    if (flow.remote) {
      found(CommandTrick::kNetwork);
    }
    if (flow.fetched) {
      found(CommandTrick::kDownload);
    }
    if (flow.decoded) {
      found(CommandTrick::kDecode);
    }
  }
};

/// Reads one text of a line: the line itself, what stands behind -c, or in a quoted $(…).
class Reader {
 public:
  Reader(Line& line, std::string_view text, int depth)
      : line_(line), depth_(depth), tokens_(split_shell_tokens(without_backticks(text))) {}

  Flow read() { return list(0); }

 private:
  bool is_control(size_t at, std::string_view text) const {
    return at < tokens_.size() && tokens_[at].kind == Kind::kControl && tokens_[at].text == text;
  }

  /// What this shell evaluates.
  Flow inner(std::string_view text) {
    if (depth_ >= kMaxDepth) {
      return {};
    }
    if (text.size() > line_.unread) {
      line_.found(CommandTrick::kDecode);  // no honest line needs that much
      return {};
    }
    line_.unread -= text.size();
    return Reader(line_, text, depth_ + 1).read();
  }

  /// What a shell of its own runs: its cd ends with it.
  Flow child(std::string_view text) {
    const std::string directory = line_.directory;
    const Flow flow = inner(text);
    line_.directory = directory;
    return flow;
  }

  Flow group(int groups) {
    const std::string directory = line_.directory;
    const Flow flow = list(groups);
    line_.directory = directory;
    return flow;
  }

  /// Commands up to the parenthesis that closes this group.
  Flow list(int groups) {
    Flow all;
    Flow pipe;
    while (at_ < tokens_.size()) {
      if (tokens_[at_].kind != Kind::kControl) {
        command(pipe, all, groups);
      } else if (is_control(at_, ")")) {
        ++at_;
        break;
      } else if (is_control(at_, "(") && groups < kMaxGroups) {
        ++at_;
        const Flow flow = group(groups + 1);
        pipe.add(flow);
        all.add(flow);
      } else if (is_control(at_, "|")) {
        at_ += is_control(at_ + 1, "&") ? 2 : 1;
      } else {
        pipe = {};
        ++at_;
      }
    }
    return all;
  }

  void command(Flow& pipe, Flow& all, int groups) {
    const SimpleCommand command = take_simple_command(groups);
    if (!command.words.empty() && (command.words[0] == "}" || command.words[0] == "done" ||
                                   command.words[0] == "fi" || command.words[0] == "esac")) {
      pipe = all;  // whatever the compound wrote
    }
    const Flow flow = judge(command, pipe);
    pipe.add(flow);
    all.add(flow);
  }

  SimpleCommand take_simple_command(int groups) {
    SimpleCommand command;
    std::string sign;  // of a redirection that waits for its target
    bool substitutes = false;
    Flow* last = nullptr;
    for (; at_ < tokens_.size(); ++at_) {
      const ShellToken& token = tokens_[at_];
      if (token.kind == Kind::kRedirect) {
        sign += token.text;
        substitutes = false;
      } else if (token.kind == Kind::kWord) {
        last = &add_word(command, sign, token.text);
        substitutes = token.text.ends_with('$');
        sign.clear();
      } else if (token.text == "(" && groups < kMaxGroups && (substitutes || !sign.empty())) {
        if (!substitutes) {
          // <(…): a file when it stands alone, the input behind another <
          last = &add_word(command, sign.size() > 1 ? sign : std::string(), "<(");
          sign.clear();
        }
        ++at_;
        const Flow flow = group(groups + 1);
        last->add(flow);
        --at_;
        substitutes = false;
      } else {
        break;
      }
    }
    return command;
  }

  Flow& add_word(SimpleCommand& command, const std::string& sign, const std::string& text) {
    Flow flow;
    size_t from = 0;
    for (size_t i = 0; i < kMaxSubstitutionsInWord; ++i) {
      const size_t at = text.find("$(", from);
      if (at == std::string::npos) {
        break;
      }
      flow.add(child(std::string_view(text).substr(at + 2)));
      from = at + 2;
    }
    if (!sign.empty()) {
      line_.opens_network_file |= is_network_file(text);
      command.redirects.push_back({sign, text, flow});
      return command.redirects.back().flow;
    }
    command.words.push_back(text);
    command.flows.push_back(flow);
    return command.flows.back();
  }

  Flow judge(const SimpleCommand& command, const Flow& pipe) {
    const Words words(command.words);
    const size_t position = program_position(words);
    Flow out;
    for (const Redirect& redirect : command.redirects) {
      out.remote |= redirect.sign[0] == '<' && is_network_file(redirect.target);
    }
    const bool evaluates =
        std::find(words.begin(), words.begin() + static_cast<ptrdiff_t>(position), "eval") !=
        words.begin() + static_cast<ptrdiff_t>(position);
    if (evaluates) {
      evaluate(command, position);
    }
    if (position == words.size()) {
      return out;
    }
    const std::string& word = words[position];
    const std::string_view name = program_name(word);
    const Words arguments = words.subspan(position + 1);
    if (word.starts_with('$')) {
      line_.runs_flow(command.flows[position]);
      if (answers_to_network_file(command)) {
        line_.found(CommandTrick::kNetwork);
      }
    } else if (word == "-c" && !arguments.empty()) {
      out.add(child(arguments[0]));  // flock FILE -c '…'
    } else if (name == "cd") {
      line_.changes_directory(arguments);
    } else if (name == "." || name == "source") {
      if (!arguments.empty()) {
        line_.runs_flow(command.flows[position + 1]);
        line_.runs_file(arguments[0]);
      }
    } else if (is_shell(name) || is_interpreter(name)) {
      line_.runs_program(word);
      run_script(command, position, pipe, out);
    } else {
      line_.runs_program(word);
      use_data(command, name, arguments, pipe, out);
    }
    return out;
  }

  void evaluate(const SimpleCommand& command, size_t position) {
    std::string text;
    for (size_t i = position; i < command.words.size(); ++i) {
      line_.runs_flow(command.flows[i]);
      text += command.words[i] + " ";
    }
    inner(text);
  }

  /// A program that reads from or writes to a numbered descriptor, where the line opened one for
  /// the network.
  bool answers_to_network_file(const SimpleCommand& command) const {
    return line_.opens_network_file &&
           std::any_of(command.redirects.begin(), command.redirects.end(),
                       [](const Redirect& each) {
                         return each.sign.ends_with('&') && each.target != "1" &&
                                each.target != "2" && each.target != "-";
                       });
  }

  void run_script(const SimpleCommand& command, size_t position, const Flow& pipe, Flow& out) {
    const std::string_view name = program_name(command.words[position]);
    const Words arguments = Words(command.words).subspan(position + 1);
    const Script script = script_of(name, arguments);
    const bool shell = is_shell(name);
    if (script.text && shell) {
      out.add(child(*script.text));
      return;
    }
    if (script.text) {
      const bool connects = script.text->find("socket") != std::string::npos &&
                            (script.text->find("dup2") != std::string::npos ||
                             script.text->find("spawn") != std::string::npos ||
                             script.text->find("/sh") != std::string::npos ||
                             script.text->find("/bash") != std::string::npos);
      if (connects) {
        line_.found(CommandTrick::kNetwork);
      }
      return;
    }
    if (script.operand) {
      line_.runs_flow(command.flows[position + 1 + *script.operand]);
      line_.runs_script(arguments[*script.operand]);
      return;
    }
    if (!script.from_input) {
      return;
    }
    out.shell = shell;
    line_.runs_flow(pipe);
    for (const Redirect& redirect : command.redirects) {
      if (redirect.sign[0] == '<') {
        line_.runs_flow(redirect.flow);
      }
      if (redirect.sign == "<") {
        line_.runs_script(redirect.target);
      }
      if (is_network_file(redirect.target)) {
        line_.found(CommandTrick::kNetwork);
      }
    }
    if (answers_to_network_file(command)) {
      line_.found(CommandTrick::kNetwork);
    }
  }

  /// Fetchers, decoders and connectors; others pass on what they are fed.
  void use_data(const SimpleCommand& command, std::string_view name, Words arguments,
                const Flow& pipe, Flow& out) {
    if (is_fetcher(name)) {
      out.fetched = true;
      std::vector<std::string> files = fetched_files(name, arguments);
      for (const Redirect& redirect : command.redirects) {
        if (redirect.sign == ">" || redirect.sign == ">>") {
          files.push_back(redirect.target);
        }
      }
      for (const std::string& file : files) {
        if (file != "-" && !file.empty() && line_.fetched_files.size() < kMaxFetchedFiles) {
          line_.fetched_files.push_back(line_.resolved(file));
        }
      }
    } else if (is_decoder(name, arguments)) {
      out.decoded = true;
    } else if (is_connector(name, arguments)) {
      out.remote = true;
      if (pipe.shell || connects_a_shell(name, arguments)) {
        line_.found(CommandTrick::kNetwork);
      }
    }
  }

  Line& line_;
  int depth_;
  std::vector<ShellToken> tokens_;
  size_t at_ = 0;
};

}  // namespace

std::string_view to_string(CommandTrick trick) {
  switch (trick) {
    case CommandTrick::kVolatile: return "volatile";
    case CommandTrick::kDecode: return "decode";
    case CommandTrick::kDownload: return "download";
    case CommandTrick::kNetwork: return "network";
  }
  return "";
}

std::optional<CommandTrick> find_command_trick(std::string_view command) {
  command = command.substr(0, kMaxCommand);
  Line line(command.size());
  Reader(line, command, 0).read();
  return line.strongest;
}

}  // namespace genba::parse
