// SPDX-License-Identifier: Apache-2.0
//
// What the files of audit_decode share. Nobody else includes it. Covered by audit_joiner_test.cc.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "parse/audit/audit_decode.h"

namespace genba::parse {

void note_audit_cut(AuditValue value, AuditEvent& event);
/// Decodes `raw` into a text that is still empty.
void set_first_audit_text(std::string_view raw, AuditWriter writer, std::string& out,
                          AuditEvent& event);
/// The meaning of success= and res=.
std::optional<bool> audit_success_of(std::string_view word);
void set_audit_result(std::string_view raw, AuditEvent& event);
/// Whether the field says what an event of this type is about.
bool is_audit_object_name(std::string_view name, const AuditRecord& record);
/// How that field is written.
AuditWriter audit_object_writer(int32_t type);
/// "avc:  denied  { read write } for  pid=…"
void take_audit_avc_words(std::string_view text, AuditEvent& event);

// Whole parts of a record, which must be split (split_audit_parts).
void decode_audit_program(const AuditRecord& record, AuditEvent& event);
void decode_audit_execve(const AuditRecord& record, AuditAssembly& assembly);
void decode_audit_path(const AuditRecord& record, AuditEvent& event);
/// The sockaddr of a call, in the byte order of the machine that wrote it (its family shows it).
void decode_audit_sockaddr(const AuditRecord& record, AuditEvent& event);

}  // namespace genba::parse
