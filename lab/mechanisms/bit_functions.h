// A bit as a function of other bits, from the values that they take together.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "circuits/builder.h"
#include "circuits/functions/dnf.h"
#include "circuits/functions/truth_table.h"

namespace lab {

using BitColumn = std::vector<std::uint8_t>;  // 0 or 1, one a row

// How far columns determine bits: over all bits, the rows on which the bit is the value that it has most often
// with the row's pattern of the columns. From the sum of their majorities to bits · rows (all are functions).
std::int64_t explained(const std::vector<BitColumn>& bits, const std::vector<BitColumn>& columns);

struct BitFunction {
  std::vector<std::int64_t> fanins;   // the columns that matter, ascending
  std::vector<circuits::Cube> cubes;  // irredundant sum of products over them
  circuits::TruthTable table;         // what it says
  std::int64_t agreeing = 0;          // rows on which that is the bit
};

// For each pattern of the columns the value that the bit has most often with it; patterns that do not occur,
// or with which it is 0 and 1 equally often, do not care. No other function of all columns agrees with
// the bit on more rows, and without any one of `fanins` none of the rest does on as many: columns are
// left out in the order of |φ| with the bit, smallest first, the last first among equals. There may be
// several such sets, of different sizes. Time columns · rows · log(rows). Throws InputError when columns
// differ in length, Failure when more than 24 matter.
BitFunction fit_bit(const BitColumn& bit, const std::vector<BitColumn>& columns);

// Its value on every row.
BitColumn values(const BitFunction& function, const std::vector<BitColumn>& columns,
                 std::size_t rows);

enum class BitForm { Constant, Lut, Threshold, Sum };

// Adds it over nodes[c] for column c: a constant, a LUT of at most 6 fan-ins, of more a threshold gate if
// there are weights (circuits/functions/threshold.h), else a sum of products. A LUT or threshold gate
// has the name.
struct AddedBit {
  circuits::Node node;
  BitForm form;
};
AddedBit add_bit(circuits::Builder& builder, const BitFunction& function,
                 const std::vector<circuits::Node>& nodes, const std::string& name);

}  // namespace lab
