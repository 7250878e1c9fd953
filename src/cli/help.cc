// SPDX-License-Identifier: Apache-2.0
#include "cli/help.h"

#include "base/text.h"
#include "fmt/format.h"
#include "render/wrap.h"

namespace genba::cli {

namespace {

using model::Language;

std::string_view in(const Words& words, Language language) {
  return language == Language::kJapanese ? words.ja : words.en;
}

std::string usage_line(const Command& command) {
  std::string line = fmt::format("genba {}", command.verb);
  for (const Argument& argument : command.arguments) {
    line +=
        argument.required ? fmt::format(" {}", argument.name) : fmt::format(" [{}]", argument.name);
  }
  return line + " [options]";
}

std::string option_text(const Option& option) {
  return option.value.empty() ? fmt::format("--{}", option.name)
                              : fmt::format("--{} {}", option.name, option.value);
}

// One item and its meaning, wrapped to 80 columns; the meaning starts on its own line when the item
// is long.
std::string item(std::string_view name, std::string_view meaning) {
  constexpr size_t kNameWidth = 20;
  constexpr size_t kMeaningWidth = 80 - 2 - kNameWidth;
  const bool own_line = base::display_width(name) + 1 > kNameWidth;
  std::string text = fmt::format(
      "  {}", own_line ? fmt::format("{}\n", name) : base::pad_to_width(name, kNameWidth));
  bool indented = !own_line;
  for (const std::string& line : render::wrap(meaning, kMeaningWidth)) {
    text += fmt::format("{:{}}{}\n", "", indented ? 0 : kNameWidth + 2, line);
    indented = false;
  }
  return text;
}

std::string options_block(std::span<const Option> options, Language language) {
  std::string text;
  for (const Option& option : options) {
    text += item(option_text(option), in(option.meaning, language));
  }
  return text;
}

}  // namespace

std::string overview(Language language) {
  const bool ja = language == Language::kJapanese;
  std::string text =
      ja ? "genba（現場）: 侵害が疑われる Linux サーバーの最初の数時間のための道具\n\n"
           "まず試すこと:\n"
           "  genba triage                     このマシンを調べ、何が起きているかを述べる\n"
           "  genba triage --root /mnt         マウントしたディスクを調べる\n"
           "  genba triage --report out.html   結果を 1つの HTML にも書き出す\n\n"
           "コマンド:\n"
         : "genba: the first hours of a Linux server that may be compromised\n\n"
           "Start here:\n"
           "  genba triage                     look at this machine and say what is wrong\n"
           "  genba triage --root /mnt         look at a mounted disk\n"
           "  genba triage --report out.html   write the result as one HTML file too\n\n"
           "Verbs:\n";
  for (const Command* command : all_commands()) {
    text += item(command->verb, in(command->summary, language));
  }
  text += ja ? "\nどのコマンドでも使えるオプション:\n" : "\nOptions of every verb:\n";
  text += options_block(global_options(), language);
  text +=
      ja ? "\n終了コード: 0 該当なし（確認できた範囲）、1 中以上の所見あり、2 調べられなかった、\n"
           "3 使い方の誤り、4 結果を書き出せなかった、または操作の失敗・中止\n"
           "'genba help コマンド' で例を表示します。\n"
           "genba は対象のプログラムを何も実行しません。対象を変更するのは 'genba contain' "
           "だけで、\n"
           "その操作はすべて記録されます（'genba case log' で表示）。\n"
         : "\nExit codes: 0 nothing found, 1 findings of medium or above, 2 could not look,\n"
           "3 usage, 4 the result could not be written, or an action failed or was\n"
           "not begun.\n"
           "'genba help VERB' shows examples. Genba runs no program of the host. Only 'genba\n"
           "contain' changes anything there, and 'genba case log' tells what it did.\n";
  return text;
}

std::string help_of(const Command& command, Language language) {
  const bool ja = language == Language::kJapanese;
  std::string text = fmt::format("genba {}: {}\n\n{}\n", command.verb,
                                 in(command.summary, language), ja ? "例:" : "Examples:");
  for (const Example& example : command.examples) {
    text += fmt::format("  {}\n      {}\n", example.command, in(example.meaning, language));
  }
  text += fmt::format("\n{}\n  {}\n", ja ? "書式:" : "Usage:", usage_line(command));
  if (!command.arguments.empty()) {
    text += ja ? "\n引数:\n" : "\nArguments:\n";
    for (const Argument& argument : command.arguments) {
      text += item(argument.name, in(argument.meaning, language));
    }
  }
  if (!command.options.empty()) {
    text += ja ? "\nオプション:\n" : "\nOptions:\n";
    text += options_block(command.options, language);
  }
  text += ja ? "\n共通オプション:\n" : "\nOptions of every verb:\n";
  return text + options_block(global_options(), language);
}

}  // namespace genba::cli
