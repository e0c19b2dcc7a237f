// Networks on two tokens: what is alike in both, and hooks.
#include "lab/subjects/two_tokens.h"

#include <ATen/ATen.h>
#include <doctest/doctest.h>

#include "lab/core/config.h"
#include "lab/core/error.h"
#include "lab/subjects/place.h"

using namespace lab;

namespace {

std::unique_ptr<World> residues() {
  return make_world(
      read_config<WorldConfig>(parse_json(R"({"kind": "residues", "modulus": 7})", "test")), 1);
}

std::unique_ptr<Subject> subject_of(const std::string& text, const World& world) {
  return make_subject(read_config<SubjectConfig>(parse_json(text, "test")), world, 1);
}

// The same pairs with a and b exchanged.
Batch swapped(const Batch& batch) {
  Batch other = batch;
  const auto halves = batch.inputs_BN.chunk(2, 1);
  other.inputs_BN = at::cat({halves[1], halves[0]}, 1);
  return other;
}

}  // namespace

TEST_CASE(
    "a shared embedding that is added does not tell a + b from b + a; one behind the other does") {
  const auto world = residues();
  const Batch all = world->enumerate(0, 49);
  const auto sum =
      subject_of(R"({"kind": "embedding_mlp", "embed_width": 8, "widths": [12]})", *world);
  CHECK(at::allclose(sum->run(all), sum->run(swapped(all)), 1e-4, 1e-5));
  const auto apart = subject_of(
      R"({"kind": "embedding_mlp", "embed_width": 8, "widths": [12], "combine": "concatenate"})",
      *world);
  CHECK_FALSE(at::allclose(apart->run(all), apart->run(swapped(all)), 1e-4, 1e-5));
}

TEST_CASE("exchanging any whole tap makes the source's output, where nothing goes round it") {
  const auto world = residues();
  const Batch base = world->enumerate(0, 20), source = world->enumerate(20, 20);
  for (const std::string text :
       {R"({"kind": "embedding_mlp", "embed_width": 8, "widths": [12]})",
        R"({"kind": "attention", "width": 8, "heads": 2, "mlp": 12, "rate": 0.5})"}) {
    const auto subject = subject_of(text, *world);
    CHECK(subject->run(base).sizes() == at::IntArrayRef({20, 7}));
    CHECK(at::allclose(run_exchanged(*subject, base, source, {whole_tap("embed")}),
                       subject->run(source), 1e-4, 1e-5));
    CHECK(at::equal(run_exchanged(*subject, base, base, {whole_tap("layer0.post")}),
                    subject->run(base)));
    const auto other = subject_of(text, *world);
    other->set_weights(subject->weights());
    CHECK(at::equal(other->run(base), subject->run(base)));
    CHECK_THROWS_AS(other->set_weights({}), InputError);
  }
}
