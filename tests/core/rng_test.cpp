#include "lab/core/rng.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <numbers>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "lab/core/error.h"
#include "lab/core/hash.h"
#include "statistics.h"

using namespace lab;
using namespace lab::tests;

namespace {

std::string digest(const std::vector<float>& values) {
  return id_of({reinterpret_cast<const char*>(values.data()), values.size() * sizeof(float)});
}

double normal_cdf(double x) {
  return 0.5 * std::erfc(-x / std::numbers::sqrt2);
}

using Fill = void (Draw::*)(std::int64_t, std::int64_t, std::int64_t, float*) const;
std::vector<float> filled(const Draw& draw, Fill fill, std::int64_t first, std::int64_t samples,
                          std::int64_t slots) {
  std::vector<float> out(static_cast<std::size_t>(samples * slots), -1.0F);
  (draw.*fill)(first, samples, slots, out.data());
  return out;
}

}  // namespace

TEST_CASE("philox equals the published known answers") {  // Random123, kat_vectors
  CHECK(philox({0, 0, 0, 0}, {0, 0}) ==
        PhiloxCounter{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8});
  CHECK(philox({~0U, ~0U, ~0U, ~0U}, {~0U, ~0U}) ==
        PhiloxCounter{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd});
  CHECK(philox({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}) ==
        PhiloxCounter{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1});
}

// The words were computed by an independent implementation from the header's description.
TEST_CASE("golden values hold on every machine") {
  const Draw draw("golden", 7);
  Words words = draw.at(5);
  CHECK(words() == 0xebe08d92a6f5bf81);
  CHECK(words() == 0xf914826b4b0cb2ac);
  words = draw.at(5);
  CHECK(words.uniform() == 0x1.d7c11b254deb7p-1);
  CHECK(words.uniform() == 0x1.f22904d696196p-1);
  words = draw.at(5);
  CHECK(words.normal() == doctest::Approx(2.222908613977844).epsilon(1e-9));
  CHECK(draw.at(5).permutation(8) == std::vector<std::int64_t>{7, 0, 2, 1, 5, 6, 3, 4});
  CHECK(draw.at(5).choice(1000000, 3) == std::vector<std::int64_t>{921395, 972969, 154330});

  const auto uniforms = filled(draw, &Draw::uniforms, 3, 1000, 37);
  CHECK(uniforms[0] == 0x1.96c99ap-1F);
  CHECK(uniforms[5] == 0x1.d75dep-3F);
  CHECK(digest(uniforms) == "85de52f515476ded");
  const auto normals = filled(draw, &Draw::normals, 3, 1000, 37);
  CHECK(normals[0] == doctest::Approx(0.0576540).epsilon(1e-5));
  CHECK(digest(normals) == "7bb8389265bb7a17");
  std::vector<float> booleans(37000);
  draw.bernoullis(0.3, 3, 1000, 37, booleans.data());
  CHECK(digest(booleans) == "4c54d402dfe9e32c");
}

TEST_CASE("fills use the words that the header says") {
  const Draw draw("layout", 1);
  const std::int64_t slots = 301;
  const auto uniforms = filled(draw, &Draw::uniforms, 9, 2, slots);
  const auto normals = filled(draw, &Draw::normals, 9, 2, slots);
  std::vector<std::uint32_t> raw(2 * slots);
  draw.words(9, 2, slots, raw.data());
  std::vector<float> booleans(2 * slots);
  draw.bernoullis(0.25, 9, 2, slots, booleans.data());
  for (std::int64_t row = 0; row < 2; ++row) {
    Words words = draw.at(static_cast<std::uint64_t>(9 + row));
    for (std::int64_t slot = 0; slot + 1 < slots; slot += 2) {
      const std::uint64_t pair = words();
      const auto low = static_cast<std::uint32_t>(pair),
                 high = static_cast<std::uint32_t>(pair >> 32);
      const auto at = static_cast<std::size_t>(row * slots + slot);
      CHECK(raw[at] == low);
      CHECK(raw[at + 1] == high);
      CHECK(uniforms[at] == static_cast<float>(low >> 8) * 0x1p-24F);
      CHECK(uniforms[at + 1] == static_cast<float>(high >> 8) * 0x1p-24F);
      CHECK(booleans[at] == (low < 0x40000000U ? 1.0F : 0.0F));
      const double radius = std::sqrt(-2 * std::log((low + 0.5) * 0x1p-32));
      const double angle = 2 * std::numbers::pi * high * 0x1p-32;
      CHECK(std::abs(normals[at] - radius * std::cos(angle)) < 1e-6);
      CHECK(std::abs(normals[at + 1] - radius * std::sin(angle)) < 1e-6);
    }
  }
}

