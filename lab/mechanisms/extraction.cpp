#include "lab/mechanisms/extraction.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <utility>

#include "circuits/evaluation/evaluate.h"
#include "circuits/rewriting/simplify.h"
#include "circuits/statistics.h"
#include "circuits/views.h"
#include "lab/core/error.h"
#include "lab/mechanisms/cuts.h"
#include "lab/mechanisms/iia.h"

namespace lab {
namespace {

using circuits::Node;
using std::int64_t;

void require_fitting(const World& world) {
  const auto& circuit = world.truth().circuit;
  if (!circuit.has_value()) throw InputError("extraction: this world has no circuit");
  const auto inputs = static_cast<int64_t>(circuit->inputs());
  if (inputs > most_extracted_inputs) {
    throw InputError("extraction: the circuit has " + std::to_string(inputs) +
                     " inputs; all are listed for at most " +
                     std::to_string(most_extracted_inputs));
  }
  if (!world.boolean_targets()) throw InputError("extraction: the world's targets are no bits");
  if (!world.support().has_value()) {
    throw InputError("extraction: the world's inputs cannot be listed");
  }
}

double share(const at::Tensor& what) {
  return what.to(at::kDouble).mean().item<double>();
}

class Extractor {
 public:
  Extractor(const Subject& subject, const World& world)
      : subject_(subject),
        truth_(world.truth()),
        batch_(world.enumerate(0, world.support().value())),
        inputs_(columns_of(circuit_inputs(truth_, batch_))) {
    const at::Tensor output_BT = subject.run(batch_);
    require_finite(output_BT, "the output");
    own_BT_ = decisions(subject, output_BT);
  }

  Extraction extract() {
    std::vector<Node> nodes;
    for (Node v = 0; v < truth_.circuit->inputs(); ++v) {
      nodes.push_back(builder_.input(truth_.circuit->name(v)));
    }
    std::vector<BitColumn> columns = inputs_;
    for (const auto& neurons : cut_neurons(subject_, batch_, own_BT_)) {
      add_tap(neurons, nodes, columns);
    }
    add_outputs(nodes, columns);
    Extraction result{circuits::simplify(builder_.build()),
                      std::move(bits_),
                      0,
                      0,
                      circuits::gate_count(*truth_.circuit),
                      {}};
    const at::Tensor said_BT = said_by(result.circuit);
    result.fidelity = share(said_BT.eq(own_BT_).all(1));
    result.accuracy = share(said_BT.eq(batch_.targets_BT > .5).all(1));
    result.truth = circuits::equivalent(result.circuit, *truth_.circuit);
    return result;
  }

 private:
  // Adds a bit as a function of `columns`; its own column by that function goes to `next`.
  void add(ExtractedBit bit, const BitColumn& wanted, const std::string& name,
           const std::vector<Node>& nodes, const std::vector<BitColumn>& columns,
           std::vector<Node>& next_nodes, std::vector<BitColumn>& next_columns) {
    const BitFunction function = fit_bit(wanted, columns);
    const AddedBit added = add_bit(builder_, function, nodes, name);
    bit.agreement = static_cast<double>(function.agreeing) / static_cast<double>(wanted.size());
    bit.fanins = static_cast<int64_t>(function.fanins.size());
    bit.form = added.form;
    bits_.push_back(std::move(bit));
    next_nodes.push_back(added.node);
    next_columns.push_back(values(function, columns, wanted.size()));
  }

  // Replaces the bits of the tap before by those of this one.
  void add_tap(const std::vector<CutNeuron>& neurons, std::vector<Node>& nodes,
               std::vector<BitColumn>& columns) {
    std::vector<Node> next_nodes;
    std::vector<BitColumn> next_columns;
    for (const CutNeuron& neuron : neurons) {
      const Cut& cut = neuron.cut();
      const double base_rate =
          static_cast<double>(std::ranges::count(cut.bit, 1)) / static_cast<double>(cut.bit.size());
      add({neuron.tap, neuron.unit, neuron.levels, cut.threshold, cut.kept, base_rate, 0, 0,
           BitForm::Constant},
          cut.bit, neuron.tap + "." + std::to_string(neuron.unit), nodes, columns, next_nodes,
          next_columns);
    }
    nodes = std::move(next_nodes);
    columns = std::move(next_columns);
  }

