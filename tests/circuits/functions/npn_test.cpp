#include "circuits/functions/npn.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <numeric>

#include "circuits/functions/tables.h"

using namespace circuits;
using nlohmann::json;

namespace {

NpnTransform random_transform(int n, const WordSource& words) {
  return {random_order(n, words),
          static_cast<std::uint32_t>(words()) & ((std::uint32_t{1} << n) - 1),
          below(2, words) == 1};
}

// Representative → size of the class, over all functions of n inputs.
std::map<TruthTable, std::uint64_t> classes(int n) {
  std::map<TruthTable, std::uint64_t> sizes;
  const std::uint64_t functions = std::uint64_t{1} << (1u << n);
  for (std::uint64_t bits = 0; bits < functions; ++bits) {
    ++sizes[npn_form(TruthTable::from_bits(n, bits)).representative];
  }
  return sizes;
}

}  // namespace

TEST_CASE("there are 2, 4, 14 and 222 NPN classes") {
  const std::filesystem::path path =
      LAB_SOURCE_DIR "/../shared/fixtures/circuits/functions/npn.json";
  const bool fixtures = std::filesystem::exists(path);
  if (!fixtures) MESSAGE("representatives skipped: no fixtures");
  const std::vector<std::size_t> counts{1, 2, 4, 14, 222};
  for (int n = 0; n <= 4; ++n) {
    const auto sizes = classes(n);
    CHECK(sizes.size() == counts[static_cast<std::size_t>(n)]);
    if (!fixtures || n == 0) continue;
    std::ifstream file(path);
    const json expected = json::parse(file)["n" + std::to_string(n)];
    json representatives = json::array(), members = json::array();
    for (const auto& [table, size] : sizes) {
      representatives.push_back(table.hex());
      members.push_back(size);
    }
    CHECK(representatives == expected["representatives"]);
    CHECK(members == expected["class_sizes"]);
  }
}

TEST_CASE("the transforms of 5 inputs have 616,126 orbits, by Burnside's lemma") {
  // A transform fixes 2^cycles functions, or none when it negates the output and a cycle of inputs
  // is odd. Its action on inputs is read off its action on the tables of single inputs.
  std::vector<int> order(5);
  std::iota(order.begin(), order.end(), 0);
  std::uint64_t fixed = 0;
  do {
    for (std::uint32_t negated = 0; negated < 32; ++negated) {
      std::array<std::size_t, 32> image{};
      for (std::uint64_t k = 0; k < 32; ++k) {
        const TruthTable point = TruthTable::from_bits(5, std::uint64_t{1} << k);
        image[k] = static_cast<std::size_t>(
            std::countr_zero(apply(point, {order, negated, false}).words()[0]));
      }
      std::array<bool, 32> seen{};
      int cycles = 0;
      bool odd = false;
      for (std::size_t start = 0; start < 32; ++start) {
        std::size_t length = 0;
        for (std::size_t k = start; !seen[k]; k = image[k], ++length) seen[k] = true;
        cycles += length > 0;
        odd = odd || length % 2 == 1;
      }
      fixed += (std::uint64_t{1} << cycles) + (odd ? 0 : std::uint64_t{1} << cycles);
    }
  } while (std::ranges::next_permutation(order).found);
  CHECK(fixed == 616126 * std::uint64_t{7680});
}

TEST_CASE("NPN forms do not depend on the member of the class, and the transform leads there") {
  const WordSource words = splitmix(41);
  for (int round = 0; round < 60; ++round) {
    const int n = round % 6;
    const TruthTable f = random_table(n, words, 1 + round % 2);
    const NpnForm form = npn_form(f);
    CHECK(apply(f, form.transform) == form.representative);
    CHECK(apply(form.representative, inverse(form.transform)) == f);
    CHECK(form.representative.words()[0] <= f.words()[0]);
    const NpnTransform other = random_transform(n, words);
    CHECK(npn_form(apply(f, other)).representative == form.representative);
    CHECK(inverse(inverse(other)) == other);
  }
  CHECK_THROWS_AS(npn_form(TruthTable(6)), Error);
}

TEST_CASE("a transform means what it says") {
  const WordSource words = splitmix(42);
  for (int n = 1; n <= 8; ++n) {
    const TruthTable f = random_table(n, words);
    const NpnTransform t = random_transform(n, words);
    CHECK(apply(f, t) == table_of(n, [&](std::uint64_t x) {
            std::uint64_t y = t.negated;
            for (std::size_t j = 0; j < t.order.size(); ++j) y ^= (x >> t.order[j] & 1) << j;
            return f[y] != t.negate_output;
          }));
  }
  CHECK_THROWS_AS(apply(TruthTable(3), {{0, 1, 2}, 8, false}), Error);
  CHECK_THROWS_AS(apply(TruthTable(3), {{0, 1, 1}, 0, false}), Error);
  CHECK_THROWS_AS(apply(TruthTable(3), {{0, 1}, 0, false}), Error);
}