TEST_CASE("any split into batches gives the same numbers") {
  const Draw draw("split", 3);
  const std::vector<std::pair<std::int64_t, std::int64_t>> shapes{
      {50, 1}, {50, 3}, {40, 4}, {30, 20}, {7, 255}, {7, 256}, {7, 257}, {3, 5000}};
  for (const Fill fill : {Fill{&Draw::uniforms}, Fill{&Draw::normals}}) {
    for (const auto& [samples, slots] : shapes) {
      CAPTURE(slots);
      const auto whole = filled(draw, fill, 1000, samples, slots);
      std::vector<float> parts;
      for (std::int64_t at = 0, size = 1; at < samples; at += size, size = 2 * size + 1) {
        const auto part = filled(draw, fill, 1000 + at, std::min(size, samples - at), slots);
        parts.insert(parts.end(), part.begin(), part.end());
      }
      CHECK(whole == parts);
    }
  }
  // A slot's value does not depend on how many slots there are.
  const auto narrow = filled(draw, &Draw::uniforms, 0, 1, 10);
  const auto wide = filled(draw, &Draw::uniforms, 0, 1, 1000);
  CHECK(std::equal(narrow.begin(), narrow.end(), wide.begin()));
}

TEST_CASE("names, seeds and samples beyond 2^32 differ") {
  std::set<std::uint64_t> seen;
  for (const char* name : {"a", "b", "a1", ""}) {
    for (const std::int64_t seed : {0, 1, 11, -1}) {
      for (const std::uint64_t sample : {0ULL, 1ULL, 1ULL << 32, (1ULL << 32) + 1}) {
        seen.insert(Draw(name, seed).at(sample)());
      }
    }
  }
  CHECK(seen.size() == 4 * 4 * 4);
  const Draw draw("a", 0);  // and a fill reaches them as well
  CHECK(filled(draw, &Draw::uniforms, std::int64_t{1} << 32, 1, 1)[0] ==
        static_cast<float>(static_cast<std::uint32_t>(draw.at(1ULL << 32)()) >> 8) * 0x1p-24F);
}

// Each statistical check below has a false-alarm rate of at most 1e-6.
TEST_CASE("uniforms are uniform, and neighbours independent") {
  const std::int64_t n = 200000;
  const auto x = filled(Draw("uniform", 1), &Draw::uniforms, 0, n / 100, 100);
  CHECK(kolmogorov(x, [](double v) { return v; }) < kKolmogorovBound);
  std::vector<double> pairs(256);  // of 16 × 16 cells
  for (std::size_t i = 0; i + 1 < x.size(); i += 2) {
    ++pairs[static_cast<std::size_t>(x[i] * 16) * 16 + static_cast<std::size_t>(x[i + 1] * 16)];
  }
  CHECK(std::abs(uniformity_z(pairs)) < kFiveSigma);
  Words words = Draw("uniform", 2).at(0);
  std::vector<float> y(200000);
  for (float& v : y) v = static_cast<float>(words.uniform());
  CHECK(kolmogorov(y, [](double v) { return v; }) < kKolmogorovBound);
}

