// Damaged files, for tests that no reader of circuits can be hurt by what it reads.
#pragma once

#include <algorithm>
#include <array>
#include <cctype>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "circuits/any_circuit.h"
#include "circuits/evaluation/evaluate.h"
#include "circuits/formats/files.h"

namespace damage {

using circuits::below;
using circuits::WordSource;

// Sound files of a format to damage: random circuits of all ops where it is written, and some more
// of the forms that the writers do not use.
inline std::vector<std::string> sound_files(const circuits::Format& format,
                                            const WordSource& words) {
  std::vector<std::string> files;
  if (format.writes) {
    files.push_back(circuits::circuit_text(format.ending, {}));
    while (files.size() < 24) {
      const auto c = any_circuit(below(8, words), below(12, words), words);
      files.push_back(circuits::circuit_text(format.ending, c));
    }
  }
  const auto add = [&](std::string_view ending, const char* text) {
    if (format.ending == ending) files.emplace_back(text);
  };
  add("aag",
      "aag 9 2 0 3 3 0 0 0 0\n4\n8\n6\n13\n1\n12 14 5\n14 8 4\n6 13 15\ni0 é x\no1 c\nc\n#\n");
  add("blif",
      "# sum\n.model m\n.inputs a b \\\n c\n.outputs s k\n.names a b c s\n100 1\n010 1\n001 1\n"
      "111 1\n.names a b c k # carry\n00- 0\n0-0 0\n-00 0\n.names %20\n1\n.end\n");
  add("pla", ".i 3\n.o 2\n.ilb a b c\n.ob s k\n.type fd\n.p 3\n1-0 1-\n011 01\n--1 ~1\n.e\n");
  add("pla", "# on and off\n.type fr\n.i 2\n.o 1\n00 0\n11|1\n.end\n");
  return files;
}

// [begin, end) of a run of bytes.
struct Run {
  std::size_t begin, end;
};

// The words of a file: longest runs of letters, digits, "_" and "-". They are names and numbers in
// every format, so that one in place of another leaves a file that a lexer accepts.
inline std::vector<Run> words_of(std::string_view bytes) {
  std::vector<Run> runs;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const auto c = static_cast<unsigned char>(bytes[i]);
    if (std::isalnum(c) == 0 && c != '_' && c != '-') continue;
    if (runs.empty() || runs.back().end != i) runs.push_back({i, i});
    runs.back().end = i + 1;
  }
  return runs;
}

inline std::vector<Run> lines_of(std::string_view bytes) {
  std::vector<Run> runs;
  for (std::size_t begin = 0; begin < bytes.size();) {
    const std::size_t end = std::min(bytes.find('\n', begin), bytes.size() - 1) + 1;
    runs.push_back({begin, end});
    begin = end;
  }
  return runs;
}

template <class List>
const auto& one_of(const List& list, const WordSource& words) {
  return list[below(std::size(list), words)];
}

inline void damage_byte(std::string& bytes, const WordSource& words) {
  static constexpr std::string_view kAlphabet = "0123456789-~ \n\t\\#.,:%\"{}[]aigcox\x80\xff";
  const std::size_t at = below(bytes.size(), words);
  switch (below(5, words)) {
    case 0:
      bytes[at] = static_cast<char>(bytes[at] ^ (1 << below(8, words)));
      break;
    case 1:
      bytes[at] = static_cast<char>(words());
      break;
    case 2:
      bytes.erase(at, 1 + below(4, words));
      break;
    case 3:
      bytes.insert(at, 1, one_of(kAlphabet, words));
      break;
    default:
      bytes.resize(at);
  }
}

inline void damage_word(std::string& bytes, const WordSource& words) {
  static constexpr std::array<std::string_view, 12> kNumbers{"0",
                                                             "1",
                                                             "2",
                                                             "3",
                                                             "-1",
                                                             "64",
                                                             "65536",
                                                             "1048577",
                                                             "2147483648",
                                                             "4294967298",
                                                             "9223372036854775808",
                                                             "99999999999999999999"};
  const std::vector<Run> runs = words_of(bytes);
  if (runs.empty()) return;
  const auto [begin, end] = one_of(runs, words);
  const auto [other, other_end] = one_of(runs, words);
  switch (below(6, words)) {
    case 0:
      bytes.replace(begin, end - begin, one_of(kNumbers, words));
      break;
    case 1:
      bytes.insert(begin, bytes.substr(other, other_end - other) + " ");
      break;
    case 2:
      bytes[begin + below(end - begin, words)] = static_cast<char>('0' + below(10, words));
      break;
    default:
      bytes.replace(begin, end - begin, bytes.substr(other, other_end - other));
  }
}

