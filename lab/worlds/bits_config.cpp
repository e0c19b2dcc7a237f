#include "lab/worlds/bits_config.h"

#include <utility>

#include "circuits/error.h"

namespace lab {
namespace {

constexpr std::int64_t kMostListed = 24;  // inputs of which all 2^n values are listed

using circuits::InputKind;

InputKind kind_of(const UniformBits&) {
  return circuits::UniformBits{};
}
InputKind kind_of(const BiasedBits& config) {
  return circuits::BiasedBits{config.p};
}
InputKind kind_of(const ProductBits& config) {
  return circuits::ProductBits{config.p};
}
InputKind kind_of(const ExactlyBits& config) {
  return circuits::ExactlyOnes{static_cast<std::size_t>(config.k)};
}
InputKind kind_of(const AtMostBits& config) {
  return circuits::AtMostOnes{static_cast<std::size_t>(config.k)};
}
InputKind kind_of(const PopcountBits& config) {
  circuits::PopcountBits bits;
  if (config.most) bits.most = static_cast<std::size_t>(*config.most);
  return bits;
}
InputKind kind_of(const OneHotBits& config) {
  return circuits::OneHotBits{
      circuits::zipf_weights(static_cast<std::size_t>(config.tasks), config.exponent), config.p};
}
InputKind kind_of(const ListedBits& config) {
  circuits::TableBits table;
  for (const std::string& text : config.inputs) {
    if (text.find_first_not_of("01") != std::string::npos) {
      throw circuits::Error("the listed input \"" + text + "\" has characters other than 0 and 1");
    }
    if (text.size() != config.inputs[0].size()) {
      throw circuits::Error("listed inputs have different numbers of bits");
    }
    circuits::Bits bits((text.size() + 63) / 64, 0);
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (text[i] == '1') bits[i / 64] |= std::uint64_t{1} << (i % 64);
    }
    table.inputs.push_back(std::move(bits));
  }
  table.weights = config.weights;
  if (table.weights.empty()) table.weights.assign(table.inputs.size(), 1.0);
  return table;
}

}  // namespace

std::optional<circuits::InputDistribution> distribution_of(const BitsConfig& config,
                                                           std::size_t n) {
  return std::visit(
      [&](const auto& kind) -> std::optional<circuits::InputDistribution> {
        if constexpr (std::is_same_v<std::decay_t<decltype(kind)>, AllBits>) {
          if (n > kMostListed) {
            throw circuits::Error("of kind all are for circuits of at most " +
                                  std::to_string(kMostListed) + " inputs");
          }
          return std::nullopt;
        } else {
          if constexpr (std::is_same_v<std::decay_t<decltype(kind)>, ListedBits>) {
            if (!kind.inputs.empty() && kind.inputs[0].size() != n) {
              throw circuits::Error("have " + std::to_string(kind.inputs[0].size()) +
                                    " bits and the circuit " + std::to_string(n) + " inputs");
            }
          }
          return circuits::InputDistribution(kind_of(kind), n);
        }
      },
      config.kind);
}

std::string problem(const BitsConfig& config, std::optional<std::int64_t> n) {
  if (!n) return "";
  try {
    distribution_of(config, static_cast<std::size_t>(*n));
  } catch (const circuits::Error& error) {
    return error.what();
  }
  return "";
}

}  // namespace lab