TEST_CASE("normals are normal, and their pairs independent") {
  const auto x = filled(Draw("normal", 1), &Draw::normals, 0, 2000, 100);
  CHECK(kolmogorov(x, normal_cdf) < kKolmogorovBound);
  double product = 0, squares = 0, fourth = 0;
  for (std::size_t i = 0; i < x.size(); i += 2) {
    const double a = x[i], b = x[i + 1];
    product += a * b;
    squares += a * a * b * b;
    fourth += a * a * a * a + b * b * b * b;
  }
  const auto n = static_cast<double>(x.size());
  CHECK(std::abs(mean_z(product / (n / 2), n / 2, 0, 1)) < kFiveSigma);
  CHECK(std::abs(mean_z(squares / (n / 2), n / 2, 1, std::sqrt(8.0))) < kFiveSigma);
  CHECK(std::abs(mean_z(fourth / n, n, 3, std::sqrt(96.0))) < kFiveSigma);
  Words words = Draw("normal", 2).at(0);
  std::vector<float> y(200000);
  for (float& v : y) v = static_cast<float>(words.normal());
  CHECK(kolmogorov(y, normal_cdf) < kKolmogorovBound);
}

TEST_CASE("Bernoulli draws have their probability") {
  const Draw draw("bernoulli", 1);
  const std::int64_t n = 400000;
  std::vector<float> x(n);
  for (const double p : {0.0, 1e-3, 0.3, 0.5, 0.97, 1.0}) {
    CAPTURE(p);
    draw.bernoullis(p, 0, n / 10, 10, x.data());
    Words words = Draw("bernoulli", 2).at(0);
    double hits = 0, single = 0;
    for (const float v : x) hits += v, single += words.bernoulli(p) ? 1 : 0;
    if (p == 0 || p == 1) {
      CHECK(hits == p * n);
      CHECK(single == p * n);
    } else {
      CHECK(std::abs(frequency_z(hits, n, p)) < kFiveSigma);
      CHECK(std::abs(frequency_z(single, n, p)) < kFiveSigma);
    }
  }
}

TEST_CASE("below is unbiased") {
  Words words = Draw("below", 1).at(0);
  for (const std::uint64_t n : {1ULL, 2ULL, 7ULL, 100ULL}) {
    std::vector<double> counts(n);
    for (int i = 0; i < 100000; ++i) ++counts.at(words.below(n));
    if (n > 2) CHECK(std::abs(uniformity_z(counts)) < kFiveSigma);
    if (n == 2) CHECK(std::abs(frequency_z(counts[0], 1e5, 0.5)) < kFiveSigma);
  }
  // n = 3·2^62: without rejection a third of the values would be twice as likely.
  std::vector<double> thirds(3);
  for (int i = 0; i < 30000; ++i) ++thirds.at(words.below(3ULL << 62) % 3);
  CHECK(std::abs(uniformity_z(thirds)) < kFiveSigma);
}

TEST_CASE("permutations and choices are uniform") {
  Words words = Draw("permutation", 1).at(0);
  std::vector<double> orders(24), triples(60), sparse(40);
  for (int i = 0; i < 48000; ++i) {
    const auto p = words.permutation(4);
    CHECK(std::set<std::int64_t>(p.begin(), p.end()).size() == 4);
    const std::int64_t b = p[1] - (p[1] > p[0]);
    const std::int64_t c = p[2] - (p[2] > p[0]) - (p[2] > p[1]);
    ++orders.at(static_cast<std::size_t>(p[0] * 6 + b * 2 + c));
    const auto k = words.choice(5, 3);
    const std::int64_t d = k[1] - (k[1] > k[0]);
    const std::int64_t e = k[2] - (k[2] > k[0]) - (k[2] > k[1]);
    ++triples.at(static_cast<std::size_t>(k[0] * 12 + d * 3 + e));
    const auto few = words.choice(40, 2);  // k ≪ n takes the way without the whole list
    CHECK(few[0] != few[1]);
    ++sparse.at(static_cast<std::size_t>(few[0]));
    ++sparse.at(static_cast<std::size_t>(few[1]));
  }
  CHECK(std::abs(uniformity_z(orders)) < kFiveSigma);
  CHECK(std::abs(uniformity_z(triples)) < kFiveSigma);
  CHECK(uniformity_z(sparse) < kFiveSigma);  // two of a draw differ: a little more even than χ²
  CHECK(words.permutation(0).empty());
  CHECK(words.choice(std::int64_t{1} << 50, 3).size() == 3);
}

