// PLA: the sets of every type, two-level circuits, and what is refused.
#include "circuits/formats/pla.h"

#include <doctest/doctest.h>

#include "circuits/builder.h"
#include "circuits/evaluation/evaluate.h"
#include "circuits/samplers/random.h"
#include "circuits/words.h"

using namespace circuits;

namespace {

std::string refusal(const std::string& text) {
  try {
    read_pla(text);
    pla_circuit(text);
  } catch (const Error& error) {
    return error.what();
  }
  return "read";
}

std::string random_pla(std::size_t inputs, std::size_t outputs, const std::string& type,
                       const WordSource& words) {
  std::string text =
      ".i " + std::to_string(inputs) + "\n.o " + std::to_string(outputs) + "\n.type " + type + "\n";
  for (std::uint64_t row = 1 + below(12, words); row > 0; --row) {
    for (std::size_t i = 0; i < inputs; ++i) text += "01-2"[below(4, words)];
    text += ' ';
    for (std::size_t i = 0; i < outputs; ++i) text += "01-~"[below(4, words)];
    text += '\n';
  }
  return text + ".e\n";
}

}  // namespace

TEST_SUITE_BEGIN("pla");

TEST_CASE("a full adder with names, comments and bars") {
  const std::string text =
      "# sum and carry\n.i 3\n.o 2\n.ilb a b cin\n.ob sum carry\n.p 7\n100|10\n010 1 0 # odd\n"
      "0 0 1 | 4~\r\n111 10\n112 01\n1-1 01\n-11 01\n.end\n# the end\n";
  const Pla pla = read_pla(text);
  CHECK(pla.input_names == std::vector<std::string>{"a", "b", "cin"});
  CHECK(pla.output_names == std::vector<std::string>{"sum", "carry"});
  CHECK(pla.on[0].hex() == "96");
  CHECK(pla.on[1].hex() == "e8");
  CHECK(pla.dont_care[0].ones() + pla.dont_care[1].ones() == 0);
  const Circuit c = pla_circuit(text);
  CHECK(output_tables(c) == pla.on);
  CHECK(c.nodes() == 3 + 3 + 7 + 2);
  CHECK(c.name(2) == "cin");
  CHECK(c.outputs()[1].name == "carry");
}

TEST_CASE("the types say which sets the rows list") {
  // x1 x0 = 0: on, 1: off, 2: don't care, 3: on and don't care
  const auto sets = [](const std::string& type) {
    const Pla pla = read_pla(".i 2\n.o 1\n.type " + type + "\n00 1\n10 0\n01 -\n11 1\n11 2\n");
    return pla.on[0].hex() + pla.dont_care[0].hex();
  };
  CHECK(sets("f") == "90");
  CHECK(sets("fd") == "1c");
  CHECK(sets("fr") == "94");
  CHECK(sets("fdr") == "1c");
}

TEST_CASE("small and constant functions") {
  CHECK(read_pla(".i 0\n.o 2\n1~\n").on[0].hex() == "1");
  CHECK(read_pla(".i 0\n.o 2\n1~\n").on[1].hex() == "0");
  CHECK(read_pla(".i 0\n.o 0\n").on.empty());
  CHECK(read_pla(".i 1\n.o 1\n0 1\n").on[0].hex() == "1");
  const Circuit c = pla_circuit(".i 2\n.o 3\n-- 1~~\n0- ~1~\n");
  CHECK(c.op(c.outputs()[0].node) == Op::One);
  CHECK(c.op(c.outputs()[1].node) == Op::Not);
  CHECK(c.op(c.outputs()[2].node) == Op::Zero);
}

TEST_CASE("tables agree with the rows at every input, and circuits with the tables") {
  const WordSource words = splitmix(3);
  for (int trial = 0; trial < 100; ++trial) {
    CAPTURE(trial);
    const std::size_t inputs = below(10, words);
    const std::string text = random_pla(inputs, 1 + below(3, words), trial % 2 ? "f" : "fd", words);
    const Pla pla = read_pla(text);
    const auto tables = output_tables(pla_circuit(text));
    for (std::size_t i = 0; i < tables.size(); ++i) {
      CHECK((pla.on[i] & pla.dont_care[i]).ones() == 0);
      CHECK((pla.on[i] & ~tables[i]).ones() == 0);
      CHECK((tables[i] & ~(pla.on[i] | pla.dont_care[i])).ones() == 0);
      if (trial % 2) CHECK(tables[i] == pla.on[i]);
    }
  }
}

