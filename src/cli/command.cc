// SPDX-License-Identifier: Apache-2.0
#include "cli/command.h"

namespace genba::cli {

std::vector<std::string_view> choices_of(std::string_view name) {
  std::vector<std::string_view> words;
  if (name.find('|') == std::string_view::npos) {
    return words;
  }
  while (true) {
    const size_t bar = name.find('|');
    words.push_back(name.substr(0, bar));
    if (bar == std::string_view::npos) {
      return words;
    }
    name.remove_prefix(bar + 1);
  }
}

bool Invocation::has(std::string_view option) const {
  return value(option).has_value();
}

std::optional<std::string_view> Invocation::value(std::string_view option) const {
  std::optional<std::string_view> found;
  for (const auto& [name, value] : options) {
    if (name == option) {
      found = value;
    }
  }
  return found;
}

std::span<const Option> global_options() {
  static constexpr Option kOptions[] = {
      {"root",
       "DIR",
       {"Read the mounted or copied tree DIR as if it were /, instead of this machine.",
        "このマシンではなく、マウントまたはコピーしたディレクトリ DIR を / とみなして読みます。"}},
      {"case",
       "DIR",
       {"Read a case that --save kept, instead of this machine.",
        "このマシンではなく、--save で保存した記録（ディレクトリ）を読みます。"}},
      {"save",
       "DIR",
       {"Keep what this run saw as a case in the new directory DIR.",
        "今回確認した内容を、新しいディレクトリ DIR に記録として保存します。"}},
      {"rules",
       "DIR",
       {"Add the rule files (*.yaml) in DIR; one with a known id replaces the built-in rule.",
        "DIR 内のルール（*.yaml）を追加します。同じ id の内蔵ルールは置き換えます。"}},
      {"json",
       "",
       {"Print JSON lines for programs instead of text for people.",
        "人向けの表示の代わりに、プログラム向けの JSON 行を出力します。"}},
      {"lang",
       "en|ja",
       {"Language of the output; the default follows LANG.",
        "出力の言語。指定がなければ LANG に従います。"}},
      {"no-color", "", {"No colours, also on a terminal.", "端末でも色を付けません。"}},
      {"quiet",
       "",
       {"No progress and no hints, only the result.",
        "進捗や案内を出さず、結果だけを出力します。"}},
      {"jobs",
       "N",
       {"Threads to use; the default is the number of processors, at most 4.",
        "使用するスレッド数。既定は CPU 数（最大 4）です。"}},
      {"allow-module-load",
       "",
       {"Use kernel interfaces even where the kernel would first load a module for them, which "
        "runs "
        "the host's modprobe.",
        "カーネルがモジュールの読み込み（ホストの modprobe "
        "の実行）を要するインターフェースも使います。"}},
      {"help", "", {"Show the help of the verb.", "このコマンドのヘルプを表示します。"}},
  };
  return kOptions;
}

}  // namespace genba::cli
