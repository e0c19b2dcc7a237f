#include "circuits/evaluation/kernel.h"

// What stands between HWY_BEFORE_NAMESPACE and HWY_AFTER_NAMESPACE is compiled once an instruction
// set, by this file including itself.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "circuits/evaluation/kernel.cpp"
#include <hwy/foreach_target.h>  // must come before highway.h
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace circuits {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using Vector = hn::CappedTag<std::uint64_t, kLineWords>;

// A line without any bit and one with all: complements are looked up, as branches would mispredict.
constexpr std::uint64_t kAll = ~std::uint64_t{0};
alignas(kLineBytes) constexpr std::uint64_t kMasks[2 * kLineWords] = {
    0, 0, 0, 0, 0, 0, 0, 0, kAll, kAll, kAll, kAll, kAll, kAll, kAll, kAll};

// The steps of a run on kLines lines of each slot; slot s starts s · 2^shift words after `base`.
template <bool kXor, std::size_t kLines>
void run_lines(const Step* step, const Step* end, std::uint64_t* base, unsigned shift) {
  const Vector d;
  const std::size_t stride = hn::Lanes(d);
  for (; step != end; ++step) {
    const std::uint64_t* a = base + (std::size_t{step->a >> 1} << shift);
    const std::uint64_t* b = base + (std::size_t{step->b >> 1} << shift);
    std::uint64_t* out = base + (std::size_t{step->out} << shift);
    const auto flip_a = hn::Load(d, kMasks + kLineWords * (step->a & 1));
    const auto flip_b = hn::Load(d, kMasks + kLineWords * (step->b & 1));
    for (std::size_t w = 0; w < kLines * kLineWords; w += stride) {
      const auto x = hn::Load(d, a + w), y = hn::Load(d, b + w);
      if constexpr (kXor) {
        hn::Store(hn::Xor(x, y), d, out + w);
      } else {
        hn::Store(hn::And(hn::Xor(x, flip_a), hn::Xor(y, flip_b)), d, out + w);
      }
    }
  }
}

// All steps on kLines lines.
template <std::size_t kLines>
void run_all(const Program& program, std::uint64_t* base, unsigned shift) {
  const Step* step = program.steps.data();
  for (const StepRun& run : program.runs) {
    const Step* end = step + run.count;
    if (run.is_xor) {
      run_lines<true, kLines>(step, end, base, shift);
    } else {
      run_lines<false, kLines>(step, end, base, shift);
    }
    step = end;
  }
}

// Steps in the outer loop: a wide slot is read from its start to its end.
template <bool kXor>
void run_wide(const Step* step, const Step* end, std::uint64_t* base, unsigned shift,
              std::size_t lines) {
  for (; step != end; ++step) {
    for (std::size_t first = 0; first < lines; first += 4) {
      run_lines<kXor, 4>(step, step + 1, base + first * kLineWords, shift);
    }
  }
}

void run_steps(const Program& program, unsigned shift, std::size_t lines, std::uint64_t* table) {
  if (lines == 1) return run_all<1>(program, table, shift);
  if (lines == 2) return run_all<2>(program, table, shift);
  if (lines == 4) return run_all<4>(program, table, shift);
  const Step* step = program.steps.data();
  for (const StepRun& run : program.runs) {
    const Step* end = step + run.count;
    if (run.is_xor) {
      run_wide<true>(step, end, table, shift, lines);
    } else {
      run_wide<false>(step, end, table, shift, lines);
    }
    step = end;
  }
}

void and_lines(const std::uint64_t* a, const std::uint64_t* b, std::uint64_t* out,
               std::size_t lines) {
  const Vector d;
  const std::size_t stride = hn::Lanes(d);
  for (std::size_t w = 0; w < lines * kLineWords; w += stride) {
    hn::Store(hn::And(hn::Load(d, a + w), hn::Load(d, b + w)), d, out + w);
  }
}

const char* instruction_set() {
  return hwy::TargetName(HWY_TARGET);
}

}  // namespace HWY_NAMESPACE
}  // namespace circuits
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include <bit>

namespace circuits {

HWY_EXPORT(run_steps);
HWY_EXPORT(and_lines);
HWY_EXPORT(instruction_set);

void run_steps(const Program& program, std::size_t slot_lines, std::size_t lines,
               std::uint64_t* table) {
  const auto shift = static_cast<unsigned>(std::countr_zero(slot_lines * kLineWords));
  HWY_DYNAMIC_DISPATCH(run_steps)(program, shift, lines, table);
}

void and_lines(const std::uint64_t* a, const std::uint64_t* b, std::uint64_t* out,
               std::size_t lines) {
  HWY_DYNAMIC_DISPATCH(and_lines)(a, b, out, lines);
}

std::string instruction_set() {
  return HWY_DYNAMIC_DISPATCH(instruction_set)();
}

}  // namespace circuits
#endif