TEST_CASE("24 inputs") {
  const std::string text = ".i 24\n.o 1\n" + std::string(23, '-') + "1 1\n1" +
                           std::string(23, '-') + " 1\n" + std::string(24, '0') + " 1\n";
  const Pla pla = read_pla(text);
  CHECK(pla.on[0].ones() == 3 * (std::uint64_t{1} << 22) + 1);
  CHECK(pla.on[0][0]);
  CHECK(pla.on[0][std::uint64_t{1} << 23]);
  CHECK_FALSE(pla.on[0][std::uint64_t{1} << 22]);
}

TEST_CASE("what is refused, where and why") {
  const std::string head = ".i 2\n.o 1\n";
  CHECK(refusal("11 1\n") == "line 1: a row before .i and .o");
  CHECK(refusal(".i 2\n") == "the PLA lacks .i or .o, its numbers of columns");
  CHECK(refusal(head + "111 1\n") ==
        "line 3: a row of 4 values, but there are 2 inputs and 1 outputs");
  CHECK(refusal(head + "~1 1\n") == "line 3: \"~\" is no value in a row");
  CHECK(refusal(head + "11 x\n") == "line 3: \"x\" is no value in a row");
  CHECK(refusal(head + ".i 2\n") == "line 3: a second .i");
  CHECK(refusal(".i -1\n") == "line 1: .i \"-1\" is no number up to 4096");
  CHECK(refusal(".i 99999999999999999999\n") ==
        "line 1: .i \"99999999999999999999\" is no number up to 4096");
  CHECK(refusal(".o\n") == "line 1: .o needs one number");
  CHECK(refusal(".ilb a b\n") == "line 1: .ilb comes before .i");
  CHECK(refusal(head + ".ilb a\n") == "line 3: 1 names, but .i is 2");
  CHECK(refusal(head + ".ilb a a\n") == "line 3: the name \"a\" is given twice");
  CHECK(refusal(head + ".ob y\n.ob z\n") == "line 4: a second .ob");
  CHECK(refusal(head + ".type q\n") == "line 3: .type must be f, fd, fr or fdr");
  CHECK(refusal(head + "11 1\n.type f\n") == "line 4: .type comes after a row");
  CHECK(refusal(head + ".phase 1\n") == "line 3: the directive \".phase\" is not supported");
  CHECK(refusal(head + ".e\n11 1\n") == "line 4: text after the end");
  CHECK(refusal(head + ".p 2\n11 1\n") == ".p announces 2 rows, but there are 1");
  CHECK(refusal(head + ".type fr\n1- 1\n-1 0\n") ==
        "output \"y0\" is on and off at input number 3");
  CHECK(refusal(head + ".type fdr\n1- 1\n01 0\n") ==
        "output \"y0\" is in no set at input number 0");
  CHECK(refusal(".i 24\n.o 17\n").find("tables of 24 inputs and 17 outputs are too large") == 0);
  CHECK(refusal(".i 4096\n.o 4096\n").find("tables of 4096 inputs") == 0);
  CHECK(pla_circuit(".i 4096\n.o 1\n").inputs() == 4096);
}

TEST_CASE("damaged texts are refused or read, never worse") {
  const WordSource words = splitmix(4);
  const std::string alphabet = "01-~2 \n|#.ioptype9";
  std::size_t read = 0;
  for (int trial = 0; trial < 3000; ++trial) {
    const char* types[] = {"f", "fd", "fr", "fdr"};
    std::string text = random_pla(below(9, words), below(4, words), types[below(4, words)], words);
    for (std::uint64_t edits = 1 + below(3, words); edits > 0; --edits) {
      const std::size_t at = below(text.size(), words);
      if (below(3, words) == 0) {
        text.erase(at, below(6, words));
      } else if (below(2, words) == 0) {
        text.insert(at, 1, alphabet[below(alphabet.size(), words)]);
      } else {
        text[at] = static_cast<char>(below(256, words));
      }
      if (text.empty()) break;
    }
    const std::string reason = refusal(text);
    CHECK(reason.find('\n') == std::string::npos);
    if (reason == "read") ++read;
  }
  CHECK(read > 100);
}

TEST_SUITE_END();
