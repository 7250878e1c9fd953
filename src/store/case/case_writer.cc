// SPDX-License-Identifier: Apache-2.0
#include "store/case/case_writer.h"

#include <utility>

namespace genba::store {

namespace {

using base::Result;

// An object's name until its digest is known; there is never more than one at a time.
constexpr std::string_view kIncoming = "incoming";

}  // namespace

Result<CaseWriter> CaseWriter::create(std::string_view directory, const CaseHeader& header) {
  CaseWriter writer;
  GENBA_TRY(writer.directory_, sys::DirectoryWriter::create(directory));
  GENBA_TRY(writer.objects_, writer.directory_.make_directory("objects"));
  GENBA_TRY(writer.log_, writer.directory_.create_file("log.jsonl"));
  CaseLineBuilder line("genba.case", 0);
  line.add("format", header.format);
  line.add("version", header.version);
  line.add("host", header.host);
  line.add("started", base::to_rfc3339(header.started));
  if (auto written = writer.append(std::move(line)); !written) {
    return base::fail(written.error());
  }
  return writer;
}

Result<void> CaseWriter::append(CaseLineBuilder line) {
  ++lines_;
  return log_.append(line.finish(chain_));
}

Result<void> CaseWriter::add_table(const model::TableInfo& table, const model::RowStore& rows) {
  CaseLineBuilder head("genba.table", lines_);
  head.add("table", table.name);
  if (auto written = append(std::move(head)); !written) {
    return written;
  }
  for (size_t row = 0; row < rows.size(); ++row) {
    CaseLineBuilder line(table.name, lines_);
    for (size_t column = 0; column < table.columns.size(); ++column) {
      line.add_cell(table.columns[column], rows.cell(row, column));
    }
    if (auto written = append(std::move(line)); !written) {
      return written;
    }
  }
  counts_[std::string(table.name)] += static_cast<int64_t>(rows.size());
  return log_.flush();
}

Result<void> CaseWriter::add_facts(const model::Facts& facts) {
  for (const model::TableInfo* table : facts.tables()) {
    if (auto added = add_table(*table, *facts.find(*table)); !added) {
      return added;
    }
  }
  return {};
}

Result<void> CaseWriter::Object::append(std::string_view bytes) {
  digest_.add(bytes);
  size_ += static_cast<int64_t>(bytes.size());
  return file_.append(bytes);
}

Result<CaseWriter::Object> CaseWriter::begin_object() {
  Object object;
  GENBA_TRY(object.file_, objects_.create_file(kIncoming));
  return object;
}

Result<std::string> CaseWriter::finish_object(std::string_view source, Object object) {
  if (auto closed = object.file_.close_file(); !closed) {
    return base::fail(closed.error());
  }
  const std::string hash = object.digest_.hex();
  if (const auto named = objects_.rename_file(kIncoming, hash); !named) {
    if (named.error().code != base::ErrorCode::kInvalid) {
      return base::fail(named.error());
    }
    // Kept already.
    if (auto removed = objects_.remove_file(kIncoming); !removed) {
      return base::fail(removed.error());
    }
  }
  CaseLineBuilder line("genba.object", lines_);
  line.add("sha256", hash);
  line.add("bytes", object.size_);
  line.add("source", source);
  if (auto written = append(std::move(line)); !written) {
    return base::fail(written.error());
  }
  ++counts_["genba.object"];
  return hash;
}

Result<std::string> CaseWriter::add_object(std::string_view source, std::string_view bytes) {
  GENBA_TRY(Object object, begin_object());
  if (auto appended = object.append(bytes); !appended) {
    return base::fail(appended.error());
  }
  return finish_object(source, std::move(object));
}

Result<void> CaseWriter::add_derived_file(std::string_view name, std::string_view bytes) {
  auto file = directory_.create_file(name);
  if (!file) {
    return base::fail(file.error());
  }
  if (auto appended = file->append(bytes); !appended) {
    return appended;
  }
  return file->close_file();
}

Result<std::string> CaseWriter::seal(base::Timestamp now) {
  CaseLineBuilder line("genba.seal", lines_);
  line.add("sealed", base::to_rfc3339(now));
  line.add("lines", static_cast<int64_t>(lines_ + 1));
  for (const auto& [kind, count] : counts_) {
    line.add("rows." + kind, count);
  }
  auto done = append(std::move(line));
  if (done) {
    done = log_.close_file();
  }
  if (!done) {
    return base::fail(done.error());
  }
  return chain_;
}

}  // namespace genba::store
