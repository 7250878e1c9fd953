// SPDX-License-Identifier: Apache-2.0
#include "sys/bpf/bpf.h"

#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "base/digest.h"
#include "base/split.h"
#include "fmt/format.h"

namespace genba::sys {

using base::fail;

namespace {

// The verifier's log of a long program; the kernel takes at least this since 4.10.
constexpr size_t kLogSize = 1U << 20;
constexpr size_t kLongestLogEnd = 300;
constexpr int kMostAttempts = 5;

// Fields beyond those that a command knows must be zero, so that older kernels take it.
bpf_attr empty() {
  bpf_attr attributes;
  std::memset(&attributes, 0, sizeof attributes);
  return attributes;
}

Result<int> bpf(bpf_cmd command, bpf_attr& attributes, const char* words) {
  long answer = -1;
  // Loading gives EAGAIN when a signal came while the verifier was at work.
  for (int attempt = 0; attempt < kMostAttempts; ++attempt) {
    answer = ::syscall(SYS_bpf, command, &attributes, sizeof attributes);
    if (answer >= 0 || (errno != EINTR && errno != EAGAIN)) {
      break;
    }
  }
  if (answer < 0) {
    return fail(base::error_from_errno(errno, words));
  }
  return static_cast<int>(answer);
}

uint64_t address_of(const void* pointer) {
  return reinterpret_cast<uintptr_t>(pointer);
}

void put_name(char (&field)[BPF_OBJ_NAME_LEN], const char* name) {
  const size_t length = std::strlen(name);
  GENBA_CHECK(length < sizeof field);
  std::memcpy(field, name, length);
}

std::string name_in(const char (&field)[BPF_OBJ_NAME_LEN]) {
  return std::string(field, ::strnlen(field, sizeof field));
}

bpf_attach_type kernel_hook(CgroupHook hook) {
  return hook == CgroupHook::kIngress ? BPF_CGROUP_INET_INGRESS : BPF_CGROUP_INET_EGRESS;
}

bpf_attr program_attributes(const char* name, std::span<const bpf_insn> instructions,
                            const char* license) {
  bpf_attr attributes = empty();
  // expected_attach_type stays 0: kernels before 4.17 do not know it, and none asks for it here.
  attributes.prog_type = BPF_PROG_TYPE_CGROUP_SKB;
  attributes.insns = address_of(instructions.data());
  attributes.insn_cnt = static_cast<uint32_t>(instructions.size());
  attributes.license = address_of(license);
  put_name(attributes.prog_name, name);
  return attributes;
}

Result<void> read_info(const Fd& object, void* info, uint32_t size) {
  bpf_attr attributes = empty();
  attributes.info.bpf_fd = static_cast<uint32_t>(object.get());
  attributes.info.info_len = size;
  attributes.info.info = address_of(info);
  GENBA_TRY_VOID(bpf(BPF_OBJ_GET_INFO_BY_FD, attributes, "bpf(OBJ_GET_INFO_BY_FD)"));
  return {};
}

}  // namespace

void lift_locked_memory_limit() {
  rlimit limit{RLIM_INFINITY, RLIM_INFINITY};
  if (::setrlimit(RLIMIT_MEMLOCK, &limit) != 0 && ::getrlimit(RLIMIT_MEMLOCK, &limit) == 0) {
    limit.rlim_cur = limit.rlim_max;
    (void)::setrlimit(RLIMIT_MEMLOCK, &limit);
  }
}

Result<Fd> create_bpf_array(const char* name, uint32_t entries) {
  bpf_attr attributes = empty();
  attributes.map_type = BPF_MAP_TYPE_ARRAY;
  attributes.key_size = sizeof(uint32_t);
  attributes.value_size = sizeof(uint64_t);
  attributes.max_entries = entries;
  put_name(attributes.map_name, name);
  GENBA_TRY(const int fd, bpf(BPF_MAP_CREATE, attributes, "bpf(MAP_CREATE)"));
  return Fd(fd);
}

Result<void> write_bpf_array(const Fd& map, uint32_t index, uint64_t value) {
  bpf_attr attributes = empty();
  attributes.map_fd = static_cast<uint32_t>(map.get());
  attributes.key = address_of(&index);
  attributes.value = address_of(&value);
  GENBA_TRY_VOID(bpf(BPF_MAP_UPDATE_ELEM, attributes, "bpf(MAP_UPDATE_ELEM)"));
  return {};
}

Result<uint64_t> read_bpf_array(const Fd& map, uint32_t index) {
  uint64_t value = 0;
  bpf_attr attributes = empty();
  attributes.map_fd = static_cast<uint32_t>(map.get());
  attributes.key = address_of(&index);
  attributes.value = address_of(&value);
  GENBA_TRY_VOID(bpf(BPF_MAP_LOOKUP_ELEM, attributes, "bpf(MAP_LOOKUP_ELEM)"));
  return value;
}

Result<Fd> load_cgroup_program(const char* name, std::span<const bpf_insn> instructions,
                               const char* license) {
  bpf_attr attributes = program_attributes(name, instructions, license);
  const auto loaded = bpf(BPF_PROG_LOAD, attributes, "bpf(PROG_LOAD)");
  if (loaded) {
    return Fd(*loaded);
  }
  if (loaded.error().sys_errno != EACCES && loaded.error().sys_errno != EINVAL) {
    return fail(loaded.error());
  }
  // Again, for the reason: the log makes loading slow.
  std::vector<char> log(kLogSize, '\0');
  attributes = program_attributes(name, instructions, license);
  attributes.log_level = 1;
  attributes.log_size = kLogSize;
  attributes.log_buf = address_of(log.data());
  const auto again = bpf(BPF_PROG_LOAD, attributes, "bpf(PROG_LOAD)");
  if (again) {
    return Fd(*again);
  }
  base::Error error = loaded.error();
  const std::string reason = end_of_verifier_log({log.data(), ::strnlen(log.data(), log.size())});
  if (!reason.empty()) {
    error.what += ": " + reason;
  }
  return fail(std::move(error));
}

Result<void> attach_cgroup_program(const Fd& cgroup, CgroupHook hook, const Fd& program) {
  bpf_attr attributes = empty();
  attributes.target_fd = static_cast<uint32_t>(cgroup.get());
  attributes.attach_bpf_fd = static_cast<uint32_t>(program.get());
  attributes.attach_type = kernel_hook(hook);
  attributes.attach_flags = BPF_F_ALLOW_MULTI;
  GENBA_TRY_VOID(bpf(BPF_PROG_ATTACH, attributes, "bpf(PROG_ATTACH)"));
  return {};
}

Result<void> detach_cgroup_program(const Fd& cgroup, CgroupHook hook, const Fd& program) {
  bpf_attr attributes = empty();
  attributes.target_fd = static_cast<uint32_t>(cgroup.get());
  attributes.attach_bpf_fd = static_cast<uint32_t>(program.get());
  attributes.attach_type = kernel_hook(hook);
  GENBA_TRY_VOID(bpf(BPF_PROG_DETACH, attributes, "bpf(PROG_DETACH)"));
  return {};
}

Result<std::vector<uint32_t>> cgroup_programs(const Fd& cgroup, CgroupHook hook) {
  std::vector<uint32_t> ids(kMostCgroupPrograms);
  bpf_attr attributes = empty();
  attributes.query.target_fd = static_cast<uint32_t>(cgroup.get());
  attributes.query.attach_type = kernel_hook(hook);
  attributes.query.prog_ids = address_of(ids.data());
  attributes.query.prog_cnt = kMostCgroupPrograms;
  GENBA_TRY_VOID(bpf(BPF_PROG_QUERY, attributes, "bpf(PROG_QUERY)"));
  ids.resize(std::min(attributes.query.prog_cnt, kMostCgroupPrograms));
  return ids;
}

Result<Fd> open_bpf_program(uint32_t id) {
  bpf_attr attributes = empty();
  attributes.prog_id = id;
  GENBA_TRY(const int fd, bpf(BPF_PROG_GET_FD_BY_ID, attributes, "bpf(PROG_GET_FD_BY_ID)"));
  return Fd(fd);
}

Result<Fd> open_bpf_map(uint32_t id) {
  bpf_attr attributes = empty();
  attributes.map_id = id;
  GENBA_TRY(const int fd, bpf(BPF_MAP_GET_FD_BY_ID, attributes, "bpf(MAP_GET_FD_BY_ID)"));
  return Fd(fd);
}

Result<BpfProgramInfo> bpf_program_info(const Fd& program) {
  constexpr uint32_t kMostMaps = 64;  // MAX_USED_MAPS, kernel/bpf/verifier.c
  std::array<uint32_t, kMostMaps> maps{};
  struct ::bpf_prog_info info {};
  info.nr_map_ids = kMostMaps;
  info.map_ids = address_of(maps.data());
  GENBA_TRY_VOID(read_info(program, &info, sizeof info));
  BpfProgramInfo told;
  told.id = info.id;
  told.type = info.type;
  told.name = name_in(info.name);
  told.tag = base::to_hex(std::span<const uint8_t>(info.tag, sizeof info.tag));
  told.maps.assign(maps.begin(), maps.begin() + std::min(info.nr_map_ids, kMostMaps));
  return told;
}

Result<BpfMapInfo> bpf_map_info(const Fd& map) {
  struct ::bpf_map_info info {};
  GENBA_TRY_VOID(read_info(map, &info, sizeof info));
  return BpfMapInfo{info.id, info.type, info.value_size, info.max_entries, name_in(info.name)};
}

Result<uint32_t> try_cgroup_program(const Fd& program, std::string_view frame, uint32_t index) {
  __sk_buff context{};
  context.ifindex = index;
  bpf_attr attributes = empty();
  attributes.test.prog_fd = static_cast<uint32_t>(program.get());
  attributes.test.data_in = address_of(frame.data());
  attributes.test.data_size_in = static_cast<uint32_t>(frame.size());
  attributes.test.repeat = 1;
  if (index != 0) {
    attributes.test.ctx_in = address_of(&context);
    attributes.test.ctx_size_in = sizeof context;
  }
  GENBA_TRY_VOID(bpf(BPF_PROG_TEST_RUN, attributes, "bpf(PROG_TEST_RUN)"));
  return attributes.test.retval;
}

std::string end_of_verifier_log(std::string_view log) {
  // The last line counts the work; the reason stands before it.
  std::vector<std::string_view> lines;
  for (const std::string_view line : base::split(log, '\n')) {
    const std::string_view plain = base::trim(line);
    if (!plain.empty() && !plain.starts_with("processed ")) {
      lines.push_back(plain);
    }
  }
  std::string text;
  for (size_t i = lines.size() < 2 ? 0 : lines.size() - 2; i < lines.size(); ++i) {
    text += (text.empty() ? "" : "; ") + std::string(lines[i].substr(0, kLongestLogEnd / 2));
  }
  for (char& c : text) {
    c = c < ' ' || c > '~' ? '?' : c;
  }
  return text;
}

}  // namespace genba::sys