  void add_outputs(const std::vector<Node>& nodes, const std::vector<BitColumn>& columns) {
    const std::vector<BitColumn> own = columns_of(own_BT_);
    std::vector<Node> outputs;
    std::vector<BitColumn> said;
    for (std::size_t t = 0; t < own.size(); ++t) {
      const auto unit = static_cast<int64_t>(t);
      const double base_rate = share(own_BT_.select(1, unit));
      const int64_t levels = base_rate == 0 || base_rate == 1 ? 1 : 2;
      add({"output", unit, levels, subject_.decision_threshold().value(), 1, base_rate, 0, 0,
           BitForm::Constant},
          own[t], "output." + std::to_string(t), nodes, columns, outputs, said);
      builder_.output(outputs.back(), truth_.circuit->outputs()[t].name);
    }
  }

  at::Tensor said_by(const circuits::Circuit& circuit) const {
    const std::vector<circuits::TruthTable> tables = circuits::output_tables(circuit);
    at::Tensor said_BT = at::empty_like(own_BT_, at::MemoryFormat::Contiguous);
    bool* out = said_BT.mutable_data_ptr<bool>();
    for (int64_t b = 0; b < said_BT.size(0); ++b) {
      std::uint64_t number = 0;
      for (std::size_t i = 0; i < inputs_.size(); ++i) {
        number |= std::uint64_t{inputs_[i][static_cast<std::size_t>(b)]} << i;
      }
      for (const circuits::TruthTable& table : tables) *out++ = table[number];
    }
    return said_BT;
  }

  const Subject& subject_;
  const Truth& truth_;
  Batch batch_;                    // all inputs
  std::vector<BitColumn> inputs_;  // of the circuit
  at::Tensor own_BT_;              // what the network says
  circuits::Builder builder_{circuits::Sharing::Structural};
  std::vector<ExtractedBit> bits_;
};

}  // namespace

Extraction extract_circuit(const Subject& subject, const World& world) {
  const at::NoGradGuard no_gradients;
  require_fitting(world);
  return Extractor(subject, world).extract();
}

ExtractionReport extraction_report(const Extraction& extraction) {
  ExtractionReport report;
  Scores& scores = report.scores;
  const circuits::Equivalence& truth = extraction.truth;
  const auto number = [](auto count) { return Score::of(static_cast<double>(count)); };
  scores["extracted_gates"] = number(circuits::gate_count(extraction.circuit));
  scores["extracted_size_ratio"] =
      extraction.true_gates > 0
          ? Score::of(static_cast<double>(circuits::gate_count(extraction.circuit)) /
                      static_cast<double>(extraction.true_gates))
          : Score::absent("the world's circuit has no gates");
  scores["extracted_depth"] = number(circuits::depth(extraction.circuit));
  scores["extracted_fidelity"] = Score::of(extraction.fidelity);
  scores["extracted_accuracy"] = Score::of(extraction.accuracy);
  scores["extracted_equivalent"] = truth.verdict == circuits::Verdict::Unknown
                                       ? Score::absent("nothing was proved: " + truth.limit)
                                       : number(truth.verdict == circuits::Verdict::Equivalent);
  scores["extracted_differing"] = truth.differing.has_value()
                                      ? number(*truth.differing)
                                      : Score::absent("the inputs were not counted");
  report.table.columns = {"unit",      "levels",    "threshold", "kept",
                          "base_rate", "agreement", "fanins",    "form"};
  for (const ExtractedBit& bit : extraction.bits) {
    report.table.rows.push_back({static_cast<double>(bit.unit), static_cast<double>(bit.levels),
                                 bit.threshold, bit.kept, bit.base_rate, bit.agreement,
                                 static_cast<double>(bit.fanins), static_cast<double>(bit.form)});
    report.table.labels.push_back(bit.tap + " " + std::to_string(bit.unit));
  }
  return report;
}

ExtractionReport extraction_report(const Subject& subject, const World& world) {
  const auto absent = [](const std::string& reason) {
    return ExtractionReport{
        all_absent(
            {"extracted_gates", "extracted_size_ratio", "extracted_depth", "extracted_fidelity",
             "extracted_accuracy", "extracted_equivalent", "extracted_differing"},
            reason),
        {}};
  };
  try {
    return extraction_report(extract_circuit(subject, world));
  } catch (const InputError& error) {
    return absent(error.what());
  } catch (const Failure& failure) {
    return absent(failure.what());
  }
}

}  // namespace lab
