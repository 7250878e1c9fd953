// SPDX-License-Identifier: Apache-2.0
#include "sys/bpf/bpf_assembler.h"

#include <limits>

namespace genba::sys {

using base::ErrorCode;
using base::fail;

namespace {

constexpr BpfRegister kNone = BpfRegister::kR0;

uint8_t size_code(BpfWidth width) {
  switch (width) {
    case BpfWidth::k8: return BPF_B;
    case BpfWidth::k16: return BPF_H;
    case BpfWidth::k32: return BPF_W;
    case BpfWidth::k64: return BPF_DW;
  }
  return BPF_DW;
}

uint8_t jump_code(BpfTest test) {
  switch (test) {
    case BpfTest::kEqual: return BPF_JEQ;
    case BpfTest::kNotEqual: return BPF_JNE;
    case BpfTest::kLess: return BPF_JLT;
    case BpfTest::kGreater: return BPF_JGT;
  }
  return BPF_JEQ;
}

constexpr uint8_t code(unsigned parts) {
  return static_cast<uint8_t>(parts);
}

}  // namespace

BpfAssembler& BpfAssembler::put(uint8_t code, BpfRegister to, BpfRegister from, int16_t offset,
                                int32_t value) {
  bpf_insn instruction{};
  instruction.code = code;
  instruction.dst_reg = static_cast<uint8_t>(to) & 0xF;
  instruction.src_reg = static_cast<uint8_t>(from) & 0xF;
  instruction.off = offset;
  instruction.imm = value;
  instructions_.push_back(instruction);
  return *this;
}

BpfAssembler& BpfAssembler::put_pair(BpfRegister to, uint8_t pseudo, uint64_t value) {
  put(code(BPF_LD | BPF_DW | BPF_IMM), to, static_cast<BpfRegister>(pseudo), 0,
      static_cast<int32_t>(static_cast<uint32_t>(value)));
  return put(0, kNone, kNone, 0, static_cast<int32_t>(static_cast<uint32_t>(value >> 32)));
}

BpfAssembler::Label BpfAssembler::label() {
  Label made;
  made.number_ = labels_.size();
  labels_.emplace_back();
  return made;
}

BpfAssembler& BpfAssembler::bind(Label label) {
  GENBA_CHECK(label.number_ < labels_.size() && !labels_[label.number_]);
  labels_[label.number_] = instructions_.size();
  return *this;
}

BpfAssembler& BpfAssembler::move(BpfRegister to, BpfRegister from) {
  return put(code(BPF_ALU64 | BPF_MOV | BPF_X), to, from, 0, 0);
}

BpfAssembler& BpfAssembler::move(BpfRegister to, int32_t value) {
  return put(code(BPF_ALU64 | BPF_MOV | BPF_K), to, kNone, 0, value);
}

BpfAssembler& BpfAssembler::move32(BpfRegister to, uint32_t value) {
  return put(code(BPF_ALU | BPF_MOV | BPF_K), to, kNone, 0, static_cast<int32_t>(value));
}

BpfAssembler& BpfAssembler::move64(BpfRegister to, uint64_t value) {
  return put_pair(to, 0, value);
}

BpfAssembler& BpfAssembler::move_map(BpfRegister to, int map) {
  return put_pair(to, BPF_PSEUDO_MAP_FD, static_cast<uint32_t>(map));
}

BpfAssembler& BpfAssembler::add(BpfRegister to, int32_t value) {
  return put(code(BPF_ALU64 | BPF_ADD | BPF_K), to, kNone, 0, value);
}

BpfAssembler& BpfAssembler::add(BpfRegister to, BpfRegister from) {
  return put(code(BPF_ALU64 | BPF_ADD | BPF_X), to, from, 0, 0);
}

BpfAssembler& BpfAssembler::bit_and(BpfRegister to, BpfRegister from) {
  return put(code(BPF_ALU64 | BPF_AND | BPF_X), to, from, 0, 0);
}

BpfAssembler& BpfAssembler::bit_and32(BpfRegister to, uint32_t mask) {
  return put(code(BPF_ALU | BPF_AND | BPF_K), to, kNone, 0, static_cast<int32_t>(mask));
}

BpfAssembler& BpfAssembler::shift_left(BpfRegister to, int32_t bits) {
  return put(code(BPF_ALU64 | BPF_LSH | BPF_K), to, kNone, 0, bits);
}

BpfAssembler& BpfAssembler::shift_right(BpfRegister to, int32_t bits) {
  return put(code(BPF_ALU64 | BPF_RSH | BPF_K), to, kNone, 0, bits);
}

BpfAssembler& BpfAssembler::network16(BpfRegister to) {
  return put(code(BPF_ALU | BPF_END | BPF_TO_BE), to, kNone, 0, 16);
}

BpfAssembler& BpfAssembler::load(BpfWidth width, BpfRegister to, BpfRegister base, int16_t offset) {
  return put(code(unsigned{BPF_LDX} | BPF_MEM | size_code(width)), to, base, offset, 0);
}

BpfAssembler& BpfAssembler::store(BpfWidth width, BpfRegister base, int16_t offset,
                                  BpfRegister from) {
  return put(code(unsigned{BPF_STX} | BPF_MEM | size_code(width)), base, from, offset, 0);
}

BpfAssembler& BpfAssembler::store32(BpfRegister base, int16_t offset, int32_t value) {
  return put(code(BPF_ST | BPF_MEM | BPF_W), base, kNone, offset, value);
}

BpfAssembler& BpfAssembler::atomic_add64(BpfRegister base, int16_t offset, BpfRegister from) {
  return put(code(BPF_STX | BPF_XADD | BPF_DW), base, from, offset, 0);
}

BpfAssembler& BpfAssembler::jump(Label to) {
  jumps_.push_back({instructions_.size(), to.number_});
  return put(code(BPF_JMP | BPF_JA), kNone, kNone, 0, 0);
}

BpfAssembler& BpfAssembler::jump_if(BpfTest test, BpfRegister left, int32_t right, Label to) {
  jumps_.push_back({instructions_.size(), to.number_});
  return put(code(unsigned{BPF_JMP} | BPF_K | jump_code(test)), left, kNone, 0, right);
}

BpfAssembler& BpfAssembler::jump_if(BpfTest test, BpfRegister left, BpfRegister right, Label to) {
  jumps_.push_back({instructions_.size(), to.number_});
  return put(code(unsigned{BPF_JMP} | BPF_X | jump_code(test)), left, right, 0, 0);
}

BpfAssembler& BpfAssembler::call(bpf_func_id helper) {
  return put(code(BPF_JMP | BPF_CALL), kNone, kNone, 0, static_cast<int32_t>(helper));
}

BpfAssembler& BpfAssembler::exit() {
  return put(code(BPF_JMP | BPF_EXIT), kNone, kNone, 0, 0);
}

Result<std::vector<bpf_insn>> BpfAssembler::assemble() const {
  std::vector<bpf_insn> program = instructions_;
  for (const Jump& jump : jumps_) {
    const auto& target = labels_[jump.label];
    GENBA_CHECK(target && *target > jump.at && *target < program.size());
    // Counted from the instruction behind the jump.
    const size_t distance = *target - jump.at - 1;
    if (distance > static_cast<size_t>(std::numeric_limits<int16_t>::max())) {
      return fail(ErrorCode::kTooLarge, "a BPF program this long has jumps that do not fit");
    }
    program[jump.at].off = static_cast<int16_t>(distance);
  }
  return program;
}

}  // namespace genba::sys
