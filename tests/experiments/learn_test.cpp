#include "experiments/learn.h"

#include <ATen/Parallel.h>
#include <doctest/doctest.h>

#include "experiments/experiment.h"
#include "experiments/memory.h"
#include "lab/core/config.h"

namespace lab {
namespace {

Record learnt(const json& training, const json& world) {
  at::set_num_threads(1);
  const json subject = {{"kind", "mlp"}, {"widths", {32}}, {"training", training}};
  return Memory().make(compose({{"kind", "learn"}, {"world", world}, {"subject", subject}})).record;
}

const json parity = {{"kind", "boolean"},
                     {"circuit", {{"kind", "parity"}, {"inputs", 6}, {"k", 2}}}};

TEST_CASE("a network that stops when exact is exact, and the record says after how many steps") {
  const Record record = learnt({{"steps", 4000},
                                {"batch", 64},
                                {"loss", "bce"},
                                {"log_every", 20},
                                {"optimizer", {{"kind", "adam"}, {"lr", 0.01}}},
                                {"evaluation", {{"stop", "exact"}}}},
                               parity);
  CHECK(record.scores.at("exact").value == 1);
  CHECK(record.scores.at("margin").value > 0);
  CHECK(record.scores.at("steps_to_exact").value == record.scores.at("train_steps").value);
  CHECK(record.scores.at("steps_to_exact").value < 4000);
  CHECK(record.tables.at("steps").rows.back()[0] == record.scores.at("train_steps").value);
  CHECK_FALSE(record.scores.at("grokking_delay").present);  // there is no training set
}

TEST_CASE("what the training does not measure is absent with a reason") {
  const Record record = learnt({{"steps", 5}}, parity);
  for (const char* name : {"steps_to_test_99", "steps_to_exact", "test_loss", "steps_to_loss"}) {
    CAPTURE(name);
    CHECK_FALSE(record.scores.at(name).present);
    CHECK(record.scores.at(name).reason != "");
  }
  CHECK(record.scores.at("exact").value == 0);
}

TEST_CASE("a set that is learnt by heart and generalises has a delay between the two") {
  const Record record =
      learnt({{"steps", 3000},
              {"batch", 32},
              {"loss", "bce"},
              {"log_every", 10},
              {"optimizer", {{"kind", "adamw"}, {"lr", 0.01}, {"weight_decay", 0.3}}},
              {"data", {{"kind", "listed"}, {"share", 0.8}, {"full_batch", false}}},
              {"evaluation", {{"stop", "accuracy"}, {"accuracy", 1}}}},
             parity);
  CHECK(record.scores.at("exact").value == 1);
  CHECK(record.scores.at("grokking_delay").value > 0);  // by heart first
}

}  // namespace
}  // namespace lab
