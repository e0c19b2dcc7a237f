// Circuits as BLIF, the text format of SIS and ABC (Berkeley Logic Interchange Format, University of
// California, Berkeley, 1992), combinational part:
//   .model full_adder
//   .inputs a b cin
//   .outputs sum carry
//   .names a b cin carry      a signal by its cover: signals it is computed from, then its own name
//   11- 1                     a row: 1, 0 or - (either) for each of them, then the value
//   1-1 1
//   -11 1
//   …
//   .end
// Rows that end in 1 say where the signal is 1 (elsewhere 0), rows that end in 0 where it is 0
// (elsewhere 1); a cover has one kind. A cover without rows is 0. "#" starts a comment, a "\" at the
// end of a line continues it. Covers, .inputs and .outputs may come in any order and repeatedly.
//
// Names. BLIF has one kind of name, without spaces; here nodes and outputs are named apart. Both
// sides use these rules:
//   escapes   the bytes space, "#", "%", "=" and "\" of a name are written %20, %23, %25, %3d, %5c
//   outputs   an output is written as a buffer of its node, unless both have the same name. Where
//             another node has its name, the output is written name%out
#pragma once

#include <string>
#include <string_view>

#include "circuits/circuit.h"
#include "circuits/error.h"

namespace circuits {

// Each cover becomes a gate of its name. A cover of at most 6 signals becomes the op with its truth
// table (not, and, nor, xor, maj, mux, …), else an and or nand of its signals or their complements,
// else a lut; a wider one an and, or, nand or nor of its rows. The complements and rows of these are
// gates n0, n1, … (followed by as many "_" as it takes to differ from all others). So an and-inverter
// graph is read as one. A buffer that is an output and feeds nothing is no gate: its name is that of
// the output. Gates keep their order where it is topological.
//
// Throws Error with the line number and the reason for a malformed line, latches (the circuit must be
// combinational), subcircuits, library gates and other directives, a signal with no or two
// definitions; with the gates' names for a cycle; and for what is no name (builder.h). Time and
// memory are linear in the text, whatever it says.
Circuit read_blif(std::string_view text);

// Every gate as a cover, in order. Gates of up to 6 fan-ins list the inputs where they are 1, or
// where they are 0 if these are fewer; and, or, nand and nor have one row at any width. Wider xor,
// xnor, maj and threshold gates are written as and-inverter graphs (aig.h) of signals n0, n1, …,
// named as above. `model` is the name of the model.
//
// read_blif(write_blif(c)) has the inputs, outputs and gates of c by name and order with the same
// functions, and further gates n…. It equals c if c has no wide gates of these kinds and no lut or
// threshold; read and written once more, it stays what it is. Linear in time and memory but for wide
// thresholds (aig.h).
std::string write_blif(const Circuit& circuit, std::string_view model = "circuit");

}  // namespace circuits
