// SPDX-License-Identifier: Apache-2.0
#include "render/words.h"

#include <cstddef>
#include <span>
#include <utility>

namespace genba::render {

namespace {

struct Entry {
  Word word;
  std::string_view en;
  std::string_view ja;
};

constexpr Entry kCatalogue[] = {
    {Word::kComma, ", ", "、"},
    {Word::kLabelled, "{0}: {1}", "{0}：{1}"},
    {Word::kRemark, "{0} ({1})", "{0}（{1}）"},

    {Word::kVerdict, "Verdict", "判定"},
    {Word::kCompromised, "COMPROMISED", "侵害されている"},
    {Word::kSuspicious, "SUSPICIOUS", "不審"},
    {Word::kNothingFound, "NOTHING FOUND in what could be read", "該当なし（確認できた範囲）"},
    {Word::kCouldNotLook, "COULD NOT LOOK", "調査できず"},
    {Word::kCaseCut, "THE CASE WAS CUT: its end is missing, so what follows may be incomplete.",
     "保存した記録が途中で切れています。以下の内容は不完全な可能性があります。"},
    {Word::kCaseAltered,
     "THE CASE WAS ALTERED: what follows may be incomplete or forged. Compare it with another "
     "copy.",
     "保存した記録が改変されています。以下の内容は、不完全か偽造の可能性があります。別の複製と照合"
     "してください。"},
    {Word::kFindingCounts, "findings: {0}", "所見：{0}"},
    {Word::kWeaknessCount, "weaknesses: {0}", "設定上の弱点：{0}"},
    {Word::kNoFindings, "none", "なし"},
    {Word::kWhatHappened, "What happened", "何が起きているか"},
    {Word::kWorstOf, "the worst of {0} incidents", "事案{0}件のうち最も深刻なもの"},
    {Word::kSince, "since {0}", "{0} から"},
    {Word::kSinceUntil, "{0} to {1}", "{0} から {1} まで"},
    {Word::kTimeUnknown, "Time unknown", "時刻不明"},
    {Word::kWhatToDo, "What to do now", "今すること"},
    {Word::kStepsBelow, "the full list is below", "全項目は下に表示"},
    {Word::kStepsElsewhere, "the full list: run without --summary, or see --report FILE",
     "全項目は --summary なし、または --report FILE で表示"},
    {Word::kStepKeep, "Do not reboot; keep the evidence on another disk: genba triage --save DIR",
     "再起動せず、別のディスクに証拠を保全：genba triage --save DIR"},
    {Word::kStepKept, "Do not reboot; move the saved evidence to another machine.",
     "再起動せず、保存した証拠を別の機器へ移します。"},
    {Word::kStepKeepDisk, "Keep the original disk or image unchanged, and work on a copy.",
     "元のディスクやイメージは変更せず、複製で作業します。"},
    {Word::kStepAsk, "Ask whether a colleague or your own automation did this.",
     "同僚や自社の自動化による変更でないか確認します。"},
    {Word::kStepProvider, "Have the provider snapshot the disk, then isolate it at their firewall.",
     "事業者にスナップショットを依頼し、ファイアウォールで隔離します。"},
    {Word::kStepStartup, "Before ending any process, take away what starts it:",
     "プロセスを終了する前に、自動起動の設定を取り除きます："},
    {Word::kStepSecrets, "From a trusted machine, change every password and key used on this host.",
     "信頼できる端末から、このホストで使ったパスワードと鍵を変更します。"},
    {Word::kStepRebuild, "Plan to rebuild from a known-good image; bring back only data.",
     "正常なイメージから再構築し、データだけを戻す計画を立てます。"},
    {Word::kNothingToDo, "No step follows from the findings.",
     "所見から導かれる手順はありません。"},
    {Word::kNotLookedAt, "What could not be looked at", "確認できなかった項目"},
    {Word::kGapsByCause, "{0} of {1} sources not read, or only in part: {2}.",
     "情報源{1}件のうち{0}件は、読めないか一部だけ：{2}。"},
    {Word::kGapRefused, "{0} refused (run as root)", "拒否{0}件（rootで実行）"},
    {Word::kGapTime, "{0} cut short to save time (run with --deep)",
     "時間の都合で打ち切り{0}件（--deep で実行）"},
    {Word::kGapFailed, "{0} failed or damaged", "失敗・破損{0}件"},
    {Word::kGapRefusedToRoot, "{0} refused by the kernel even to root",
     "rootでもカーネルが拒否{0}件"},
    {Word::kGapLeftOut, "{0} left out by limits or options", "上限や指定による省略{0}件"},
    {Word::kGapUnsupported, "{0} not supported here", "非対応{0}件"},
    {Word::kGapNames, "Sources", "情報源"},
    {Word::kRules, "Rules: {0}.", "ルール：{0}。"},
    {Word::kRulesApplied, "{0} applied", "適用{0}件"},
    {Word::kRulesNeedHost, "{0} need a running host", "稼働中のホストが必要{0}件"},
    {Word::kRulesLackFacts, "{0} lacked facts", "情報不足{0}件"},
    {Word::kRulesFailed, "{0} failed or took too long", "失敗・時間切れ{0}件"},
    {Word::kAllRead, "Every source that was asked for could be read.",
     "読もうとした情報源はすべて読めました。"},
    {Word::kReach, "What this result rests on", "この結果の根拠"},
    {Word::kReachLive,
     "Sources read: {0}. Rules applied: {1}. In these, nothing of medium severity or above was "
     "found. This does not prove that the host is free of intruders.",
     "情報源{0}件を読み、ルール{1}件を適用しました。その範囲で、深刻度「中」以上の侵入の痕跡は"
     "見つかっていません。侵入されていないことの証明にはなりません。"},
    {Word::kReachTree,
     "Files only: sources read: {0}, rules applied: {1}. In these, nothing of medium severity or "
     "above was found. What ran in memory was not part of this.",
     "ファイルだけを調べました。情報源{0}件を読み、ルール{1}件を適用した範囲で、深刻度「中」以上の"
     "侵入の痕跡は見つかっていません。メモリ上で動いていたものは対象外です。"},
    {Word::kReachNone,
     "Nothing useful could be read, so nothing can be said about this system. What stood in the "
     "way is listed below.",
     "役に立つ情報を何も読めなかったため、このシステムについては何も言えません。読めなかった理由は"
     "次のとおりです。"},
    {Word::kLimit,
     "A kernel implant that controls every live view is out of reach of any live tool. To rule it "
     "out, compare offline: read the disk from a trusted system with genba triage --root DIR.",
     "カーネルに潜み、稼働中の見え方をすべて操作するものは、稼働中に動くどのツールでも見つけられま"
     "せん。"
     "否定するには、信頼できる別のシステムからディスクを読み（genba triage --root "
     "DIR）、オフラインで"
     "照合してください。"},
    {Word::kLimitTree,
     "Processes, connections and kernel state can only be read on the running host.",
     "プロセス、通信、カーネルの状態は、稼働中のホストでしか読めません。"},
    {Word::kKeepEvidence,
     "Before changing anything, keep the evidence: genba triage --save DIR, on another disk.",
     "何かを変更する前に証拠を保全します。別のディスクに genba triage --save DIR "
     "で保存してください。"},

    {Word::kProcesses, "Processes", "プロセス"},
    {Word::kFiles, "Files", "ファイル"},
    {Word::kConnections, "Connections", "通信"},
    {Word::kAccounts, "Accounts", "アカウント"},
    {Word::kSshKeys, "SSH keys", "SSH鍵"},
    {Word::kStartup, "Start-up", "自動起動"},
    {Word::kOther, "Also", "その他"},
    {Word::kAndMore, "+{0} more", "ほか{0}件"},
    {Word::kOnlyLocal, "{0}, only to this host itself", "{0}件、このホスト自身との間のみ"},
    {Word::kPartlyLocal, "{0} ({1} to this host itself)",
     "{0}件（うち{1}件はこのホスト自身との間）"},
    {Word::kNoneLocal, "{0}, addresses: {1}", "{0}件、相手アドレス{1}件"},
    {Word::kKindSocket, "Connection", "通信"},
    {Word::kKindUser, "Account", "アカウント"},
    {Word::kKindKey, "SSH key", "SSH鍵"},
    {Word::kKindModule, "Kernel module", "カーネルモジュール"},
    {Word::kKindBpf, "BPF program", "BPFプログラム"},
    {Word::kKindPackage, "Package", "パッケージ"},
    {Word::kKindLog, "Log line", "ログの行"},
    {Word::kKindAddress, "Address", "アドレス"},
    {Word::kKindMount, "Mount", "マウント"},

    {Word::kIncidents, "Incidents", "事案"},
    {Word::kIncident, "Incident", "事案"},
    {Word::kStory, "Timeline", "時系列"},
    {Word::kAdvice, "Advice", "対処"},
    {Word::kFindings, "Findings", "所見"},
    {Word::kFinding, "Finding", "所見"},
    {Word::kWeaknesses, "Weaknesses", "設定上の弱点"},
    {Word::kWeaknessesMean,
     "Open doors, not visitors: they never change the verdict, but should be closed.",
     "侵入の痕跡ではなく、開いたままの入口です。判定には影響しませんが、塞いでください。"},
    {Word::kSeverity, "Severity", "深刻度"},
    {Word::kConfidence, "Confidence", "確度"},
    {Word::kRule, "Rule", "ルール"},
    {Word::kAttack, "ATT&CK", "ATT&CK"},
    {Word::kEvidence, "Evidence", "証拠"},
    {Word::kEvidenceFrom, "Evidence: {0}", "証拠：{0}"},
    {Word::kWhy, "Why it matters", "なぜ問題か"},
    {Word::kBenign, "When innocent", "問題ない場合"},
    {Word::kNext, "Next step", "次にすること"},
    {Word::kCommands, "Commands to look closer", "詳しく調べるコマンド"},
    {Word::kMoreEvidence, "More rows of evidence, in the JSON output: {0}.",
     "残り{0}行の証拠は --json で確認できます。"},
    {Word::kMoreFields, "More columns, in the JSON output: {0}.",
     "残り{0}列は --json で確認できます。"},
    {Word::kTime, "Time", "時刻"},
    {Word::kWhat, "What", "内容"},
    {Word::kSubjects, "Concerns", "対象"},
    {Word::kFamily, "{0} processes: pids {1}", "プロセス{0}件：PID {1}"},

    {Word::kCritical, "critical", "緊急"},
    {Word::kHigh, "high", "高"},
    {Word::kMedium, "medium", "中"},
    {Word::kLow, "low", "低"},
    {Word::kInfo, "info", "情報"},
    {Word::kProven, "proven", "確証"},
    {Word::kLikely, "likely", "濃厚"},
    {Word::kHint, "hint", "手がかり"},
    {Word::kStatusComplete, "complete", "すべて確認"},
    {Word::kStatusPartial, "partial", "一部のみ"},
    {Word::kStatusFailed, "failed", "失敗"},
    {Word::kStatusUnsupported, "unsupported", "非対応"},
    {Word::kStatusNotApplicable, "not applicable", "対象外"},
    {Word::kStatusSkipped, "skipped", "省略"},
    {Word::kReasonNotRead, "the table was not read", "表が読まれていない"},
    {Word::kReasonNotApplicable, "needs a running host", "稼働中のホストが必要"},
    {Word::kYes, "yes", "はい"},
    {Word::kNo, "no", "いいえ"},

    {Word::kCoverage, "Coverage", "確認範囲"},
    {Word::kCoverageMeans,
     "What was looked at, and how much of it could be read. An empty result is never a failed "
     "read.",
     "何をどこまで読めたかの記録です。「該当なし」と「読めなかった」は区別しています。"},
    {Word::kArea, "Area", "分野"},
    {Word::kSubject, "Source", "情報源"},
    {Word::kStatus, "Status", "状態"},
    {Word::kRead, "Read", "読めた数"},
    {Word::kAsked, "Asked", "要求数"},
    {Word::kDenied, "Denied", "拒否"},
    {Word::kGone, "Gone", "消失"},
    {Word::kFailed, "Failed", "失敗"},
    {Word::kReason, "Reason", "理由"},
    {Word::kRemedy, "What helps", "対策"},
    {Word::kNotJudged, "Rules not applied", "適用できなかったルール"},
    {Word::kNotJudgedMeans,
     "The facts that these rules need were not read. They are neither hits nor all-clears.",
     "必要な情報が読めなかったルールです。「該当」とも「該当なし」とも言えません。"},
    {Word::kTable, "Table", "表"},
    {Word::kFootprint, "Footprint", "Genba自身の痕跡"},
    {Word::kFootprintSays,
     "Genba opened {0} files and {1} directories, read {2}, wrote {3}, and took {4} s and {5} of "
     "memory.",
     "Genbaはファイル{0}個、ディレクトリ{1}個を開き、{2}を読み、{3}を書き込みました。所要時間は{4}"
     "秒、"
     "メモリは{5}です。"},
    {Word::kFootprintMoved, "Access times that moved: {0} files.",
     "アクセス時刻が変わったファイル：{0}個。"},
    {Word::kFootprintHelpers, "Helper processes stuck in the kernel and left behind: {0}.",
     "カーネル内で応答しなくなり、残してきた補助プロセス：{0}個。"},

    {Word::kReportTitle, "Genba triage report", "Genba トリアージ報告書"},
    {Word::kSummary, "Summary", "概要"},
    {Word::kHost, "Host", "ホスト"},
    {Word::kSystem, "System", "OS"},
    {Word::kKernel, "Kernel", "カーネル"},
    {Word::kBoot, "Booted", "起動時刻"},
    {Word::kClock, "Host clock", "ホストの時計"},
    {Word::kRun, "Run", "実行"},
    {Word::kRunSays, "{0}, {1} s", "{0}、{1}秒"},
    {Word::kSource, "Read from", "読み取り元"},
    {Word::kSourceLive, "this running machine", "稼働中のこのマシン"},
    {Word::kSourceTree, "the tree {0}", "ディレクトリ {0}"},
    {Word::kSourceCase, "the case {0}", "保存した記録 {0}"},
    {Word::kCommand, "Command", "コマンド"},
    {Word::kContainer, "View", "視点"},
    {Word::kContainerYes, "Only a container is visible from here, not the host around it.",
     "コンテナの中しか見えていません。その外のホストは調べていません。"},
    {Word::kPrivilege, "Ran as", "実行権限"},
    {Word::kPrivilegeRoot, "root", "root"},
    {Word::kPrivilegeOther, "user id {0}: much could not be read",
     "ユーザーID {0}（読めない情報が多くあります）"},
    {Word::kContents, "Contents", "目次"},
    {Word::kProcessTree, "Process tree", "プロセスツリー"},
    {Word::kProcessTreeMeans, "Processes that findings name are marked.",
     "所見に関係するプロセスには印を付けています。"},
    {Word::kPid, "PID", "PID"},
    {Word::kUid, "UID", "UID"},
    {Word::kCpu, "CPU", "CPU"},
    {Word::kProgram, "Program", "プログラム"},
    {Word::kUser, "User", "ユーザー"},
    {Word::kStarted, "Started", "開始時刻"},
    {Word::kCommandLine, "Command line", "コマンドライン"},
    {Word::kKernelThreads, "Kernel threads, not shown: {0}", "カーネルスレッド{0}個（表示省略）"},
    {Word::kMoreChildren, "{0} children not shown", "子プロセス{0}個は表示省略"},
    {Word::kConnectionsOfFindings, "Connections of processes in findings",
     "所見に関係するプロセスの通信"},
    {Word::kListeningPorts, "Listening ports", "待ち受けポート"},
    {Word::kOtherConnections, "Other connections to public addresses",
     "そのほかのグローバルアドレスとの通信"},
    {Word::kProtocol, "Protocol", "プロトコル"},
    {Word::kLocal, "Local", "ローカル"},
    {Word::kRemote, "Remote", "リモート"},
    {Word::kState, "State", "状態"},
    {Word::kProcess, "Process", "プロセス"},
    {Word::kNobodyHolds, "no visible holder", "所有プロセスが見えない"},
    {Word::kPersistence, "Persistence", "永続化"},
    {Word::kPersistenceMeans, "What starts by itself: at boot, at login, by the clock.",
     "起動時、ログイン時、定刻に自動で動くものの一覧です。"},
    {Word::kCron, "Cron", "cron"},
    {Word::kTimers, "Timers", "タイマー"},
    {Word::kServices, "Active services outside the directories of packages",
     "パッケージのディレクトリ以外にある有効なサービス"},
    {Word::kStartupItems, "Other start-up items", "そのほかの自動起動"},
    {Word::kSchedule, "When", "実行時期"},
    {Word::kRunsAs, "As", "実行ユーザー"},
    {Word::kFile, "File", "ファイル"},
    {Word::kChanged, "Changed", "変更時刻"},
    {Word::kUnit, "Unit", "ユニット"},
    {Word::kStarts, "Starts", "起動するもの"},
    {Word::kType, "Type", "種類"},
    {Word::kName, "Name", "名前"},
    {Word::kAccountsMeans, "Who can log in, with which keys, and who is logged in now.",
     "ログインできるアカウント、登録された鍵、現在ログイン中のユーザーです。"},
    {Word::kLoginAccounts, "Accounts with a login shell", "ログインシェルを持つアカウント"},
    {Word::kShell, "Shell", "シェル"},
    {Word::kHome, "Home", "ホーム"},
    {Word::kPassword, "Password", "パスワード"},
    {Word::kPasswordActive, "set", "設定済み"},
    {Word::kPasswordLocked, "locked", "ロック"},
    {Word::kPasswordEmpty, "EMPTY", "空（要対処）"},
    {Word::kPasswordInvalid, "invalid", "無効な値"},
    {Word::kLastChange, "Last change", "最終変更"},
    {Word::kKeys, "SSH keys that open accounts", "ログインに使えるSSH鍵"},
    {Word::kFingerprint, "Fingerprint", "フィンガープリント"},
    {Word::kComment, "Comment", "コメント"},
    {Word::kLoggedIn, "Logged in", "ログイン中"},
    {Word::kTerminal, "Terminal", "端末"},
    {Word::kFrom, "From", "接続元"},
    {Word::kShowing, "showing {0} of {1}", "全{1}件のうち{0}件を表示"},
    {Word::kNotReadHere, "Not read in this run.", "今回は読んでいません。"},
    {Word::kReadAndEmpty, "Read; no entries.", "読みました。該当する項目はありません。"},
    {Word::kHowToRead, "How to read this report", "この報告書の読み方"},
    {Word::kHowVerdict,
     "The verdict counts only traces of an intruder of medium severity or above: a proven one "
     "means "
     "compromised, a likely one or a hint means suspicious. “Nothing found” holds only for what "
     "could be read.",
     "判定に数えるのは、深刻度「中」以上の侵入の痕跡だけです。確度「確証」が1件でもあれば「侵害され"
     "ている」、"
     "「濃厚」か「手がかり」だけなら「不審」とします。「該当なし」は、確認できた範囲についてのみ言"
     "えることです。"},
    {Word::kHowSeverity, "Severity says how bad it is if it is true.",
     "深刻度は、それが本当だった場合にどれほど深刻かを表します。"},
    {Word::kHowConfidence,
     "Confidence says how sure the rule is: proven (nothing innocent looks like this), likely, "
     "hint "
     "(look yourself).",
     "確度は、ルールがどれほど確かかを表します。「確証」は問題のない説明がつかないもの、「濃厚」は"
     "可能性が高いもの、"
     "「手がかり」は人による確認が必要なものです。"},
    {Word::kHowWeakness, "Weaknesses are open doors, not visitors, and never change the verdict.",
     "設定上の弱点は侵入の痕跡ではなく、判定には影響しません。"},
    {Word::kHowCoverage,
     "Coverage says what could not be read. A rule whose facts are missing is listed as not "
     "applied, "
     "never as silent.",
     "確認範囲には、読めなかったものを記しています。情報が足りないルールは「適用できなかった」と示"
     "し、"
     "「該当なし」とは扱いません。"},
    {Word::kHowEscapes,
     "Names on a compromised host are chosen by an attacker. Control, invisible and "
     "direction-changing characters are shown as \\xNN or \\u{N}.",
     "侵害されたホスト上の名前は、攻撃者が自由に付けられます。制御文字、見えない文字、表示方向を変"
     "える文字は "
     "\\xNN や \\u{N} の形で示します。"},
    {Word::kHowTimes,
     "Times are UTC by the host’s own clock, which an intruder may have changed, as file times.",
     "時刻はホスト自身の時計によるUTCです。時計もファイルの時刻も、侵入者が変えている可能性がありま"
     "す。"},

    {Word::kLogsOf, "Logs of {0}: {1} to {2}, {3} {3:file|files}, {4} {4:line|lines}",
     "{0} のログ：{1} から {2} まで、{3}ファイル、{4}行"},
    {Word::kLogsNone, "No log could be read.", "読み取れたログはありません。"},
    {Word::kLogsTried, "Who tried", "侵入の試み"},
    {Word::kLogsTriedSays,
     "{0} failed {0:attempt|attempts} from {1} {1:address|addresses} in {2} {2:network|networks}, "
     "{3} to {4}, about {5} an hour",
     "失敗{0}回、{1}アドレス（{2}ネットワーク）、{3} から {4} まで、1時間あたり約{5}回"},
    {Word::kLogsNobodyTried,
     "No failed attempt from another address stands in the logs that were read.",
     "読み取ったログに、他のアドレスからの失敗した試みはありません。"},
    {Word::kLogsNobodyTriedAsked, "No failed attempt from another address in what was asked for.",
     "指定した範囲に、他のアドレスからの失敗した試みはありません。"},
    {Word::kLogsGotInTimes, "got in {0} {0:time|times}", "成功{0}回"},
    {Word::kLogsAttempts, "attempts", "試行"},
    {Word::kLogsNames, "names", "名前数"},
    {Word::kLogsAddress, "address", "アドレス"},
    {Word::kLogsNetwork, "network", "ネットワーク"},
    {Word::kLogsAddresses, "addresses", "アドレス数"},
    {Word::kLogsTriedName, "name", "名前"},
    {Word::kLogsFirst, "first", "最初"},
    {Word::kLogsLast, "last", "最後"},
    {Word::kLogsGotIn, "Who got in", "ログインに成功した者"},
    {Word::kLogsLogins, "logins", "成功"},
    {Word::kLogsTimesUntil, "{0} times until {1}", "{1} までに{0}回"},
    {Word::kLogsGotInSays,
     "{0} {0:login|logins} of {1} {1:account|accounts} from {2} {2:address|addresses}",
     "{0}件（{1}アカウント、{2}アドレス）"},
    {Word::kLogsNobodyGotIn, "No login stands in the logs that were read.",
     "読み取ったログに、成功したログインはありません。"},
    {Word::kLogsNobodyGotInAsked, "No login in what was asked for.",
     "指定した範囲に、成功したログインはありません。"},
    {Word::kLogsFrom, "from {0}", "{0} から"},
    {Word::kLogsBy, "by {0}", "{0}"},
    {Word::kLogsFirstTime, "first time from there", "このアドレスからは初めて"},
    {Word::kLogsFailedBefore, "{0} failures of this address before", "このアドレスの失敗{0}回の後"},
    {Word::kLogsNetworkFailedBefore, "{0} failures of its network before",
     "同じネットワークの失敗{0}回の後"},
    {Word::kLogsOlder, "{0} more before these", "これより前に他{0}件"},
    {Word::kLogsDid, "What they did then", "その後の操作"},
    {Word::kLogsDidNothing,
     "No command, account or package was changed by anybody, as far as the logs tell.",
     "ログで見る限り、コマンドの実行やアカウント、パッケージの変更はありません。"},
    {Word::kLogsDidNothingAsked,
     "No command, account or package was changed in what was asked for, as far as the logs tell.",
     "ログで見る限り、指定した範囲にコマンドの実行やアカウント、パッケージの変更はありません。"},
    {Word::kLogsDeedsNameNoAddress,
     "Commands and accounts are logged without an address: --user, --since and --until find them.",
     "コマンドやアカウントの記録にはアドレスがありません。--user、--since、--until "
     "で絞ってください。"},
    {Word::kLogsStandsOut, "What stands out", "特に注意すべき点"},
    {Word::kLogsStandsOutOfAll, "Of all logs, not only of what was asked for.",
     "指定した範囲に限らず、すべてのログについてのものです。"},
    {Word::kLogsMissing, "What is missing or was altered", "欠けている、または改変された記録"},
    {Word::kLogsMissingNone, "No gap or alteration was noticed in what was read.",
     "読み取った範囲では、欠落や改変は見つかりませんでした。"},
    {Word::kLogsMissingNoneElse, "No other gap or alteration was noticed in what was read.",
     "読み取った範囲では、上記のほかに欠落や改変は見つかりませんでした。"},
    {Word::kLogsMissingNoneAsked, "No gap or alteration was noticed between the times asked for.",
     "指定した期間には、欠落や改変は見つかりませんでした。"},
    {Word::kLogsTimes,
     "Times are UTC. ~: the log tells no zone, that of the host was taken; ?: nor a year, worked "
     "out from the files.",
     "時刻は UTC です。~ はログにタイムゾーンがなくホストの設定で補ったもの、? "
     "は年もなくファイルから推定したものです。"},
    {Word::kTimelineFull,
     "more log lines than a timeline can hold; narrow it with --since and --until",
     "ログの行数がタイムラインの上限を超えました。--since と --until で範囲を絞ってください"},
    {Word::kLogs, "Logs", "ログ"},
    {Word::kLogsSpan, "{0} to {1}, {2} {2:file|files}, {3} {3:line|lines}",
     "{0} から {1} まで、{2}ファイル、{3}行"},
    {Word::kLogsChart, "Failed attempts and logins over time",
     "失敗した試みと成功したログインの推移"},
    {Word::kLogsChartMeans,
     "Bars: failed attempts (logarithmic, at most {0} in one); dots: logins. The figures stand in "
     "the tables below.",
     "棒：失敗した試み（対数目盛、1本あたり最大{0}"
     "回）。点：成功したログイン。数値は下の表にあります。"},
    {Word::kLogsFailures, "Failures before", "それまでの失敗"},
    {Word::kMethod, "Method", "方式"},
};

constexpr bool catalogue_is_in_order() {
  for (size_t i = 0; i < std::size(kCatalogue); ++i) {
    if (static_cast<size_t>(kCatalogue[i].word) != i) {
      return false;
    }
  }
  return std::size(kCatalogue) == static_cast<size_t>(Word::kCount);
}
static_assert(catalogue_is_in_order(), "one entry for each Word, in the order of the enumeration");

using Name = std::pair<std::string_view, Word>;

std::string look_up(std::span<const Name> names, std::string_view name, model::Language language) {
  for (const auto& [known, which] : names) {
    if (known == name) {
      return std::string(word(which, language));
    }
  }
  return std::string(name);
}

}  // namespace

std::string_view pick(model::Language language, std::string_view en, std::string_view ja) {
  return language == model::Language::kJapanese ? ja : en;
}

std::string_view word(Word which, model::Language language) {
  const Entry& entry = kCatalogue[static_cast<size_t>(which)];
  return language == model::Language::kJapanese ? entry.ja : entry.en;
}

std::string fill(Word which, model::Language language,
                 std::initializer_list<std::string_view> values) {
  return fill(word(which, language), values);
}

std::string fill(std::string_view text, std::initializer_list<std::string_view> values) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool placeholder = text[i] == '{' && i + 2 < text.size() && text[i + 1] >= '0' &&
                             text[i + 1] <= '9' && (text[i + 2] == '}' || text[i + 2] == ':');
    const size_t end = placeholder ? text.find('}', i) : std::string_view::npos;
    if (end == std::string_view::npos) {
      out += text[i];
      continue;
    }
    const auto index = static_cast<size_t>(text[i + 1] - '0');
    const std::string_view value =
        index < values.size() ? values.begin()[index] : std::string_view();
    if (text[i + 2] == '}') {
      out += value;
    } else {
      const std::string_view forms = text.substr(i + 3, end - i - 3);
      const size_t bar = forms.find('|');
      out += value == "1" ? forms.substr(0, bar) : forms.substr(bar + 1);
    }
    i = end;
  }
  return out;
}

