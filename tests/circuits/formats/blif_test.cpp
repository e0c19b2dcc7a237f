// BLIF: the fixtures' tables, round trips, and what is refused.
#include "circuits/formats/blif.h"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "circuits/aig.h"
#include "circuits/any_circuit.h"
#include "circuits/evaluation/evaluate.h"
#include "circuits/words.h"

using namespace circuits;

namespace {

const std::filesystem::path kFixtures = LAB_SOURCE_DIR "/../shared/fixtures/circuits/aiger";

std::string read(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

std::string refusal(const std::string& text) {
  try {
    read_blif(text);
  } catch (const Error& error) {
    return error.what();
  }
  return "read";
}

// The op of the one gate y of `fanins` inputs with these rows.
std::string op_of(std::size_t fanins, const std::string& rows) {
  std::string names;
  for (std::size_t i = 0; i < fanins; ++i) names += " x" + std::to_string(i);
  const std::string text = ".inputs" + names + "\n.outputs y z\n.names" + names + " y\n" + rows +
                           "\n.names y z\n0 1\n.end\n";
  const Circuit c = read_blif(text);
  const Node y = c.outputs()[0].node;
  CHECK(c.name(y) == "y");
  REQUIRE(c.fanins(y).size() == fanins);
  for (std::size_t i = 0; i < fanins; ++i) CHECK(c.fanins(y)[i] == i);
  std::string op(rule(c.op(y)).name);
  if (c.op(y) == Op::Lut) op += " " + std::to_string(c.parameters(y)[0]);
  return op;
}

// Inputs, outputs and gates of a and b by name and order, with their functions; b may have more
// gates, named n<k>.
void check_same(const Circuit& a, const Circuit& b) {
  REQUIRE(b.inputs() == a.inputs());
  REQUIRE(b.outputs().size() == a.outputs().size());
  const auto tables = node_tables(a), others = node_tables(b);
  Node w = 0;
  for (Node v = 0; v < a.nodes(); ++v, ++w) {
    while (w < b.nodes() && b.name(w) != a.name(v) && b.name(w)[0] == 'n') ++w;
    REQUIRE(w < b.nodes());
    CHECK(b.name(w) == a.name(v));
    CHECK(others[w] == tables[v]);
  }
  for (std::size_t i = 0; i < a.outputs().size(); ++i) {
    CHECK(b.outputs()[i].name == a.outputs()[i].name);
    CHECK(b.name(b.outputs()[i].node) == a.name(a.outputs()[i].node));
  }
}

}  // namespace

TEST_SUITE_BEGIN("blif");

TEST_CASE("every fixture has its tables, inputs and outputs, before and after a round trip") {
  if (!std::filesystem::exists(kFixtures)) {
    MESSAGE("skipped: no fixtures");
    return;
  }
  const auto expected = nlohmann::json::parse(read(kFixtures / "expected.json"));
  REQUIRE(expected["circuits"].size() == 18);
  for (const auto& entry : expected["circuits"]) {
    const std::string name = entry["name"];
    CAPTURE(name);
    const Circuit c = read_blif(read(kFixtures / (name + ".blif")));
    CHECK(c.inputs() == entry["inputs"].get<std::size_t>());
    const auto tables = output_tables(c);
    REQUIRE(tables.size() == entry["outputs"].get<std::size_t>());
    for (std::size_t i = 0; i < tables.size() && entry.contains("truth_tables"); ++i) {
      CHECK(tables[i].hex() == entry["truth_tables"][i]);
    }
    check_same(c, read_blif(write_blif(c)));
  }
}

TEST_CASE("a full adder, read and written") {
  const Circuit c = read_blif(
      "# a comment\r\n.names a b \\ \n cin carry # no continuation: \\\n00- 0\n0-0 0\n-00 0\n"
      ".inputs a\n.outputs sum carry\n.inputs b cin\n.model adder\n"
      ".names a b cin sum\n100 1\n010 1\n001 1\n111 1\n.end\n\n# end\n");
  const auto tables = output_tables(c);
  CHECK(tables[0].hex() == "96");
  CHECK(tables[1].hex() == "e8");
  CHECK(c.op(3) == Op::Maj);
  CHECK(c.op(4) == Op::Xor);
  CHECK(write_blif(c, "full adder") ==
        ".model full%20adder\n.inputs a b cin\n.outputs sum carry\n"
        ".names a b cin carry\n110 1\n101 1\n011 1\n111 1\n"
        ".names a b cin sum\n100 1\n010 1\n001 1\n111 1\n.end\n");
}

TEST_CASE("covers become the op of their function") {
  CHECK(op_of(0, "") == "zero");
  CHECK(op_of(0, "0") == "zero");
  CHECK(op_of(0, "1") == "one");
  CHECK(op_of(1, "1 1") == "buf");
  CHECK(op_of(1, "1 0") == "not");
  CHECK(op_of(2, "11 1") == "and");
  CHECK(op_of(2, "1- 1\n-1 1") == "or");
  CHECK(op_of(2, "00 0") == "or");
  CHECK(op_of(2, "11 0") == "nand");
  CHECK(op_of(2, "10 1\n01 1") == "xor");
  CHECK(op_of(2, "10 0\n01 0") == "xnor");
  CHECK(op_of(3, "000 1") == "nor");
  CHECK(op_of(3, "11- 1\n1-1 1\n-11 1") == "maj");
  CHECK(op_of(3, "11- 1\n0-1 1") == "mux");
  CHECK(op_of(3, "1-1 1") == "lut 160");
  CHECK(op_of(2, "-- 1") == "lut 15");
  CHECK(op_of(2, "-- 0") == "lut 0");
  CHECK(op_of(7, "1111111 1") == "and");
  CHECK(op_of(7, "1111111 0") == "nand");
  CHECK(op_of(7, "0000000 1") == "nor");
  CHECK(op_of(7, "0000000 0") == "or");
}

TEST_CASE("and-inverter graphs stay what they are") {
  const Circuit c = read_blif(
      ".inputs a b c\n.outputs y z\n.names a b p\n10 1\n.names p b c q\n100 0\n"
      ".names q y\n1 1\n.names p b z\n01 1\n");
  CHECK(c.nodes() == 3 + 6);  // not b, p, not c, q, not p, z
  CHECK(output_tables(c)[0].hex() == "fd");
  const WordSource words = splitmix(5);
  for (int trial = 0; trial < 20; ++trial) {
    const Circuit graph = and_inverter_graph(any_circuit(5, 10, words));
    CHECK(read_blif(write_blif(graph)) == graph);
  }
}

TEST_CASE("wide covers are sums of products of what exists already") {
  const Circuit c = read_blif(
      ".inputs a b c d e f g n0\n.outputs y z t\n.names a b c d e f g y\n"
      "1------ 1\n-00---- 1\n--10--- 1\n"
      ".names a b c d e f g z\n--0---- 0\n.names a b c d e f g t\n1------ 0\n------- 0\n");
  CHECK(c.nodes() == 8 + 4 + 2 + 1);  // y: nor, not, and, or; z: not, buf of it … by complement
  const auto tables = output_tables(c);
  const auto x = [](int i) { return TruthTable::input(8, i); };
  CHECK(tables[0] == (x(0) | (~x(1) & ~x(2)) | (x(2) & ~x(3))));
  CHECK(tables[1] == x(2));
  CHECK(tables[2].ones() == 0);
  CHECK(c.name(8) == "n0_");
}

TEST_CASE("names that BLIF cannot have, and outputs named like other nodes") {
  Builder b;
  const Node x = b.input("a b"), y = b.input("#=\\%20");
  const Node both = b.add(Op::And, {x, y}, "50%");
  const Node buffer = b.add(Op::Buf, {both}, "buffer");
  b.output(both, "a b");
  b.output(both, "50%");
  b.output(both, "else%out");
  b.output(x, "in");
  b.output(y, "#=\\%20");
  b.output(buffer, "buffer");
  b.output(buffer, "again");
  b.output(b.add(Op::Xor, {x, y, x, y, x, y, x}, "ünï"), "n0");
  const Circuit c = b.build();
  const std::string text = write_blif(c);
  CHECK(text.find("a%20b%out") != std::string::npos);
  CHECK(text.find("buffer%out") != std::string::npos);
  check_same(c, read_blif(text));
}

TEST_CASE("round trips keep every op's function and all names") {
  const WordSource words = splitmix(1);
  for (int trial = 0; trial < 200; ++trial) {
    CAPTURE(trial);
    const Circuit c = any_circuit(below(8, words), below(30, words), words);
    const Circuit once = read_blif(write_blif(c));
    check_same(c, once);
    CHECK(read_blif(write_blif(once)) == once);
  }
}

TEST_CASE("round trips are identities without lut and threshold gates") {
  const WordSource words = splitmix(7);
  int compared = 0;
  for (int trial = 0; trial < 500; ++trial) {
    const Circuit c = any_circuit(1 + below(5, words), 1 + below(8, words), words);
    bool plain = true;
    for (Node v = 0; v < c.nodes(); ++v) {
      plain = plain && c.op(v) != Op::Lut && c.op(v) != Op::Threshold;
    }
    if (!plain) continue;
    CHECK(read_blif(write_blif(c)) == c);
    ++compared;
  }
  CHECK(compared > 100);
}

TEST_CASE("gates of many fan-ins") {
  Builder b;
  std::vector<Node> x;
  for (int i = 0; i < 12; ++i) x.push_back(b.input());
  for (const Op op : {Op::And, Op::Or, Op::Nand, Op::Nor, Op::Xor, Op::Xnor})
    b.output(b.add(op, x));
  b.output(b.add(Op::Maj, {x.begin(), x.end() - 1}));
  for (const int bound : {-9, 0, 3, 5, 12, 99}) {
    b.output(b.add(Gate::threshold(bound), x));
    b.output(b.add(Gate::threshold(bound, {1, -2, 3, 0, 5, -1, 2, 2, 7, -4, 1, 1}), x));
  }
  b.output(b.add(Gate::threshold(1, {1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}), x));
  b.output(b.add(Gate::threshold(0, {-1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}), x));
  const Circuit c = b.build();
  check_same(c, read_blif(write_blif(c)));
}

TEST_CASE("what is refused, where and why") {
  const std::string head = ".model m\n.inputs a b\n.outputs y\n";
  CHECK(refusal(head + ".latch a y re c 0\n") ==
        "line 4: \".latch\": the circuit is sequential; only combinational ones are read");
  CHECK(refusal(head + ".subckt m p=a q=y\n") ==
        "line 4: \".subckt\" is not supported; flatten the circuit to .names first");
  CHECK(refusal(head + ".exdc\n") == "line 4: the directive \".exdc\" is not supported");
  CHECK(refusal(head + ".model n\n") ==
        "line 4: a second .model; only flat circuits of one model are read");
  CHECK(refusal(head + ".names a y\n1 1\n.end\n1 1\n") == "line 7: text after .end");
  CHECK(refusal(head + "11 1\n") == "line 4: a row \"11\" without .names before it");
  CHECK(refusal(head + ".names\n") == "line 4: .names without a signal");
  CHECK(refusal(head + ".names a b y\n1 1\n") ==
        "line 5: the row \"1\" has 1 values, but \"y\" has 2 fan-ins");
  CHECK(refusal(head + ".names a b y\n11\n") ==
        "line 5: a row of \"y\" must be its fan-ins' values, a space, and 0 or 1");
  CHECK(refusal(head + ".names y\n1 1\n") == "line 5: a row of \"y\" must be 0 or 1");
  CHECK(refusal(head + ".names a b y\n1x 1\n") ==
        "line 5: the row \"1x\" has values other than 0, 1 and -");
  CHECK(refusal(head + ".names a b y\n11 -\n") == "line 5: a row must end in 0 or 1, not \"-\"");
  CHECK(refusal(head + ".names a b y\n11 1\n00 0\n") ==
        "line 6: the cover of \"y\" has rows that end in 0 and in 1");
  CHECK(refusal(head + ".names a y\n1 1\n.names b y\n1 1\n") ==
        "line 6: \"y\" is defined in line 4 too");
  CHECK(refusal(head + ".names a\n1\n") == "line 4: \"a\" is defined in line 2 too");
  CHECK(refusal(head) == "line 3: \"y\" is neither an input nor a cover");
  CHECK(refusal(head + ".names a c y\n11 1\n") == "line 4: \"c\" is neither an input nor a cover");
  CHECK(refusal(head + ".names y a z\n11 1\n.names z y\n0 1\n") ==
        "the gates form a cycle: \"z\" needs \"y\" needs \"z\"");
  CHECK(refusal(".outputs y\n.names y y\n1 1\n") == "the gates form a cycle: \"y\" needs \"y\"");
  CHECK(refusal(".inputs a\n.outputs a a\n") == "the name \"a\" is given to two outputs");
  CHECK(refusal(".inputs a%3d a=\n") == "the name \"a=\" is given to two nodes");
  CHECK(refusal(".inputs \x01\n") == "a name contains a control character");
  CHECK(refusal(".inputs " + std::string(1000, 'a')).find("line 1: the name \"aaa") == 0);
}

TEST_CASE("damaged texts are refused or read, never worse") {
  const WordSource words = splitmix(2);
  const std::string alphabet = "01- \n\\#.%abx\t\r\"";
  std::size_t read = 0;
  for (int trial = 0; trial < 3000; ++trial) {
    std::string text = write_blif(any_circuit(below(5, words), below(8, words), words));
    for (std::uint64_t edits = 1 + below(4, words); edits > 0 && !text.empty(); --edits) {
      const std::size_t at = below(text.size(), words), length = below(12, words);
      switch (below(4, words)) {
        case 0:
          text.erase(at, length);
          break;
        case 1:
          text.insert(at, 1, alphabet[below(alphabet.size(), words)]);
          break;
        case 2:
          text[at] = static_cast<char>(below(256, words));
          break;
        default:
          text.insert(below(text.size(), words), text.substr(at, length));
      }
    }
    try {
      const Circuit c = read_blif(text);
      check_same(c, read_blif(write_blif(c)));
      ++read;
    } catch (const Error& error) {
      CHECK(std::string(error.what()).find('\n') == std::string::npos);
    }
  }
  CHECK(read > 100);
}

TEST_SUITE_END();
