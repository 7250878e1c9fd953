// SPDX-License-Identifier: Apache-2.0
//
// The part of control.h that takes a containment back.
#include <algorithm>
#include <utility>

#include "act/contain/control.h"
#include "act/contain/takeover.h"
#include "fmt/format.h"

namespace genba::act {

using base::ErrorCode;
using base::fail;
using base::Result;

namespace {

bool lists(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// What somebody changed, as far as it was written down.
model::Text difference(const RulesetDigest& before, const RulesetDigest& now,
                       const Result<sys::NftGeneration>& last) {
  std::vector<std::string> en;
  std::vector<std::string> ja;
  const auto add = [&](std::string english, std::string japanese) {
    en.push_back(std::move(english));
    ja.push_back(std::move(japanese));
  };
  const bool all_named = before.tables <= kMostTableNames && now.tables <= kMostTableNames;
  for (const std::string& name : now.names) {
    if (all_named && !lists(before.names, name)) {
      add("there is a new table " + name, "テーブル" + name + "が増えています");
    }
  }
  for (const std::string& name : before.names) {
    if (all_named && !lists(now.names, name)) {
      add(fmt::format("table {} is gone", name), fmt::format("テーブル{}がなくなっています", name));
    }
  }
  if (before.rules != now.rules) {
    add(fmt::format("{} rules instead of {}", now.rules, before.rules),
        fmt::format("ルールは{}件（適用前は{}件）", now.rules, before.rules));
  }
  if (en.empty()) {
    add(fmt::format("as many tables and rules ({} and {}), but not the same", now.tables,
                    now.rules),
        fmt::format("テーブル（{}）とルール（{}）の数は同じですが、内容が違います", now.tables,
                    now.rules));
  }
  const uint32_t changes = now.generation - before.generation;
  add(fmt::format("{} changes since, ours among them", changes),
      fmt::format("適用前からの変更は{}回（Genbaのものを含む）", changes));
  if (last && !last->name.empty()) {
    add(fmt::format("the last by process {} ({})", last->pid, last->name),
        fmt::format("最後の変更はプロセス{}（{}）", last->pid, last->name));
  }
  return {fmt::format("{}", fmt::join(en, "; ")), fmt::format("{}", fmt::join(ja, "、"))};
}

class Undoer {
 public:
  Undoer(const host::Host& host, Force force, const ControlOptions& options, Journal& journal)
      : host_(host), force_(force), options_(options), journal_(journal) {}

  Result<UndoReport> run() {
    const KernelAccess access{options_.kernel ? *options_.kernel : sys::nf_tables_present(),
                              options_.loading};
    GENBA_TRY(situation_, look_around(host_, journal_.log(), options_.journal_directory, access));
    if (!situation_->recorded && !situation_->anything_stands()) {
      return fail(ErrorCode::kNotFound, "this host is not contained: there is nothing to undo");
    }
    GENBA_TRY_VOID(refuse_strangers());
    tell_what_is_known();
    GENBA_TRY(report_.action,
              journal_.begin({"contain undo",
                              std::string(kContainSubject),
                              model::ActionEffect::kLifts,
                              {},
                              situation_->recorded ? to_json(*situation_->recorded) : ""}));
    if (const auto taken = take_place_of_guard(host_, *situation_); !taken) {
      report_.trouble.push_back({"guard_not_ended", untranslated(taken.error().what)});
    }
    for (Standing& standing : situation_->namespaces) {
      undo_in(standing);
    }
    report_.outcome =
        report_.trouble.empty() ? model::ActionOutcome::kDone : model::ActionOutcome::kFailed;
    if (auto told =
            journal_.end(report_.action,
                         {report_.outcome, "",
                          report_.trouble.empty() ? summary() : report_.trouble.front().text.en});
        !told) {
      report_.outcome = model::ActionOutcome::kFailed;
      report_.trouble.push_back({"journal", untranslated(told.error().what)});
    }
    return std::move(report_);
  }

 private:
  // A table of our name without our comment may be anybody's.
  Result<void> refuse_strangers() const {
    for (const Standing& standing : situation_->namespaces) {
      for (const auto* table : {&standing.ours.inet, &standing.ours.netdev}) {
        if (force_ == Force::kNo && *table && !parse_contain_comment((*table)->table.comment)) {
          return fail(
              ErrorCode::kInvalid,
              fmt::format("the table {} has not Genba's comment: --force deletes it all the "
                          "same",
                          sys::to_string((*table)->table.name)));
        }
      }
    }
    return {};
  }

  void tell_what_is_known() {
    report_.trouble = situation_->trouble;
    report_.notes = situation_->notes;
    if (situation_->recorded) {
      report_.id = situation_->recorded->id;
      report_.rebooted = situation_->rebooted;
    } else if (const auto& inet = situation_->own().ours.inet) {
      const auto comment = parse_contain_comment(inet->table.comment);
      report_.id = comment ? comment->id : "";
      report_.notes.push_back(
          {"not_recorded",
           {"the journal does not know this containment: whether the rules of others are the same "
            "cannot be told",
            "この封じ込めは操作の記録にないため、ほかのルールが元のままかどうかは判断できません"}});
    }
    if (!situation_->journal_trouble.empty()) {
      report_.notes.push_back({"journal_unread", untranslated(situation_->journal_trouble)});
    }
    for (const ContainedNamespace& gone : situation_->unreached) {
      if (gone.contained) {
        report_.notes.push_back(
            note_about(gone, "namespace_gone",
                       {"no process lives in it any more", "プロセスはもう存在しません"}));
      }
    }
  }

  void undo_in(Standing& standing) {
    const ContainedNamespace& where = standing.contact.where;
    const bool recorded = !standing.unrecorded && !situation_->rebooted;
    if (!standing.ours.any() && !(recorded && where.contained)) {
      return;
    }
    UndoneNamespace undone;
    undone.inode = where.inode;
    undone.own = where.own;
    const auto removed = remove(standing);
    undone.removed = removed && standing.ours.any();
    if (!removed) {
      report_.trouble.push_back(
          note_about(where, "namespace_closed", untranslated(removed.error().what)));
    }
    auto now = read_foreign_rules(standing.contact.tables);
    if (!now) {
      report_.trouble.push_back(note_about(where, "rules_unread", untranslated(now.error().what)));
    } else if (recorded && !where.before.sha256.empty()) {
      const bool same = now->sha256 == where.before.sha256;
      undone.before_sha256 = where.before.sha256;
      undone.rules = same ? UndoneNamespace::Rules::kIdentical : UndoneNamespace::Rules::kChanged;
      undone.difference =
          same ? model::Text()
               : difference(where.before, *now, standing.contact.tables.generation());
      undone.now = *std::move(now);
    } else {
      undone.now = *std::move(now);
    }
    report_.namespaces.push_back(std::move(undone));
  }

  // Looked at anew: the guard may have removed them itself a moment ago.
  static Result<void> remove(Standing& standing) {
    GENBA_TRY(const OurTables ours, read_our_tables(standing.contact.tables));
    sys::NftBatch batch;
    for (const auto* table : {&ours.netdev, &ours.inet}) {
      if (*table) {
        batch.delete_table((*table)->table.name);
      }
    }
    return standing.contact.tables.commit(batch);
  }

  std::string summary() const {
    const bool same = std::all_of(
        report_.namespaces.begin(), report_.namespaces.end(),
        [](const UndoneNamespace& one) { return one.rules == UndoneNamespace::Rules::kIdentical; });
    return report_.rebooted ? "a reboot had opened the host"
           : same           ? "the rules of others are as they were before"
                  : "the rules of others are not, or not known to be, as they were before";
  }

  const host::Host& host_;
  Force force_;
  const ControlOptions& options_;
  Journal& journal_;
  std::optional<Situation> situation_;
  UndoReport report_;
};

}  // namespace

Result<UndoReport> undo(const host::Host& host, Force force, const ControlOptions& options,
                        Journal& journal) {
  return Undoer(host, force, options, journal).run();
}

}  // namespace genba::act
