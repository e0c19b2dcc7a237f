// Descriptions of firings: what was planted is found, at its length, and nothing is said of noise.
#include "lab/scores/descriptions.h"

#include <ATen/ATen.h>
#include <doctest/doctest.h>

#include "lab/core/error.h"
#include "scores/random_tensors.h"

using namespace lab;
using namespace random_tensors;

namespace {

// All inputs of n bits, [2^n, n].
at::Tensor all_bits(std::int64_t n) {
  return at::arange(1 << n)
      .unsqueeze(1)
      .bitwise_right_shift(at::arange(n))
      .bitwise_and(1)
      .to(at::kBool);
}

const std::vector<Letter> letters{{"a"}, {"b"}, {"c"}, {"d"}, {"e"}, {"f"}, {"g", true}};

// a … f, and the gate g = (a ∧ b) ⊕ c.
at::Tensor letter_values() {
  const at::Tensor x = all_bits(6);
  const at::Tensor g = (x.select(1, 0) & x.select(1, 1)) ^ x.select(1, 2);
  return at::cat({x, g.unsqueeze(1)}, 1);
}

Description describe(const at::Tensor& fires_B) {
  return describe_firings(fires_B.unsqueeze(1), letter_values(), letters, {}).front();
}

}  // namespace

TEST_CASE("each kind is found with the fewest literals") {
  const at::Tensor x = letter_values();
  const auto at = [&](int i) { return x.select(1, i); };
  struct Case {
    at::Tensor fires;
    Firing kind;
    std::int64_t length;
    std::string text;
  };
  for (const Case& c : std::vector<Case>{
           {at(0), Firing::input, 1, "a"},
           {at(4).logical_not(), Firing::input, 1, "not e"},
           {at(6), Firing::gate, 1, "g"},
           {at(6).logical_not(), Firing::gate, 1, "not g"},
           {at(1) & at(3).logical_not(), Firing::conjunction, 2, "b and not d"},
           {at(0) | at(3) | at(5), Firing::disjunction, 3, "a or d or f"},
           {at(0) ^ at(3) ^ at(4), Firing::parity, 3, "a xor d xor e"},
           {at(3) & (at(4) | at(5)), Firing::mixture, 3, "d and (e or f)"},
           {at(1) & at(3) & at(4) & at(5), Firing::conjunction, 4, "b and d and e and f"},
           {at::zeros({64}, at::kBool), Firing::dead, 0, ""},
           {at::ones({64}, at::kBool), Firing::dead, 0, ""}}) {
    const Description found = describe(c.fires);
    CAPTURE(found.text);
    CHECK(found.kind == c.kind);
    CHECK(found.length == c.length);
    CHECK(found.text == c.text);
    if (c.kind != Firing::dead) CHECK(std::min(found.sensitivity, found.specificity) == 1);
  }
}

TEST_CASE("the threshold is what it says: one firing missed in twenty, and not one more") {
  const at::Tensor a = at::arange(400) < 200;
  at::Tensor fires = a.clone();
  fires.narrow(0, 0, 5).fill_(false);    // silent on 5 of 200; of the 195 firings a says all
  fires.narrow(0, 200, 10).fill_(true);  // and 10 firings that a does not say, of 205
  const auto say = [&](const at::Tensor& firing, double tau) {
    return describe_firings(firing.unsqueeze(1), a.unsqueeze(1), {{"a"}}, {.tau = tau}).front();
  };
  const Description found = say(fires, .95);
  CHECK(found.text == "a");
  CHECK(found.sensitivity == doctest::Approx(195. / 205));
  CHECK(found.specificity == doctest::Approx(190. / 195));
  CHECK(say(fires, .952).kind == Firing::mixture);
  CHECK(say(fires, .952).text == "");
}

