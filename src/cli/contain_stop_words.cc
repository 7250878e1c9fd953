// SPDX-License-Identifier: Apache-2.0
#include "cli/contain_stop_words.h"

namespace genba::cli {

namespace {

constexpr render::Phrase kPhrases[] = {
    // What is named.
    {"'genba contain *' takes one of: a process id, --finding F",
     "'genba contain {0}' にはプロセス ID か --finding F のどちらか一つを指定してください"},
    {"'genba contain *' takes one of: a process id, --finding F, --id ID of an earlier freeze",
     "'genba contain {0}' にはプロセス ID、--finding F、--id（凍結の ID）のいずれか一つを指定して"
     "ください"},
    {"'genba contain *' takes one of: a process id, --id ID of an earlier freeze",
     "'genba contain {0}' にはプロセス ID か --id（凍結の ID）のどちらか一つを指定してください"},
    {"a process id is a number from 1 on", "プロセス ID には 1 以上の数を指定してください"},
    {"'*' is no id of a freeze; 'genba case log' lists them",
     "'{0}' は凍結の ID ではありません。'genba case log' で確認してください"},
    {"a case is looked into only for --finding F",
     "ケースを参照するのは --finding F を指定したときだけです"},
    {"there is no process *: it has ended; name one that runs, or a finding with --finding",
     "プロセス {0} はありません（終了しています）。動作中のプロセスか、--finding で検出を指定して"
     "ください"},
    {"process * ended while Genba looked, and nothing else runs its file: name another one",
     "プロセス {0} は確認中に終了し、同じファイルを実行しているものもありません。別のプロセスを"
     "指定してください"},
    {"no finding has the id '*' in that case; 'genba triage --case DIR' lists them",
     "そのケースに検出 '{0}' はありません。'genba triage --case DIR' で確認してください"},
    {"no finding has the id '*' now, nor in the newest cases in * (* read); name the case in which "
     "it was found with --case DIR, or a process",
     "検出 '{0}' は、現在も {1} の新しいケース（{2} "
     "件を確認）にもありません。見つかったときのケースを --case DIR "
     "で指定するか、プロセスを指定して"
     "ください"},
    {"finding * names no process; name one by its number",
     "検出 {0} はプロセスに関するものではありません。プロセス ID を指定してください"},
    {"no process of finding * runs any more; name one that runs",
     "検出 {0} のプロセスはすべて終了しています。動作中のプロセスを指定してください"},
    {"*; give the directory of a case", "{0}。ケースのディレクトリを指定してください"},

    // What stands in the way.
    {"stopping the processes of others needs root: use sudo",
     "プロセスの凍結や終了には root 権限が必要です。sudo を使ってください"},
    {"processes could not be read: nothing was done",
     "プロセスを読み取れませんでした。何も変更していません"},
    {"process * is frozen already, by freeze *: 'genba contain kill --id *' ends it, 'genba "
     "contain "
     "thaw --id *' lets it go on",
     "プロセス {0} は凍結 {1} ですでに凍結されています。終了させるには 'genba contain kill --id "
     "{2}'、"
     "解除するには 'genba contain thaw --id {3}' を実行してください"},
    {"no freeze '*' is in force by the journal in *; 'genba case log' lists them",
     "{1} の操作記録に、有効な凍結 '{0}' はありません。'genba case log' で確認してください"},
    {"process * is not frozen by the journal in *; 'genba case log' lists what is in force",
     "{1} の操作記録によると、プロセス {0} は凍結されていません。'genba case log' で確認して"
     "ください"},
    {"freeze * was lifted meanwhile by another run: nothing was done",
     "凍結 {0} はその間に別の genba によって解除されました。何も変更していません"},
    {"freeze * was broken off, so that not all of it may be frozen: 'genba contain thaw --id *' "
     "closes it; then name a process that runs",
     "凍結 {0} は途中で終わっており、凍結されていないものが残っている可能性があります。'genba "
     "contain thaw --id {1}' で解除してから、動作中のプロセスを指定してください"},
    {"freeze * is of an earlier boot, and nothing of it is left: 'genba contain thaw --id *' "
     "closes "
     "it; then name a process that runs",
     "凍結 {0} は再起動前のもので、残っていません。'genba contain thaw --id {1}' "
     "で記録を閉じてから、"
     "動作中のプロセスを指定してください"},
    {"the record of freeze * cannot be read: *; nothing was done; look for groups 'genba-*' below "
     "/sys/fs/cgroup",
     "凍結 {0} の記録を読み取れません：{1}。何も変更していません。/sys/fs/cgroup の下の "
     "'genba-{2}' "
     "を確認してください"},
    {"not all of the family are frozen, and whoever runs would bring the others back: nobody was "
     "killed; 'genba contain thaw --id *' takes the freeze back, 'genba contain kill --id *' kills "
     "what is frozen",
     "凍結できないものが残っており、再び起動させるおそれがあるため、終了させていません。凍結を解除"
     "するには 'genba contain thaw --id {0}'、凍結済みのものを終了させるには 'genba contain kill "
     "--id "
     "{1}' を実行してください"},

    {"none of the frozen processes lives any more", "凍結したプロセスはすべて終了しています"},
    {"the family is larger than one freeze can record",
     "対象のプロセスが多すぎて、一度の凍結では記録できません"},
    {"making the cgroup '*': thaw that freeze first: *",
     "cgroup '{0}' を作成できません（{1}）。先にその凍結を解除してください"},
    {"the journal's objects are not there", "操作の記録のオブジェクトがありません"},
    {"object * was altered", "オブジェクト {0} が改ざんされています"},
    {"not the record of a freeze that this version writes",
     "このバージョンの genba の凍結の記録ではありません"},
    {"/proc shows no process: mount a procfs there",
     "/proc にプロセスがありません。procfs をマウントしてください"},
    {"process * has ended", "プロセス {0} は終了しています"},

    // Evidence.
    {"--without-evidence ends only what an earlier freeze has kept: name it with --id ID",
     "--without-evidence は、凍結時に証拠を保存したものを終了させるときだけ使えます。--id ID で"
     "指定してください"},
    {"the case for the evidence: *; name a new directory with room, which you may write to, with "
     "--save DIR",
     "証拠を保存するケース：{0}。空きがあり書き込める新しいディレクトリを --save DIR で指定して"
     "ください"},
    {"keeping evidence: *; make room, or name another directory with --save DIR",
     "証拠の保存：{0}。空きを作るか、--save DIR で別のディレクトリを指定してください"},
    {"keeping evidence: *; make room, or name another directory with --save DIR; the family stays "
     "frozen",
     "証拠の保存：{0}。空きを作るか、--save DIR "
     "で別のディレクトリを指定してください。対象は凍結した"
     "ままです"},
};

}  // namespace

render::Phrases contain_stop_phrases() {
  return kPhrases;
}

}  // namespace genba::cli
