// SPDX-License-Identifier: Apache-2.0
#include "store/case/chained_log.h"

#include <utility>

#include "base/digest.h"
#include "base/text.h"
#include "fmt/format.h"

namespace genba::store {

namespace {

using base::ErrorCode;
using base::fail;
using base::Result;

constexpr std::string_view kIncoming = "incoming.actions";
constexpr size_t kLongestHolder = 512;

// Takes a line that does not follow: what it says, if it says anything, and its claim as the chain
// from here on.
void take_unproven(std::string_view text, uint64_t offset, ChainedLogContents& contents) {
  std::string claimed;
  auto line = parse_unproven_case_line(text, claimed);
  if (!line) {
    return;
  }
  contents.chain = claimed;
  contents.lines.push_back({*std::move(line), offset, false, std::move(claimed)});
}

void take_line(std::string_view name, std::string_view text, uint64_t offset,
               ChainedLogContents& contents) {
  std::string chain = contents.chain;
  auto line = parse_case_line(text, chain);
  const bool follows = line && (contents.altered || line->number == contents.lines.size());
  if (follows) {
    contents.chain = chain;
    contents.lines.push_back({*std::move(line), offset, !contents.altered, std::move(chain)});
    return;
  }
  contents.altered = true;
  contents.notes.push_back({std::string(name), offset, text.size() + 1,
                            line ? "the line's number is not the next one" : line.error().what});
  take_unproven(text, offset, contents);
}

// Another writer's words about itself, which may be anything.
std::string holder_words(const sys::AppendFile& lock) {
  const auto text = lock.read_all(kLongestHolder);
  return text && !text->empty() ? base::escape_for_terminal(*text) : "who does not say its name";
}

Result<void> take_lock(const sys::AppendFile& lock, const ChainedLogName& name,
                       std::string_view holder) {
  GENBA_TRY(const sys::Lock state, lock.try_lock());
  if (state == sys::Lock::kTaken) {
    return fail(ErrorCode::kTimedOut,
                fmt::format("'{}' is being written by another Genba ({}); wait until it has ended",
                            name.file, holder_words(lock)));
  }
  if (state == sys::Lock::kNotOffered) {
    return fail(ErrorCode::kUnsupported,
                fmt::format("'{}' cannot be locked on this filesystem; name a directory on another",
                            name.file));
  }
  GENBA_TRY_VOID(lock.cut(0));
  return lock.append(holder.substr(0, kLongestHolder));
}

// Writes a content under its digest; one that is there already has it.
Result<std::string> put_object(const sys::DirectoryWriter& objects, std::string_view bytes) {
  (void)objects.remove_file(kIncoming);  // of a writer that was killed
  GENBA_TRY(sys::FileWriter file, objects.create_file(kIncoming));
  GENBA_TRY_VOID(file.append(bytes));
  GENBA_TRY_VOID(file.close_file());
  std::string hash = base::sha256_of(bytes);
  const auto named = objects.rename_file(kIncoming, hash);
  if (!named && named.error().code != ErrorCode::kInvalid) {
    return fail(named.error());
  }
  if (!named) {
    GENBA_TRY_VOID(objects.remove_file(kIncoming));
  }
  GENBA_TRY_VOID(objects.sync());
  return hash;
}

}  // namespace

ChainedLogContents read_chained_log(std::string_view name, std::string_view bytes) {
  ChainedLogContents contents;
  size_t start = 0;
  for (size_t end = bytes.find('\n'); end != std::string_view::npos;
       end = bytes.find('\n', start)) {
    take_line(name, bytes.substr(start, end - start), start, contents);
    start = end + 1;
  }
  contents.whole_bytes = start;
  contents.half_line = bytes.substr(start);
  if (!contents.half_line.empty()) {
    contents.notes.push_back({std::string(name), start, contents.half_line.size(),
                              "the log ends in the middle of a line"});
  }
  return contents;
}

Result<ChainedLog> ChainedLog::open(const sys::DirectoryWriter& directory,
                                    const ChainedLogName& name, std::string_view holder,
                                    CaseLineBuilder header) {
  ChainedLog log;
  GENBA_TRY(log.lock_, sys::AppendFile::open(directory, name.lock));
  GENBA_TRY_VOID(take_lock(log.lock_, name, holder));
  GENBA_TRY(log.file_, sys::AppendFile::open(directory, name.file));
  GENBA_TRY(log.objects_, directory.open_or_make_directory("objects"));
  GENBA_TRY_VOID(directory.sync());
  GENBA_TRY(const std::string bytes, log.file_.read_all(kLargestChainedLog));
  log.contents_ = read_chained_log(name.file, bytes);
  const ChainedLogContents& contents = log.contents_;
  if (contents.altered) {
    const base::Note& note = contents.notes.front();
    return fail(ErrorCode::kDamaged,
                fmt::format("'{}' was altered at byte {} ({}); keep it as evidence and name a new "
                            "directory",
                            name.file, note.offset, note.reason));
  }
  if (!contents.lines.empty() && contents.lines.front().line.kind != name.first) {
    return fail(ErrorCode::kDamaged,
                fmt::format("'{}' does not begin as it should; name a new directory", name.file));
  }
  log.name_ = name.file;
  log.size_ = bytes.size();
  log.chain_ = contents.chain;
  log.next_number_ = contents.lines.size();
  GENBA_TRY_VOID(log.take_up(std::move(header)));
  return log;
}

Result<void> ChainedLog::take_up(CaseLineBuilder header) {
  if (!contents_.half_line.empty() && next_number_ > 0) {
    GENBA_TRY_VOID(keep_half_line());
  } else if (!contents_.half_line.empty()) {
    GENBA_TRY_VOID(file_.cut(0));  // not even the header was there: nothing had been promised
    size_ = 0;
  }
  return next_number_ == 0 ? append(std::move(header)) : Result<void>();
}

// The object first: whenever the power goes, the bytes stand in one of the two places.
Result<void> ChainedLog::keep_half_line() {
  GENBA_TRY_VOID(put_object(objects_, contents_.half_line));
  GENBA_TRY_VOID(file_.cut(contents_.whole_bytes));
  size_ = contents_.whole_bytes;
  GENBA_TRY_VOID(add_object("half a line at the end of the log", contents_.half_line));
  return {};
}

Result<void> ChainedLog::append(CaseLineBuilder line) {
  GENBA_TRY(const uint64_t size, file_.size());
  if (size != size_) {
    return fail(ErrorCode::kDamaged,
                fmt::format("'{}' was changed by another program while it was written; keep it as "
                            "evidence and name a new directory",
                            name_));
  }
  std::string chain = chain_;
  const std::string text = line.finish(chain);
  GENBA_TRY_VOID(file_.append(text));
  size_ += text.size();
  chain_ = std::move(chain);
  ++next_number_;
  return {};
}

Result<std::string> ChainedLog::add_object(std::string_view source, std::string_view bytes) {
  GENBA_TRY(std::string hash, put_object(objects_, bytes));
  CaseLineBuilder line("genba.object", next_number_);
  line.add("sha256", hash);
  line.add("bytes", static_cast<int64_t>(bytes.size()));
  line.add("source", source);
  GENBA_TRY_VOID(append(std::move(line)));
  return hash;
}

}  // namespace genba::store
