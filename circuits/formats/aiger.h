// AIGER, the exchange format of and-inverter graphs, ASCII (.aag) and binary (.aig): Biere, "The
// AIGER And-Inverter Graph (AIG) Format", 2007, and AIGER 1.9, 2011; combinational files only.
#pragma once

#include <string>
#include <string_view>

#include "circuits/circuit.h"
#include "circuits/error.h"

namespace circuits {

struct Aiger {
  Circuit circuit;
  std::string comment;  // what follows the line "c", to the end; any bytes
};

// Most inputs of a file: a binary one declares inputs without spending bytes on them.
inline constexpr std::size_t kMostAigerInputs = std::size_t{1} << 20;

// Reads either form. Every AND of the file is an And node with its two fan-ins in their order, in the
// file's order where that is topological, idle and trivial ones included; a complement is one Not
// node, made where it is first read. Symbols are names; what has none gets the default name. Memory
// and time are proportional to the bytes that are there, and to the inputs of a binary file, not to
// whatever a header announces.
//
// Refuses, by Error with the line (text) or byte (binary part) and the reason: everything that the
// format does not allow, sequential files and AIGER 1.9 properties, more than kMostAigerInputs
// inputs, and symbols that cannot be names (builder.h) or occur twice among inputs or outputs. More
// generous than the format: symbols may be UTF-8, the last line of a comment need not be ended, and
// whatever follows a line's first letter "c" is comment.
Aiger read_aiger(std::string_view bytes);

enum class AigerForm { Ascii, Binary };

// An and-inverter graph (aig.h: is_and_inverter_graph) is written node by node, so that
// read_aiger(write_aiger(a)) has the same ANDs (in binary the later fan-in first), names and outputs; any other circuit is written as
// its and_inverter_graph. Names other than the default ones are symbols; names of gates are not
// kept. A comment is written when it is not empty.
std::string write_aiger(const Circuit& circuit, AigerForm form, const std::string& comment = "");

}  // namespace circuits
