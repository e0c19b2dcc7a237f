// Functions as PLA, the format of the two-level minimizer Espresso (Berkeley, man page espresso(5)):
//   .i 3              inputs; .o outputs; both before the rows
//   .o 2
//   .ilb a b c        names of inputs and .ob of outputs; by default x0, x1, … and y0, y1, …
//   .type fd          what the rows list; see below
//   .p 2              number of rows, if given
//   1-0 1~            a row: 1, 0 or - (also 2: either) for each input, then a value for each output
//   01- -1
//   .e                the end (also .end); not required
// A row is on one line; spaces and "|" in it mean nothing. "#" starts a comment.
//
// A row puts the inputs that it matches into a set of each output: 1 (or 4) into the on-set, 0 (or
// 3) into the off-set, - (or 2) into the don't-care set, ~ into none. A set that .type does not name
// is not read but follows from the others:
//   f     on; everything else is off
//   fd    on and don't care; everything else is off (the default)
//   fr    on and off; everything else is don't care
//   fdr   all three, which must cover everything
// What is in the don't-care set is don't care even if another row says on or off; an input that is
// on and off is an error.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "circuits/circuit.h"
#include "circuits/error.h"
#include "circuits/functions/truth_table.h"

namespace circuits {

struct Pla {
  std::vector<std::string> input_names, output_names;
  std::vector<TruthTable> on, dont_care;  // one table an output; disjoint
};

// Most inputs and most outputs of a file.
inline constexpr std::size_t kMostPlaColumns = 4096;
// Most table bits of read_pla, outputs · 2^inputs: 32 MiB for each of the sets.
inline constexpr std::size_t kMostPlaBits = std::size_t{1} << 28;

// Both throw Error with the line number for a malformed row or directive, repeated names, and
// directives that are not supported (.mv, .kiss, .phase, …).

// The tables. Throws Error too beyond 24 inputs or kMostPlaBits, and for an input that is on and
// off, or in no set of type fdr. Takes 2^k/64 steps (at least one) a row with k "-" and output
// value.
Pla read_pla(std::string_view text);

// Two levels: an AND for each row with several literals, an OR for each output of several rows, and
// a NOT for each input that some row complements. Rows without a "1" are left out: of the functions
// that the file allows, this one is 1 exactly where an on-row says so. Linear in time and memory.
Circuit pla_circuit(std::string_view text);

}  // namespace circuits
