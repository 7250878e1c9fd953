// SPDX-License-Identifier: Apache-2.0
#include "act/respawn/unit_words.h"

#include <string>

#include "act/words.h"
#include "fmt/format.h"

namespace genba::act {

using model::Confidence;
using model::Respawner;
using model::RespawnKind;

Respawner naming_unit(const model::SystemdUnitCommand& command, const model::SystemdUnit* unit) {
  const std::string restart = unit == nullptr ? "" : unit->restart.value_or("");
  const bool at_once = !restart.empty() && restart != "no";
  return {
      RespawnKind::kSystemdUnit,
      Confidence::kLikely,
      command.path,
      command.line,
      fmt::format("{}={}", command.directive, command.command),
      at_once ? words("systemd starts {} again at once (Restart={}).",
                      "systemd が {} を直ちに再起動します（Restart={}）。", command.id, restart)
              : words("{} starts it when the unit is started: at boot, or by a trigger.",
                      "{} が起動時、または他のユニットから起動されたときに再び起動します。",
                      command.id),
      {"While it is frozen: keep the unit file and its drop-ins in the case, move them out of the "
       "search path, and let systemd read its units again (systemctl daemon-reload); until then "
       "the copy in its memory counts. Put them back and do the same to undo.",
       "凍結したまま、ユニットファイルとドロップインの写しを記録に残して検索パスの外へ移し、"
       "systemd に読み直させてください（systemctl daemon-reload）。それまでは、読み込み済みの内容"
       "が有効です。戻して読み直させれば元どおりになります。"}};
}

Respawner innocent_service(std::string_view unit, std::string_view cgroup) {
  return {
      RespawnKind::kService,
      Confidence::kHint,
      std::string(unit),
      std::nullopt,
      std::string(cgroup),
      words("It was started inside {}, whose commands do not name it: whatever that service runs "
            "or was made to run may start it again.",
            "{} の中で起動されていますが、そのコマンドには書かれていません。このサービスが"
            "実行するものが再び起動するおそれがあります。",
            unit),
      {"Look for the way in through that service before you let it go on.",
       "このサービスを通じた侵入経路を、再開の前に確認してください。"}};
}

Respawner service_without_file(std::string_view unit, std::string_view cgroup) {
  return {RespawnKind::kService,
          Confidence::kHint,
          std::string(unit),
          std::nullopt,
          std::string(cgroup),
          words("It was started inside {}, of which no unit file was found. Unless systemd has "
                "read its units since that was removed, the copy in its memory may start it again.",
                "{} の中で起動されていますが、そのユニットファイルは見つかりませんでした。削除後に "
                "systemd がユニットを読み直していなければ、読み込み済みの内容で再び起動するおそれが"
                "あります。",
                unit),
          {"While it is frozen, let systemd read its units again (systemctl daemon-reload): it "
           "forgets how to start this one.",
           "凍結したまま systemd にユニットを読み直させてください（systemctl daemon-reload）。この"
           "ユニットの起動方法は破棄されます。"}};
}

}  // namespace genba::act
