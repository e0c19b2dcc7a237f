#include <iostream>

#include "circuits/aig.h"
#include "circuits/formats/files.h"
#include "circuits/rewriting/simplify.h"
#include "lab/cli/circuit/verbs.h"
#include "lab/cli/options.h"

namespace lab {

int circuit_convert(const Arguments& arguments) {
  options::options_description described("options");
  described.add_options()("in", options::value<std::string>()->required(), "the circuit's file")(
      "out", options::value<std::string>()->required(),
      "the file to write; its ending is the format")(
      "simplify", options::bool_switch(),
      "without constants, copies, equal gates and gates that reach no output")(
      "aig", options::bool_switch(), "as two-input ANDs and NOTs");
  const auto map = parse_options(arguments, "circuit convert IN OUT [--simplify] [--aig]",
                                 described, {"in", "out"});
  if (map.count("help") > 0) {
    std::cout << "formats\n";
    for (const circuits::Format& format : circuits::formats()) {
      std::cout << "  ." << format.ending << "  " << format.doc
                << (format.reads ? "" : " (written only)") << (format.writes ? "" : " (read only)")
                << "\n";
    }
    return kOk;
  }
  const std::string out = map["out"].as<std::string>();
  circuits::check_written(out);  // tells a wrong ending before work
  circuits::Circuit circuit = circuits::read_circuit(map["in"].as<std::string>());
  if (map["simplify"].as<bool>()) circuit = circuits::simplify(circuit);
  if (map["aig"].as<bool>()) circuit = circuits::and_inverter_graph(circuit);
  circuits::write_circuit(out, circuit);
  return kOk;
}

}  // namespace lab
