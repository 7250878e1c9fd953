// SPDX-License-Identifier: Apache-2.0
//
// The sections of the page, one function each, in the order in which they stand. Each keeps to a
// budget of bytes; together they stay below 5 MB whatever the host holds. Covered by html_test.cc.
#pragma once

#include <map>
#include <set>
#include <string>

#include "render/brief.h"
#include "render/page.h"

namespace genba::render {

/// The things that findings name, each with the worst severity that names it.
struct Marks {
  std::map<int64_t, model::Severity> pids;
  std::map<std::string, model::Severity, std::less<>> paths;
  std::map<std::string, model::Severity, std::less<>> users;
  std::map<std::string, model::Severity, std::less<>> fingerprints;
  std::map<std::string, model::Severity, std::less<>> addresses;

  std::optional<model::Severity> path(std::string_view path) const;
  std::optional<model::Severity> path_if(const std::optional<std::string>& path) const;
};
Marks marks_of(const Report& report);

void write_verdict(Page& page, const Report& report, const Brief& brief);
void write_summary(Page& page, const Report& report, const Brief& brief);
void write_steps(Page& page, const Report& report, const Brief& brief);
void write_gaps(Page& page, const Report& report, const Brief& brief);
void write_incidents(Page& page, const Brief& brief);
void write_findings(Page& page, const Brief& brief);
void write_processes(Page& page, const Report& report, const Marks& marks);
void write_connections(Page& page, const Report& report, const Marks& marks);
void write_persistence(Page& page, const Report& report, const Marks& marks);
void write_accounts(Page& page, const Report& report, const Marks& marks);
void write_logs(Page& page, const Report& report, const Marks& marks);
void write_weaknesses(Page& page, const Brief& brief);
void write_coverage(Page& page, const Report& report, const Brief& brief);
void write_how_to_read(Page& page);

/// "4242 cd" for a process that was read, the number alone for another.
std::string process_label(const Report& report, const std::optional<int64_t>& pid,
                          model::Language language);

}  // namespace genba::render