TEST_CASE("a long choice begins with the short one") {
  const Draw draw("choice", 1);
  const auto all = draw.at(0).choice(1000, 1000), few = draw.at(0).choice(1000, 30);
  CHECK(std::equal(few.begin(), few.end(), all.begin()));
}

TEST_CASE("geometric gaps have their distribution") {
  Words words = Draw("geometric", 1).at(0);
  const double p = 0.3;
  const Geometric common(p), rare(1e-6);
  std::vector<double> counts(12), expected(12);
  const int n = 100000;
  for (int i = 0; i < n; ++i) {
    ++counts[static_cast<std::size_t>(std::min<std::int64_t>(common(words), 11))];
  }
  for (std::size_t k = 0; k < 12; ++k) expected[k] = n * std::pow(1 - p, k) * (k < 11 ? p : 1);
  CHECK(std::abs(chi_square_z(counts, expected)) < kFiveSigma);
  double sum = 0;
  for (int i = 0; i < n; ++i) sum += static_cast<double>(rare(words));
  CHECK(std::abs(mean_z(sum / n, n, 1e6 - 1, 1e6)) < kFiveSigma);
  CHECK(Geometric(1e-300)(words) == std::numeric_limits<std::int64_t>::max());
  const std::int64_t used = words.used();
  CHECK(Geometric(1)(words) == 0);
  CHECK(Geometric(0)(words) == std::numeric_limits<std::int64_t>::max());
  CHECK(words.used() == used);
}

TEST_CASE("a geometric gap is the logarithm of its word, whether the table knows it or not") {
  for (const double p : {1e-9, 1e-4, 0.002, 1.0 / 64, 0.0625, 0.3, 0.5, 0.97, 1 - 1e-12}) {
    CAPTURE(p);
    const Geometric gaps(p);
    Words words = Draw("geometric/words", 2).at(0), same = words;
    int wrong = 0;
    for (int i = 0; i < 20000; ++i) {
      const double u = same.uniform();
      wrong +=
          gaps(words) != static_cast<std::int64_t>(std::floor(std::log(1 - u) / std::log1p(-p)));
    }
    CHECK(wrong == 0);
  }
}

TEST_CASE("words that were drawn ahead are the sample's own") {
  const Draw draw("ahead", 3);
  for (const std::int64_t slots : {0, 4, 12}) {
    CAPTURE(slots);
    std::vector<std::uint32_t> ready(2 * slots);
    draw.words(7, 2, slots, ready.data());
    for (const std::uint64_t row : {0, 1}) {
      Words ahead = draw.at(7 + row, std::span(ready).subspan(row * slots, slots)),
            alone = draw.at(7 + row);
      for (int i = 0; i < 20; ++i) CHECK(ahead() == alone());
      CHECK(ahead.used() == 20);
    }
  }
}

TEST_CASE("arguments out of range are refused") {
  Words words = Draw("", 0).at(0);
  CHECK_THROWS_AS(words.below(0), InputError);
  CHECK_THROWS_AS(Geometric(-0.1), InputError);
  CHECK_THROWS_AS(Geometric(1.5), InputError);
  CHECK_THROWS_AS(Geometric(std::nan("")), InputError);
  CHECK_THROWS_AS(words.bernoulli(-0.1), InputError);
  CHECK_THROWS_AS(words.choice(3, 4), InputError);
  CHECK_THROWS_AS(words.permutation(-1), InputError);
  float out = 0;
  CHECK_THROWS_AS(Draw("", 0).bernoullis(1.01, 0, 1, 1, &out), InputError);
}
