#include "circuits/builder.h"

#include <algorithm>
#include <limits>
#include <string_view>
#include <utility>

namespace circuits {
namespace {

constexpr std::size_t kLongestName = 255;

// The length of the UTF-8 sequence at the start of `text`, 0 when there is none. Overlong forms,
// surrogates and numbers beyond U+10FFFF are none (RFC 3629, section 4).
std::size_t utf8_length(std::string_view text) {
  const auto byte = [&](std::size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u;
  };
  const auto within = [&](std::size_t i, unsigned least, unsigned most) {
    return byte(i) >= least && byte(i) <= most;
  };
  const unsigned lead = byte(0);
  if (lead < 0x80) return 1;
  if (lead >= 0xc2 && lead <= 0xdf) return within(1, 0x80, 0xbf) ? 2 : 0;
  if (lead >= 0xe0 && lead <= 0xef) {
    const bool second = within(1, lead == 0xe0 ? 0xa0 : 0x80, lead == 0xed ? 0x9f : 0xbf);
    return second && within(2, 0x80, 0xbf) ? 3 : 0;
  }
  if (lead >= 0xf0 && lead <= 0xf4) {
    const bool second = within(1, lead == 0xf0 ? 0x90 : 0x80, lead == 0xf4 ? 0x8f : 0xbf);
    return second && within(2, 0x80, 0xbf) && within(3, 0x80, 0xbf) ? 4 : 0;
  }
  return 0;
}

void check_name(std::string_view name) {
  if (name.size() > kLongestName) {
    throw Error("a name of " + std::to_string(name.size()) + " bytes is too long; at most " +
                std::to_string(kLongestName));
  }
  for (std::size_t i = 0; i < name.size();) {
    const auto byte = static_cast<unsigned char>(name[i]);
    if (byte < 0x20 || byte == 0x7f) throw Error("a name contains a control character");
    const std::size_t length = utf8_length(name.substr(i));
    if (length == 0) throw Error("a name is not valid UTF-8");
    i += length;
  }
}

void claim_name(const std::string& name, std::unordered_set<std::string>& taken, const char* what) {
  if (name.empty()) return;
  check_name(name);
  if (!taken.insert(name).second) {
    throw Error("the name \"" + name + "\" is given to two " + what);
  }
}

std::string default_name(char letter, std::size_t number,
                         const std::unordered_set<std::string>& taken) {
  std::string name = letter + std::to_string(number);
  while (taken.contains(name)) name += '_';
  return name;
}

std::string described(Op op, const std::string& name) {
  return std::string(rule(op).name) + (name.empty() ? "" : " \"" + name + "\"");
}

// Whether the order of fan-ins does not matter.
bool symmetric(const Gate& gate) {
  switch (gate.op) {
    case Op::And:
    case Op::Or:
    case Op::Xor:
    case Op::Nand:
    case Op::Nor:
    case Op::Xnor:
    case Op::Maj:
      return true;
    case Op::Threshold:
      return gate.parameters.size() == 1;
    default:
      return false;
  }
}

std::vector<Node> in_order(const Gate& gate, std::vector<Node> fanins) {
  if (symmetric(gate)) std::ranges::sort(fanins);
  return fanins;
}

std::size_t structure_hash(const Gate& gate, const std::vector<Node>& fanins) {
  std::size_t hash = static_cast<std::size_t>(gate.op);
  const auto mix = [&](std::uint64_t value) {
    hash = (hash ^ (value + 0x9e3779b97f4a7c15 + (hash << 6) + (hash >> 2))) * 0xff51afd7ed558ccd;
  };
  for (const std::int64_t value : gate.parameters) mix(static_cast<std::uint64_t>(value));
  for (const Node fanin : fanins) mix(fanin);
  return hash;
}

}  // namespace

Node Builder::append(const Gate& gate, const std::vector<Node>& fanins, std::string name) {
  if (circuit_.nodes() > std::numeric_limits<Node>::max() - 1) throw Error("too many nodes");
  claim_name(name, node_names_, "nodes");
  circuit_.ops_.push_back(gate.op);
  circuit_.fanins_.insert(circuit_.fanins_.end(), fanins.begin(), fanins.end());
  circuit_.first_fanin_.push_back(circuit_.fanins_.size());
  circuit_.parameters_.insert(circuit_.parameters_.end(), gate.parameters.begin(),
                              gate.parameters.end());
  circuit_.first_parameter_.push_back(static_cast<std::uint32_t>(circuit_.parameters_.size()));
  circuit_.names_.push_back(std::move(name));
  return static_cast<Node>(circuit_.nodes() - 1);
}

Node Builder::input(std::string name) {
  if (circuit_.inputs_ < circuit_.nodes()) {
    throw Error(described(Op::Input, name) + " comes after a gate; add all inputs first");
  }
  const Node node = append(Op::Input, {}, std::move(name));
  ++circuit_.inputs_;
  return node;
}

Node Builder::add(const Gate& gate, const std::vector<Node>& fanins, std::string name) {
  if (gate.op == Op::Input) throw Error("an input is no gate; use input()");
  const std::string reason = problem(gate, fanins.size());
  if (!reason.empty()) throw Error(described(gate.op, name) + " " + reason);
  for (const Node fanin : fanins) {
    if (fanin >= circuit_.nodes()) {
      throw Error(described(gate.op, name) + " has fan-in " + std::to_string(fanin) +
                  ", but only nodes 0 to " + std::to_string(circuit_.nodes()) +
                  " (not included) exist before it");
    }
  }
  if (sharing_ == Sharing::None) return append(gate, fanins, std::move(name));
  const std::vector<Node> ordered = in_order(gate, fanins);
  const std::size_t hash = structure_hash(gate, ordered);
  const auto [first, last] = shared_.equal_range(hash);
  for (auto found = first; found != last; ++found) {
    const Node v = found->second;
    const auto others = circuit_.fanins(v);
    if (circuit_.gate(v) == gate && in_order(gate, {others.begin(), others.end()}) == ordered &&
        (name.empty() || name == circuit_.names_[v])) {
      return v;
    }
  }
  const Node node = append(gate, fanins, std::move(name));
  shared_.emplace(hash, node);
  return node;
}

void Builder::output(Node node, std::string name) {
  if (node >= circuit_.nodes()) {
    throw Error("output " + std::to_string(circuit_.outputs_.size()) + " is node " +
                std::to_string(node) + ", which does not exist");
  }
  claim_name(name, output_names_, "outputs");
  circuit_.outputs_.push_back({node, std::move(name)});
}

Circuit Builder::build() const {
  Circuit named = circuit_;
  // A default name with underscores can meet another default name only through a given one, and
  // given ones are avoided; defaults differ by their numbers.
  for (Node v = 0; v < named.nodes(); ++v) {
    if (!named.names_[v].empty()) continue;
    named.names_[v] = default_name(named.op(v) == Op::Input ? 'x' : 'g', v, node_names_);
  }
  for (std::size_t i = 0; i < named.outputs_.size(); ++i) {
    if (!named.outputs_[i].name.empty()) continue;
    named.outputs_[i].name = default_name('y', i, output_names_);
  }
  return named;
}

}  // namespace circuits
