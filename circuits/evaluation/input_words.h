// Inputs for simulation, made block by block where they are needed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "circuits/error.h"

namespace circuits {

// Writes words first, first + 1, … of an input into `row`: 64 input vectors a word, one a bit.
using InputWords =
    std::function<void(std::size_t input, std::size_t first, std::span<std::uint64_t> row)>;

// All input vectors in counting order: vector k has bit i of k on input i (k counts modulo 2^64).
InputWords counting_inputs();

// Words from memory: row-major [inputs, words], which must outlive the result.
InputWords stored_inputs(std::span<const std::uint64_t> rows, std::size_t words);

// Independent inputs, input i being 1 with probability[i], each a multiple of 2^−53 (rounded down).
// A word is a function of seed, input and its number: the same however it is cut into blocks. Takes
// one hash for each binary digit of a probability from the first to the last 1; 1/2 has one digit.
// Throws Error for a probability outside [0, 1].
InputWords random_inputs(std::vector<double> probability, std::uint64_t seed);

// The same with probability 1/2.
InputWords uniform_inputs(std::uint64_t seed);

}  // namespace circuits