TEST_CASE("beyond 4096 rows what is searched on some is checked on all") {
  const at::Tensor x = all_bits(14);
  std::vector<Letter> names;
  for (int i = 0; i < 14; ++i) names.push_back({"x" + std::to_string(i)});
  for (const int other : {0, 1, 2, 12}) {  // fast and slow bits of the count
    const at::Tensor fires = (x.select(1, 13) & x.select(1, other)).unsqueeze(1);
    const Description found = describe_firings(fires, x, names, {}).front();
    CHECK(found.text == "x" + std::to_string(other) + " and x13");
    CHECK(found.sensitivity == 1);
    CHECK(found.specificity == 1);
  }
}

TEST_CASE("a short formula that is good enough on some rows alone does not hide a longer one") {
  // On 2^14 rows a or b, where b adds 1 in 19 firings: whether a alone reaches .95 depends on the rows.
  const std::int64_t rows = 1 << 14;
  const at::Tensor a = at::arange(rows) % 2 == 0, b = at::arange(rows) % 38 == 1;
  const at::Tensor letters_BL = at::stack({a, b}, 1), fires = a | b;
  // Just above what a alone says on all rows.
  const double alone = a.sum().item<double>() / fires.sum().item<double>();
  const Description found =
      describe_firings(fires.unsqueeze(1), letters_BL, {{"a"}, {"b"}}, {.tau = alone + 1e-6})
          .front();
  CHECK(found.text == "a or b");
}

TEST_CASE(
    "shares add up, an order of latents changes nothing, shuffled firings get no description") {
  const at::Tensor x = letter_values();
  const at::Tensor fires =
      at::cat({x.narrow(1, 5, 2), x.narrow(1, 0, 1) & x.narrow(1, 1, 1),
               at::zeros({64, 1}, at::kBool), bits("noise", 64, 2, .5).to(at::kBool)},
              1);
  const Draw draw("test/descriptions", 1);
  const Descriptions found = descriptions("latents", fires, x, letters, {}, 10, draw);
  double sum = 0;
  for (const char* kind :
       {"dead", "input", "gate", "conjunction", "disjunction", "parity", "mixture"})
    sum += found.scores.at(std::string("latents_") + kind).value;
  CHECK(sum == doctest::Approx(1));
  CHECK(found.scores.at("latents_gate").value == doctest::Approx(1. / 6));
  CHECK(found.scores.at("latents_mixture").value == doctest::Approx(2. / 6));
  CHECK(found.scores.at("latents_described").value == doctest::Approx(3. / 5));
  CHECK(found.scores.at("latents_described_null").value < .05);
  CHECK(found.scores.at("description_length").value == doctest::Approx(4. / 3));
  CHECK(found.table.labels[1] == "g");
  const Descriptions turned = descriptions("latents", fires.flip({1}), x, letters, {}, 0, draw);
  for (const char* name : {"latents_described", "description_length", "latents_gate"})
    CHECK(turned.scores.at(name).value == found.scores.at(name).value);
  CHECK_FALSE(descriptions("latents", fires.narrow(1, 0, 0), x, letters, {}, 2, draw)
                  .scores.at("latents_described")
                  .present);
  CHECK_THROWS_AS(describe_firings(fires, x, {{"a"}}, {}), InputError);
}

TEST_CASE("by chance a latent is described when it fires on two inputs, and not when on twenty") {
  const at::Tensor x = all_bits(8);
  std::vector<Letter> names;
  for (int i = 0; i < 8; ++i) names.push_back({"x" + std::to_string(i)});
  const auto share = [&](std::int64_t firing) {
    const at::Tensor fires = at::zeros({256, 50}, at::kBool);
    for (int m = 0; m < 50; ++m) {
      Words words = draw("chance").at(static_cast<std::uint64_t>(m));
      for (const std::int64_t row : words.choice(256, firing)) fires[row][m] = true;
    }
    return descriptions("latents", fires, x, names, {}, 0, draw("chance"))
        .scores.at("latents_described")
        .value;
  };
  CHECK(share(1) == 1);
  // Two inputs that agree on 5 of 8 bits: 92 of 255 pairs (4 literals would say 14 silences of 254). Within
  // three standard deviations of a share of 50.
  CHECK(std::abs(share(2) - 92. / 255) < .2);
  CHECK(share(20) == 0);
  CHECK(share(128) == 0);
}
