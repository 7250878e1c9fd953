// SPDX-License-Identifier: Apache-2.0
//
// Writes BPF programs instruction by instruction, with labels in place of jump distances: what
// containment needs of the instruction set, and no more. Everything here exists since Linux 4.14;
// 32-bit jumps (5.1) and loops (5.3) do not, so jumps go forward only. Values in memory are read as
// this machine has them; network order is the caller's business, with network16. Source:
// include/uapi/linux/bpf.h, Documentation/bpf/standardization/instruction-set.rst. Covered by
// sys/bpf/bpf_assembler_test.cc and, by what the kernel makes of it, act/ladder/*_test.cc.
#pragma once

#include <linux/bpf.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/result.h"

namespace genba::sys {

using base::Result;

/// r0 results, r1 to r5 arguments (lost at each call), r6 to r9 kept, r10 the end of the stack.
enum class BpfRegister : uint8_t { kR0, kR1, kR2, kR3, kR4, kR5, kR6, kR7, kR8, kR9, kStack };

enum class BpfWidth : uint8_t { k8, k16, k32, k64 };
/// Unsigned, over 64 bits.
enum class BpfTest : uint8_t { kEqual, kNotEqual, kLess, kGreater };

class BpfAssembler {
 public:
  class Label {
    friend class BpfAssembler;
    size_t number_ = 0;
  };

  /// A place that is not known yet.
  Label label();
  /// The next instruction is this place. A label is bound once.
  BpfAssembler& bind(Label label);

  BpfAssembler& move(BpfRegister to, BpfRegister from);
  /// Sign-extended to 64 bits.
  BpfAssembler& move(BpfRegister to, int32_t value);
  /// Zero-extended to 64 bits.
  BpfAssembler& move32(BpfRegister to, uint32_t value);
  /// Takes the room of two instructions.
  BpfAssembler& move64(BpfRegister to, uint64_t value);
  /// The map behind the descriptor. Takes the room of two instructions.
  BpfAssembler& move_map(BpfRegister to, int map);

  BpfAssembler& add(BpfRegister to, int32_t value);
  BpfAssembler& add(BpfRegister to, BpfRegister from);
  BpfAssembler& bit_and(BpfRegister to, BpfRegister from);
  /// Of the lower 32 bits; the upper ones become 0.
  BpfAssembler& bit_and32(BpfRegister to, uint32_t mask);
  BpfAssembler& shift_left(BpfRegister to, int32_t bits);
  BpfAssembler& shift_right(BpfRegister to, int32_t bits);
  /// The lower 16 bits between network order and this machine's; the upper ones become 0.
  BpfAssembler& network16(BpfRegister to);

  BpfAssembler& load(BpfWidth width, BpfRegister to, BpfRegister base, int16_t offset);
  BpfAssembler& store(BpfWidth width, BpfRegister base, int16_t offset, BpfRegister from);
  BpfAssembler& store32(BpfRegister base, int16_t offset, int32_t value);
  /// Adds to the 64 bits in memory, whatever other processors do there.
  BpfAssembler& atomic_add64(BpfRegister base, int16_t offset, BpfRegister from);

  BpfAssembler& jump(Label to);
  /// The value is sign-extended before it is compared.
  BpfAssembler& jump_if(BpfTest test, BpfRegister left, int32_t right, Label to);
  BpfAssembler& jump_if(BpfTest test, BpfRegister left, BpfRegister right, Label to);

  BpfAssembler& call(bpf_func_id helper);
  BpfAssembler& exit();

  size_t size() const { return instructions_.size(); }

  /// The program. kTooLarge when a jump is longer than 32,767 instructions.
  Result<std::vector<bpf_insn>> assemble() const;

 private:
  BpfAssembler& put(uint8_t code, BpfRegister to, BpfRegister from, int16_t offset, int32_t value);
  BpfAssembler& put_pair(BpfRegister to, uint8_t pseudo, uint64_t value);

  struct Jump {
    size_t at = 0;
    size_t label = 0;
  };
  std::vector<bpf_insn> instructions_;
  std::vector<std::optional<size_t>> labels_;
  std::vector<Jump> jumps_;
};

}  // namespace genba::sys
