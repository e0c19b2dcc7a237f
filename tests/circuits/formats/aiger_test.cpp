#include "circuits/formats/aiger.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "circuits/aig.h"
#include "circuits/any_circuit.h"
#include "circuits/evaluation/evaluate.h"
#include "circuits/fixtures.h"
#include "circuits/views.h"
#include "circuits/words.h"

using namespace circuits;
using nlohmann::json;

namespace {

std::vector<std::string> tables(const Circuit& circuit) {
  std::vector<std::string> list;
  for (const TruthTable& table : output_tables(circuit)) list.push_back(table.hex());
  return list;
}

std::string refusal(std::string_view bytes) {
  try {
    read_aiger(bytes);
  } catch (const Error& error) {
    return error.what();
  }
  return "accepted";
}

std::size_t count_ands(const Circuit& circuit, bool reachable) {
  std::vector<Node> roots;
  for (const Output& output : circuit.outputs()) roots.push_back(output.node);
  const std::vector<bool> inside = in_cone(circuit, roots);
  std::size_t count = 0;
  for (Node v = 0; v < circuit.nodes(); ++v) {
    count += circuit.op(v) == Op::And && (inside[v] || !reachable);
  }
  return count;
}

constexpr const char* kHalfAdder =
    "aag 7 2 0 2 3\n2\n4\n6\n12\n6 13 15\n12 2 4\n14 3 5\ni0 x\ni1 y\no0 s\no1 c\nc\nhalf adder\n";

}  // namespace

TEST_CASE("a half adder is read as it stands") {
  const Aiger file = read_aiger(kHalfAdder);
  CHECK(file.comment == "half adder\n");
  CHECK(file.circuit.name(0) == "x");
  CHECK(file.circuit.outputs()[1].name == "c");
  CHECK(tables(file.circuit) == std::vector<std::string>{"6", "8"});
  CHECK(count_ands(file.circuit, false) == 3);
}

TEST_CASE("the first page of the format in bytes") {
  // The half adder of the format's text in binary, with its deltas 02 02 … as computed by hand:
  // 6 4 2, 8 5 3, 10 9 7 give 2 2, 3 2, 1 2.
  const std::string bytes("aig 5 2 0 2 3\n10\n6\n\x02\x02\x03\x02\x01\x02", 25);
  const Circuit c = read_aiger(bytes).circuit;
  CHECK(tables(c) == std::vector<std::string>{"6", "8"});
  CHECK(write_aiger(c, AigerForm::Binary) == bytes);
}

TEST_CASE("an and-inverter graph survives both forms") {
  const WordSource words = splitmix(8);
  for (int round = 0; round < 100; ++round) {
    const Circuit c = any_circuit(below(7, words), below(12, words), words);
    const Circuit graph = and_inverter_graph(c);
    for (const AigerForm form : {AigerForm::Ascii, AigerForm::Binary}) {
      const std::string bytes = write_aiger(c, form, "a comment");
      const Aiger back = read_aiger(bytes);
      CHECK(back.comment == "a comment");
      CHECK(tables(back.circuit) == tables(c));
      CHECK(write_aiger(back.circuit, form, back.comment) == bytes);
      CHECK(count_ands(back.circuit, false) == count_ands(graph, false));
    }
  }
}

TEST_CASE("what is wrong is told with its line or byte") {
  CHECK(refusal("AAG 0 0 0 0 0\n") == "line 1: an AIGER file begins with \"aag\" or \"aig\"");
  CHECK(refusal("aag 1 0 1 0 0\n2 3\n") ==
        "line 1: the circuit is sequential (1 latch); only combinational ones are read");
  CHECK(refusal("aag 1 1 0 1 0\n2\n5\n") == "line 3: an output 5 is beyond 3");
  CHECK(refusal("aag 3 1 0 1 1\n2\n4\n4 2 6\n") ==
        "line 4: literal 6 is neither an input nor an AND");
  CHECK(refusal("aag 3 1 0 1 2\n2\n4\n4 6 2\n6 4 2\n") == "line 4: the AND 4 is part of a cycle");
  CHECK(refusal("aag 2 1 0 0 1\n2\n2 2 2\n") == "line 3: literal 2 is defined a second time");
  CHECK(refusal("aag 2 2 0 0 0\n2\n4\ni0 a\ni1 a\n") ==
        "line 5: the name \"a\" is given to two nodes");
  CHECK(refusal(std::string("aig 2 1 0 0 1\n\x00\x00", 16)) ==
        "byte 15: an AND reads itself: its first difference is 0");
  CHECK(refusal("aag 4000000000 4000000000 0 0 0\n").starts_with("line 1: "));
  CHECK(refusal("aig 2097152 2097152 0 0 0\n") ==
        "line 1: 2097152 inputs are more than the 1048576 that are read");
  CHECK(refusal("aag 9 0 0 0 9\n") ==
        "line 1: the header announces at least 54 bytes, and 0 follow");
}