// A line is left out, repeated elsewhere, or changes places with another one.
inline void damage_line(std::string& bytes, const WordSource& words) {
  const std::vector<Run> runs = lines_of(bytes);
  Run first = one_of(runs, words), second = one_of(runs, words);
  if (first.begin > second.begin) std::swap(first, second);
  const std::string a = bytes.substr(first.begin, first.end - first.begin);
  const std::string b = bytes.substr(second.begin, second.end - second.begin);
  switch (below(4, words)) {
    case 0:
      bytes.erase(second.begin, b.size());
      break;
    case 1:
      bytes.insert(first.begin, b);
      break;
    default:
      bytes.replace(second.begin, b.size(), a).replace(first.begin, a.size(), b);
  }
}

inline void damage_once(std::string& bytes, const std::vector<std::string>& sound,
                        const WordSource& words) {
  const std::uint64_t kind = below(12, words);
  if (kind < 6) return damage_word(bytes, words);
  if (kind < 8) return damage_line(bytes, words);
  if (kind < 11) return damage_byte(bytes, words);
  const std::string& other = one_of(sound, words);  // a piece of another file
  const std::size_t from = below(other.size() + 1, words);
  bytes.insert(below(bytes.size(), words), other.substr(from, below(40, words)));
}

// One of `sound` after one injury, in half of the cases after two to four; never as it was.
inline std::string damaged(const std::vector<std::string>& sound, const WordSource& words) {
  const std::string& whole = one_of(sound, words);
  std::string bytes = whole;
  std::uint64_t injuries = below(2, words) == 0 ? 1 : 2 + below(3, words);
  while (!bytes.empty() && (injuries > 0 || bytes == whole)) {
    damage_once(bytes, sound, words);
    if (injuries > 0) --injuries;
  }
  return bytes;
}

inline void demand(bool holds, const char* what) {
  if (!holds) throw std::logic_error(what);
}

// Throws std::logic_error unless `c` keeps what circuit.h promises.
inline void demand_valid(const circuits::Circuit& c) {
  using namespace circuits;
  std::set<std::string> names, outputs;
  for (Node v = 0; v < c.nodes(); ++v) {
    demand((v < c.inputs()) == (c.op(v) == Op::Input), "inputs are not the first nodes");
    demand(problem(c.gate(v), c.fanins(v).size()).empty(), "a gate does not fit its op");
    for (const Node fanin : c.fanins(v)) demand(fanin < v, "a fan-in comes after its gate");
    demand(!c.name(v).empty() && names.insert(c.name(v)).second, "names of nodes are not unique");
  }
  for (const Output& output : c.outputs()) {
    demand(output.node < c.nodes(), "an output is no node");
    demand(!output.name.empty() && outputs.insert(output.name).second,
           "names of outputs are not unique");
  }
}

// The values of the outputs on 64 random inputs.
inline std::vector<std::uint64_t> sample(const circuits::Circuit& c, const WordSource& words) {
  std::vector<std::uint64_t> inputs(c.inputs()), values;
  for (std::uint64_t& word : inputs) word = words();
  const auto nodes = circuits::evaluate_words(c, inputs, 1);
  for (const circuits::Output& output : c.outputs()) values.push_back(nodes[output.node]);
  return values;
}

// Reads `bytes`: why they were refused, or nothing. Throws std::logic_error where the reader broke its
// word: an Error that is not one line of reason, a circuit that is none, or one that does not survive
// being written and read again. Any other exception is the reader's, and as wrong.
inline std::string refusal(const circuits::Format& format, const std::string& bytes,
                           const WordSource& words) {
  circuits::Circuit c;
  try {
    c = circuits::parse_circuit(format.ending, bytes);
  } catch (const circuits::Error& error) {
    const std::string_view reason = error.what();
    demand(!reason.empty() && reason.find('\n') == std::string_view::npos,
           "an error is not one line");
    return error.what();
  }
  demand_valid(c);
  if (!format.writes) return {};
  const auto back =
      circuits::parse_circuit(format.ending, circuits::circuit_text(format.ending, c));
  demand(back.inputs() == c.inputs(), "inputs are lost when written and read again");
  const std::uint64_t seed = words();
  const auto same = [seed] {  // a source that can be begun twice
    return [state = seed]() mutable { return state = state * 6364136223846793005u + 1; };
  };
  demand(sample(back, same()) == sample(c, same()),
         "another function comes out when written and read again");
  return {};
}

}  // namespace damage
