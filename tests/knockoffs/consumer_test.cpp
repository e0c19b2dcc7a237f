#include "lab/knockoffs/consumer.h"

#include <algorithm>
#include <cmath>

#include "knockoffs/spaces.h"
#include "lab/core/error.h"

using namespace lab;
using namespace lab::tests;

namespace {

ConsumerConfig small(std::int64_t steps) {
  return {MlpConsumer{.widths = {64}, .steps = steps}, 0.7, {}};
}

double score(const Record& record, const std::string& name) {
  REQUIRE(record.scores.at(name).present);
  return record.scores.at(name).value;
}

}  // namespace

TEST_CASE("the split is a partition of the right size that depends on its seed alone") {
  for (const double share : {0.01, 0.6, 0.999}) {
    const InputSplit split = split_support(100, share, 4);
    CHECK(split.train.size() ==
          std::clamp<std::size_t>(static_cast<std::size_t>(share * 100), 1, 99));
    std::vector<std::int64_t> all = split.train;
    all.insert(all.end(), split.held_out.begin(), split.held_out.end());
    std::sort(all.begin(), all.end());
    for (std::int64_t i = 0; i < 100; ++i) CHECK(all[static_cast<std::size_t>(i)] == i);
    CHECK(split_support(100, share, 4).train == split.train);
    CHECK(split_support(100, share, 5).train != split.train);
  }
  CHECK(split_support(961, 0.6, 0).train.size() == 576);
  CHECK_THROWS_AS(split_support(1, 0.5, 0), InputError);
}

// Trained on 4 of 5 pairs of residues modulo 17; a memoriser would be right on none of the others.
TEST_CASE("a consumer learns the true placement and not the permuted one") {
  const TrueSpace truth = residues_space(17, 16, "sum", {.frequencies = {1, 2, 3, 5}});
  const ConsumerConfig config{MlpConsumer{.steps = 1000}, 0.8, {}};
  const auto accuracy = [&](const BuilderConfig& builder) {
    const Record record = consume(config, *truth.world, truth.build(builder), 1, StopToken{});
    CHECK(score(record, "train_accuracy") == 1);
    CHECK(score(record, "train_steps") == 1000);
    return score(record, "held_out_accuracy");
  };
  CHECK(accuracy({TruthBuilder{}}) > 0.6);
  CHECK(accuracy({Permuted{}}) < 0.1);
}

TEST_CASE("reading one variable asks for no structure") {
  const TrueSpace truth = residues_space(11, 12, "first");
  for (const BuilderConfig& builder : {BuilderConfig{Permuted{}}, BuilderConfig{Orthogonal{}}}) {
    const Record record = consume(small(600), *truth.world, truth.build(builder), 1, StopToken{});
    CHECK(score(record, "held_out_accuracy") == 1);
  }
}

TEST_CASE("the same seed gives the same bits, and another one others") {
  const TrueSpace truth = residues_space(7, 12);
  const auto loss = [&](std::int64_t seed) {
    return score(consume(small(5), *truth.world, truth.frames_CD, seed, StopToken{}), "train_loss");
  };
  CHECK(loss(1) == loss(1));
  CHECK(loss(1) != loss(2));
}

// Cross-entropy of outputs that say nothing is ln T.
TEST_CASE("an untrained consumer on no activations at all knows nothing") {
  const TrueSpace truth = residues_space(7, 12);
  MlpConsumer linear{.widths = {}, .init = "he", .steps = 1};
  const Record record =
      consume({linear, 0.6, {}}, *truth.world, at::zeros({14, 12}), 1, StopToken{});
  CHECK(score(record, "train_loss") == doctest::Approx(std::log(7)));
}

TEST_CASE("worlds that cannot be listed or have no classes are refused in words") {
  const auto endless = make_world({Sparse{}, {}}, 1);
  CHECK_THROWS_WITH_AS(
      consume({}, *endless, at::eye(endless->truth().coordinates()), 1, StopToken{}),
      doctest::Contains("cannot be listed"), InputError);
  const auto bits = make_world({Boolean{}, {}}, 1);
  CHECK_THROWS_WITH_AS(consume({}, *bits, at::eye(bits->truth().coordinates()), 1, StopToken{}),
                       doctest::Contains("one class each"), InputError);
}