Word word_of(model::Severity severity) {
  switch (severity) {
    case model::Severity::kInfo: return Word::kInfo;
    case model::Severity::kLow: return Word::kLow;
    case model::Severity::kMedium: return Word::kMedium;
    case model::Severity::kHigh: return Word::kHigh;
    case model::Severity::kCritical: return Word::kCritical;
  }
  return Word::kInfo;
}

Word word_of(model::Confidence confidence) {
  switch (confidence) {
    case model::Confidence::kHint: return Word::kHint;
    case model::Confidence::kLikely: return Word::kLikely;
    case model::Confidence::kProven: return Word::kProven;
  }
  return Word::kHint;
}

Word word_of(model::Verdict verdict) {
  switch (verdict) {
    case model::Verdict::kCouldNotLook: return Word::kCouldNotLook;
    case model::Verdict::kNothingFound: return Word::kNothingFound;
    case model::Verdict::kSuspicious: return Word::kSuspicious;
    case model::Verdict::kCompromised: return Word::kCompromised;
  }
  return Word::kSuspicious;
}

std::string status_word(std::string_view status, model::Language language) {
  constexpr Name kNames[] = {
      {"complete", Word::kStatusComplete},
      {"partial", Word::kStatusPartial},
      {"failed", Word::kStatusFailed},
      {"unsupported", Word::kStatusUnsupported},
      {"not_applicable", Word::kStatusNotApplicable},
      {"skipped", Word::kStatusSkipped},
  };
  return look_up(kNames, status, language);
}

std::string kind_word(std::string_view kind, model::Language language) {
  constexpr Name kNames[] = {
      {"process", Word::kProcess},     {"file", Word::kFile},
      {"socket", Word::kKindSocket},   {"user", Word::kKindUser},
      {"key", Word::kKindKey},         {"module", Word::kKindModule},
      {"bpf_program", Word::kKindBpf}, {"package", Word::kKindPackage},
      {"log", Word::kKindLog},         {"address", Word::kKindAddress},
      {"mount", Word::kKindMount},     {"host", Word::kHost},
  };
  return look_up(kNames, kind, language);
}

std::string reason_word(std::string_view reason, model::Language language) {
  constexpr Name kNames[] = {{"not_read", Word::kReasonNotRead},
                             {"not_applicable", Word::kReasonNotApplicable}};
  return look_up(kNames, reason, language);
}

}  // namespace genba::render
