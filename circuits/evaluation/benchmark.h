// How fast circuits are evaluated over each domain.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "circuits/circuit.h"
#include "circuits/error.h"
#include "circuits/samplers/random.h"

namespace circuits {

// An and-inverter graph whose fan-ins are uniform over all earlier nodes and complemented with
// probability 1/2; the two of an AND differ. Outputs are the ANDs that no other reads. The hardest
// case for caches: no locality at all. Throws Error for less than two inputs.
Circuit random_aig(std::size_t inputs, std::size_t ands, const WordSource& words);

struct BenchRow {
  std::string domain;
  std::size_t gates;   // ANDs; inverters are not counted
  double evaluations;  // ANDs · inputs vectors a second
  double bound;        // the same for consecutive values of an array, without a circuit
  double share() const { return evaluations / bound; }
};

// Random and-inverter graphs of 100, 10,000 and 1,000,000 ANDs over each domain, on one thread, the
// best of five repeats of `seconds` each. min(64, ANDs / 10) inputs, for truth tables 10. The bound
// is a loop that makes each value of an array from two others by the domain's own "and", with as
// many bytes as the circuit's values take; for the simulator, whole cache lines. Takes about 1 GiB.
std::vector<BenchRow> bench_circuits(double seconds);

// The simulator's rate on one circuit, its inputs being random and made inside, every output or
// node computed; and its bound.
BenchRow bench_simulator(const Circuit& circuit, bool every_node, double seconds);

}  // namespace circuits
