// DOT: the whole text of a small circuit, marks and escapes, and that dot itself accepts it.
#include "circuits/formats/dot.h"

#include <doctest/doctest.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "circuits/any_circuit.h"
#include "circuits/builder.h"
#include "circuits/words.h"

using namespace circuits;

namespace {

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

}  // namespace

TEST_SUITE_BEGIN("dot");

TEST_CASE("the text of a small circuit") {
  Builder b;
  const Node x = b.input("a"), y = b.input("b");
  const Node both = b.add(Op::And, {b.add(Op::Not, {x}), y}, "both");
  b.output(b.add(Op::Not, {both}), "y");
  b.output(b.add(Op::Not, {b.add(Op::Not, {x})}), "same");
  const std::string text = write_dot(b.build(), {.gate_names = false});
  CHECK(text.substr(text.find("{ rank")) ==
        "{ rank=source;\n"
        "n0 [shape=box, label=<a>];\n"
        "n1 [shape=box, label=<b>];\n"
        "n0 -> n1 [style=invis];\n"
        "}\n"
        "{ rank=same;\n"
        "n3 [shape=ellipse, fillcolor=\"#d6e6f4\", label=<∧>];\n"
        "}\n"
        "{ rank=sink;\n"
        "y0 [shape=box, style=\"rounded,bold\", label=<y>];\n"
        "y1 [shape=box, style=\"rounded,bold\", label=<same>];\n"
        "y0 -> y1 [style=invis];\n"
        "}\n"
        "n0 -> n3 [arrowhead=odot];\n"
        "n1 -> n3;\n"
        "n3 -> y0 [arrowhead=odot];\n"
        "n0 -> y1;\n"
        "}\n");
  CHECK(has(write_dot(b.build()), "label=<∧<br/><font point-size=\"8\" color=\"#555555\">both<"));
  CHECK_FALSE(has(write_dot(b.build(), {.in_order = false}), "style=invis"));
}

TEST_CASE("gates and fan-ins whose roles differ are marked") {
  Builder b;
  const Node x = b.input(), y = b.input(), z = b.input();
  b.add(Op::Mux, {x, y, z});
  b.add(Gate::lut(0x2), {x, y});
  b.add(Gate::threshold(-2, {3, -4}), {y, z});
  b.add(Gate::threshold(2), {x, y, z});
  b.add(Op::One, {});
  const std::string text = write_dot(b.build());
  for (const char* part : {"label=<mux<", "n0 -> n3 [headlabel=\"?\"", "n2 -> n3 [headlabel=\"0\"",
                           "label=<2<", "n1 -> n4 [headlabel=\"1\"", "label=<≥ -2<",
                           "n2 -> n5 [headlabel=\"-4\"", "label=<≥ 2<", "n2 -> n6;\n", "<1<"}) {
    CAPTURE(part);
    CHECK(has(text, part));
  }
}

TEST_CASE("every name can be drawn") {
  Builder b;
  const Node x = b.input("<a&\"b\\N>"), y = b.input("ü {x|y}");
  b.output(b.add(Op::Or, {x, y}, "]]></font>"), "\\");
  const std::string text = write_dot(b.build());
  CHECK(has(text, "label=<&lt;a&amp;&quot;b&#92;&#92;N&gt;>"));
  CHECK(has(text, ">]]&gt;&lt;/font&gt;</font>>"));
  CHECK(has(text, "label=<&#92;&#92;>"));
}

TEST_CASE("every node but nots, every fan-in and output; dot accepts it") {
  const bool installed = std::system("dot -V > /dev/null 2>&1") == 0;
  if (!installed) MESSAGE("dot is not installed: the texts are not drawn");
  const std::filesystem::path file = std::filesystem::temp_directory_path() / "circuit_test.dot";
  const WordSource words = splitmix(6);
  for (int trial = 0; trial < 6; ++trial) {
    const Circuit c = trial == 0 ? Circuit() : any_circuit(4, 12, words);
    const std::string text = write_dot(c, {.in_order = trial % 2 == 0});
    std::size_t nodes = c.outputs().size(), edges = c.outputs().size();
    for (Node v = 0; v < c.nodes(); ++v) {
      if (c.op(v) == Op::Not) continue;
      ++nodes;
      edges += c.fanins(v).size();
    }
    CHECK(count(text, "label=<") == nodes);
    CHECK(count(text, " -> ") - (trial % 2 == 0 && trial > 0 ? 3 + c.outputs().size() - 1 : 0) ==
          edges);
    if (!installed) continue;
    std::ofstream(file) << text;
    const std::string command = "dot -Tplain '" + file.string() + "' > /dev/null 2>&1";
    CHECK(std::system(command.c_str()) == 0);
  }
  std::filesystem::remove(file);
}

TEST_SUITE_END();
