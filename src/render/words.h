// SPDX-License-Identifier: Apache-2.0
//
// Every string that the renderers themselves say, in both languages, looked up by enumerator; the
// findings bring their own words. `{0}`, `{1}` stand for values, so that each language can order
// them as it likes. Covered by words_test.cc.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

#include "model/finding.h"

namespace genba::render {

enum class Word : uint8_t {
  // Punctuation.
  kComma,
  kLabelled,
  kRemark,

  // The verdict and the first screen.
  kVerdict,
  kCompromised,
  kSuspicious,
  kNothingFound,
  kFindingCounts,
  kWeaknessCount,
  kNoFindings,
  kWhatHappened,
  kWorstOf,
  kSince,
  kSinceUntil,
  kTimeUnknown,
  kWhatToDo,
  kStepsBelow,
  kStepsElsewhere,
  kStepKeep,
  kStepKept,
  kStepKeepDisk,
  kStepAsk,
  kStepProvider,
  kStepStartup,
  kStepSecrets,
  kStepRebuild,
  kNothingToDo,
  kNotLookedAt,
  kGapsByCause,
  kGapRefused,
  kGapTime,
  kGapFailed,
  kGapRefusedToRoot,
  kGapLeftOut,
  kGapUnsupported,
  kGapNames,
  kRulesNotJudgedCount,
  kAllRead,
  kReach,
  kReachLive,
  kReachTree,
  kLimit,
  kLimitTree,
  kKeepEvidence,

  // What findings are about.
  kProcesses,
  kFiles,
  kConnections,
  kAccounts,
  kStartup,
  kOther,
  kAndMore,
  kKindSocket,
  kKindUser,
  kKindKey,
  kKindModule,
  kKindBpf,
  kKindPackage,
  kKindLog,
  kKindAddress,
  kKindMount,

  // Incidents and findings.
  kIncidents,
  kIncident,
  kStory,
  kAdvice,
  kFindings,
  kFinding,
  kWeaknesses,
  kWeaknessesMean,
  kSeverity,
  kConfidence,
  kRule,
  kAttack,
  kEvidence,
  kEvidenceFrom,
  kWhy,
  kBenign,
  kNext,
  kMoreEvidence,
  kMoreFields,
  kTime,
  kWhat,
  kSubjects,
  kFamily,
  kFamilyMoment,

  // Enumerations.
  kCritical,
  kHigh,
  kMedium,
  kLow,
  kInfo,
  kProven,
  kLikely,
  kHint,
  kStatusComplete,
  kStatusPartial,
  kStatusFailed,
  kStatusUnsupported,
  kStatusNotApplicable,
  kStatusSkipped,
  kReasonNotRead,
  kReasonNotApplicable,
  kYes,
  kNo,

  // Coverage and footprint.
  kCoverage,
  kCoverageMeans,
  kArea,
  kSubject,
  kStatus,
  kRead,
  kAsked,
  kDenied,
  kGone,
  kFailed,
  kReason,
  kRemedy,
  kNotJudged,
  kNotJudgedMeans,
  kTable,
  kFootprint,
  kFootprintSays,
  kFootprintMoved,
  kFootprintHelpers,

  // The page.
  kReportTitle,
  kSummary,
  kHost,
  kSystem,
  kKernel,
  kBoot,
  kClock,
  kRun,
  kRunSays,
  kSource,
  kCommand,
  kContainer,
  kContainerYes,
  kPrivilege,
  kPrivilegeRoot,
  kPrivilegeOther,
  kContents,
  kProcessTree,
  kProcessTreeMeans,
  kPid,
  kUid,
  kCpu,
  kProgram,
  kUser,
  kStarted,
  kCommandLine,
  kKernelThreads,
  kMoreChildren,
  kConnectionsOfFindings,
  kListeningPorts,
  kOtherConnections,
  kProtocol,
  kLocal,
  kRemote,
  kState,
  kProcess,
  kNobodyHolds,
  kPersistence,
  kPersistenceMeans,
  kCron,
  kTimers,
  kServices,
  kStartupItems,
  kSchedule,
  kRunsAs,
  kFile,
  kChanged,
  kUnit,
  kStarts,
  kType,
  kName,
  kAccountsMeans,
  kLoginAccounts,
  kShell,
  kHome,
  kPassword,
  kPasswordActive,
  kPasswordLocked,
  kPasswordEmpty,
  kPasswordInvalid,
  kLastChange,
  kKeys,
  kFingerprint,
  kComment,
  kLoggedIn,
  kTerminal,
  kFrom,
  kShowing,
  kNotReadHere,
  kReadAndEmpty,
  kHowToRead,
  kHowVerdict,
  kHowSeverity,
  kHowConfidence,
  kHowWeakness,
  kHowCoverage,
  kHowEscapes,
  kHowTimes,

  kCount,
};

/// The word as it stands in the catalogue, placeholders included.
std::string_view word(Word which, model::Language language);

/// The word with `{0}`, `{1}` … replaced by `values`; a placeholder without a value is left out.
/// The values are put in as they are: escape them before.
std::string fill(Word which, model::Language language,
                 std::initializer_list<std::string_view> values);

Word word_of(model::Severity severity);
Word word_of(model::Confidence confidence);
Word word_of(model::Verdict verdict);

/// The status of a coverage row, the kind of a subject, or a rule's reason for not being judged, in
/// words; as it is when it is none that we know.
std::string status_word(std::string_view status, model::Language language);
std::string kind_word(std::string_view kind, model::Language language);
std::string reason_word(std::string_view reason, model::Language language);

}  // namespace genba::render