TEST_CASE("damaged files are refused or read to a circuit, never worse") {
  const WordSource words = splitmix(99);
  std::vector<std::string> seeds{kHalfAdder,
                                 write_aiger(read_aiger(kHalfAdder).circuit, AigerForm::Binary)};
  for (int i = 0; i < 8; ++i) {
    const Circuit c = any_circuit(4, 6, words);
    seeds.push_back(write_aiger(c, i % 2 == 0 ? AigerForm::Ascii : AigerForm::Binary));
  }
  int read = 0, refused = 0;
  for (int round = 0; round < 30000; ++round) {
    std::string bytes = seeds[below(seeds.size(), words)];
    for (std::uint64_t edits = 1 + below(3, words); edits > 0 && !bytes.empty(); --edits) {
      const std::size_t at = below(bytes.size(), words);
      switch (below(5, words)) {
        case 0:
          bytes[at] = static_cast<char>(words());
          break;
        case 1:
          bytes.erase(at, 1 + below(4, words));
          break;
        case 2:
          bytes.insert(at, 1, "0123456789 \nic\x80"[below(15, words)]);
          break;
        case 3:
          bytes.resize(at);
          break;
        default: {
          const std::string& other = seeds[below(seeds.size(), words)];
          bytes.insert(at, other.substr(below(other.size(), words), below(20, words)));
        }
      }
    }
    try {
      const Circuit c = read_aiger(bytes).circuit;
      ++read;
      if (c.inputs() <= 8)
        CHECK(tables(read_aiger(write_aiger(c, AigerForm::Binary)).circuit) == tables(c));
    } catch (const Error&) {
      ++refused;
    }
  }
  CHECK(read > 500);  // the mutations leave something to read
  CHECK(refused > 5000);
}

TEST_CASE("the fixtures in both forms") {
  if (fixtures_absent()) return;
  const auto folder = kFixtures / "aiger";
  const json list1 = json_of(folder / "expected.json");
  for (const json& entry : list1["circuits"]) {
    const std::string name = entry["name"];
    CAPTURE(name);
    const std::string ascii = bytes_of(folder / (name + ".aag"));
    const std::string binary = bytes_of(folder / (name + ".aig"));
    for (const std::string& bytes : {ascii, binary}) {
      const Circuit c = read_aiger(bytes).circuit;
      CHECK(c.inputs() == entry["inputs"]);
      CHECK(tables(c) == entry["truth_tables"].get<std::vector<std::string>>());
      CHECK(count_ands(c, false) == entry["ands"]);
      CHECK(count_ands(c, true) == entry["ands_reachable"]);
      CHECK(depth(c) == entry["depth"]);
      for (const auto& [place, symbol] : entry["symbols"].items()) {
        const std::size_t position = std::stoul(place.substr(1));
        CHECK(symbol ==
              (place[0] == 'i' ? c.name(static_cast<Node>(position)) : c.outputs()[position].name));
      }
      for (std::size_t i = 0; i < c.outputs().size(); ++i) {
        CHECK(relevant_inputs(c, c.outputs()[i].node).inputs ==
              entry["supports"][i].get<std::vector<Node>>());
      }
    }
    const Aiger file = read_aiger(ascii);
    if (!entry["ascii_renumbered"].get<bool>() && name != "xor2") {  // its comment is empty
      CHECK(write_aiger(file.circuit, AigerForm::Binary, file.comment) == binary);
      CHECK(write_aiger(file.circuit, AigerForm::Ascii, file.comment) == ascii);
    }
    const Aiger again = read_aiger(binary);
    if (name != "xor2") {
      CHECK(write_aiger(again.circuit, AigerForm::Binary, again.comment) == binary);
    }
  }
}

TEST_CASE("damaged and foreign fixtures") {
  if (fixtures_absent()) return;
  const auto malformed = kFixtures / "aiger" / "malformed";
  const json list2 = json_of(malformed / "malformed.json");
  for (const json& entry : list2["files"]) {
    const std::string file = entry["file"];
    CAPTURE(file);
    const std::string bytes = bytes_of(malformed / file);
    const std::string reason = refusal(bytes);
    CAPTURE(reason);
    if (entry["expect"] == "reject") {
      CHECK((reason.starts_with("line ") || reason.starts_with("byte ")));
      if (file.starts_with("latches.")) CHECK(reason.find("sequential") != std::string::npos);
    } else if (reason == "accepted") {
      CHECK(tables(read_aiger(bytes).circuit) ==
            entry["truth_tables_if_read"].get<std::vector<std::string>>());
    }
  }
  const auto foreign = kFixtures / "aiger" / "foreign";
  const json list3 = json_of(foreign / "foreign.json");
  for (const json& entry : list3["files"]) {
    CAPTURE(entry["file"].get<std::string>());
    const Circuit c = read_aiger(bytes_of(foreign / entry["file"].get<std::string>())).circuit;
    CHECK(tables(c) == entry["truth_tables"].get<std::vector<std::string>>());
    CHECK(count_ands(c, false) == entry["ands"]);
  }
}
