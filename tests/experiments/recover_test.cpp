#include "experiments/recover.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <doctest/doctest.h>

#include <set>

#include "experiments/experiment.h"
#include "experiments/measure.h"
#include "experiments/memory.h"
#include "experiments/stages.h"
#include "lab/core/error.h"
#include "lab/scores/reconstruction.h"

namespace lab {
namespace {

json run_of(const json& world, const json& subject, const json& decomposer, int seed = 0) {
  return {{"kind", "recover"},        {"world", world},
          {"subject", subject},       {"seed", seed},
          {"decomposer", decomposer}, {"scores", {{"samples", 1024}, {"nulls", 5}}}};
}

std::map<std::string, Score> scores_of(const json& run) {
  at::set_num_threads(1);
  return Memory().make(compose(run)).record.scores;
}

const json sparse = {
    {"kind", "sparse"}, {"features", 12}, {"probability", {{"kind", "equal"}, {"p", 0.2}}}};
const json embedding = {
    {"kind", "embedding"}, {"width", 16}, {"placement", "orthonormal"}, {"bias", 1}};
const json oracle = {{"kind", "fixed"}, {"atoms", "truth"}};

TEST_CASE("the oracle recovers everything that there is") {
  const auto scores = scores_of(run_of(sparse, embedding, oracle));
  for (const char* name : {"mcc", "mmcs", "f1", "precision", "recall", "frac_recovered@.9", "ml2r",
                           "activation_mcc", "phi_best", "auroc", "explained_variance"}) {
    CAPTURE(name);
    REQUIRE(scores.at(name).present);
    CHECK(scores.at(name).value == doctest::Approx(1).epsilon(1e-4));
  }
  CHECK(scores.at("l0").value == doctest::Approx(scores.at("true_l0").value));
  CHECK(scores.at("dead").value == 0);
  CHECK(scores.at("mcc_p").value == doctest::Approx(1.0 / 6));  // the least that five draws allow
}

TEST_CASE("a score that does not apply is absent with a reason") {
  const auto scores = scores_of(run_of(sparse, embedding, "pca"));
  for (const char* name : {"f1", "l0", "order_exact", "gate_phi", "task_loss", "exact", "n_.9"}) {
    CAPTURE(name);
    CHECK_FALSE(scores.at(name).present);
    CHECK(scores.at(name).reason != "");
  }
  CHECK(scores.at("mcc").present);
}

TEST_CASE("order is asked for where the truth has it, and nowhere else") {
  const json days = {{"kind", "ordered_groups"}, {"groups", {{{"name", "days"}, {"size", 7}}}}};
  const json circle = {{"kind", "embedding"},
                       {"width", 8},
                       {"placement", {{"kind", "circle"}, {"frequencies", {1}}}}};
  const auto right = scores_of(run_of(days, circle, oracle));
  CHECK(right.at("order_exact").value == 1);
  CHECK(right.at("circularity").value == doctest::Approx(1).epsilon(1e-4));
  CHECK(right.at("truth_order_exact").value == 1);
  const json random = {{"kind", "embedding"}, {"width", 8}, {"placement", "random"}};
  const auto wrong = scores_of(run_of(days, random, oracle));
  CHECK(wrong.at("mcc").value == doctest::Approx(1).epsilon(1e-4));
  CHECK(wrong.at("truth_order_exact").value == 0);  // chance: 2/6!
  CHECK_FALSE(wrong.at("order_exact").present);
}

TEST_CASE("continuous circles: the oracle's coordinates may be negative") {
  const json circles = {{"kind", "circles"}, {"circles", 3}, {"p", 0.3}};
  const auto scores = scores_of(run_of(circles, embedding, oracle));
  CHECK(scores.at("fvu").value < 1e-6);
  CHECK(scores.at("n_.9").value <= 2);
  CHECK_FALSE(scores.at("f1").present);
}

TEST_CASE("a network emulates its circuit, and its gates are estimated") {
  const json circuit = {{"kind", "given"},
                        {"inputs", {"a", "b"}},
                        {"gates", {{{"name", "x"}, {"op", "xor"}, {"in", {"a", "b"}}}}},
                        {"outputs", {{{"name", "y"}, {"node", "x"}}}}};
  const json world = {{"kind", "boolean"}, {"circuit", circuit}};
  const json mlp = {{"kind", "mlp"},
                    {"widths", {16}},
                    {"training",
                     {{"steps", 600},
                      {"batch", 64},
                      {"loss", "bce"},
                      {"optimizer", {{"kind", "adam"}, {"lr", 0.02}}}}}};
  const auto scores = scores_of(run_of(world, mlp, oracle));
  CHECK(scores.at("exact").value == 1);
  CHECK(scores.at("wrong_inputs").value == 0);
  CHECK(scores.at("margin").value > 0);
  CHECK(scores.contains("mcc_estimated"));
  CHECK_FALSE(scores.contains("mcc"));
  CHECK(scores.at("direction_r2").value > 0.5);
  CHECK(scores.at("loss_recovered").present);
}

TEST_CASE("what LibTorch throws becomes a failure of one line") {
  const auto mismatch = []() -> Product {
    at::mm(at::ones({2, 3}), at::ones({2, 3}));
    return {};
  };
  try {
    without_backtraces(mismatch);
    FAIL("nothing was thrown");
  } catch (const Failure& failure) {
    const std::string message = failure.what();
    CHECK(message.starts_with("LibTorch: "));
    CHECK(message.find('\n') == std::string::npos);
  }
}

TEST_CASE("codes by chance say nothing about gates, however often each input is drawn") {
  // 16 inputs, 64 times each: rows are copies, and no latent knows the gates of a random tap.
  const json world = {{"kind", "boolean"},
                      {"circuit", {{"kind", "parity"}, {"inputs", 4}, {"k", 4}, {"fan_in", 4}}}};
  const json linear = {
      {"kind", "mlp"}, {"widths", {8}}, {"activation", "linear"}, {"training", {{"steps", 0}}}};
  const json random = {
      {"kind", "fixed"}, {"atoms", {{"kind", "random"}, {"latents", 64}}}, {"encoder", "relu"}};
  // Parity is independent of every linear function's sign; halves of 8 inputs scatter widely, so
  // that only the mean over seeds tells: without copies it is 0 ± .1.
  double sum = 0;
  for (int seed = 0; seed < 12; ++seed) {
    const Score phi = scores_of(run_of(world, linear, random, seed)).at("gate_phi");
    if (phi.present) sum += phi.value / 12;
  }
  CHECK(sum < 0.35);
}

TEST_CASE("stages are shared by what they depend on, and by nothing else") {
  const auto ids = [](const json& run) {
    std::map<std::string, std::string> by_name;
    std::vector<StagePtr> open{compose(run)};
    while (!open.empty()) {
      const StagePtr stage = open.back();
      open.pop_back();
      by_name[stage->name] = stage->id;
      open.insert(open.end(), stage->needs.begin(), stage->needs.end());
    }
    return by_name;
  };
  const auto base = ids(run_of(sparse, embedding, {{"kind", "topk"}, {"k", 2}}));
  CHECK(base.size() == 4);
  const auto other_k = ids(run_of(sparse, embedding, {{"kind", "topk"}, {"k", 3}}));
  CHECK(other_k.at("train") == base.at("train"));
  CHECK(other_k.at("examine") == base.at("examine"));
  CHECK(other_k.at("fit") != base.at("fit"));
  json scored = run_of(sparse, embedding, {{"kind", "topk"}, {"k", 2}});
  scored["scores"]["nulls"] = 6;
  CHECK(ids(scored).at("fit") == base.at("fit"));
  CHECK(ids(scored).at("evaluate") != base.at("evaluate"));

  // A refit stands on the very fit whose atoms it takes over; this inner one is met last.
  const json around = {{"kind", "refit"}, {"decomposer", {{"kind", "topk"}, {"k", 2}}}};
  CHECK(ids(run_of(sparse, embedding, around)).at("fit") == base.at("fit"));
  CHECK(ids(run_of(sparse, embedding, around)).at("evaluate") != base.at("evaluate"));

  json pinned = run_of(sparse, embedding, {{"kind", "topk"}, {"k", 2}}, 1);
  CHECK(ids(pinned).at("train") != base.at("train"));
  pinned["world"]["seed"] = 0;
  pinned["subject"]["seed"] = 0;
  CHECK(ids(pinned).at("train") == base.at("train"));  // seed consistency: only the SAE differs
  CHECK(ids(pinned).at("fit") != base.at("fit"));
  pinned["decomposer"] = "pca";  // uses no seed
  json plain = run_of(sparse, embedding, "pca", 0);
  CHECK(ids(pinned).at("evaluate") == ids(plain).at("evaluate"));
}

TEST_CASE("an SAE's atoms with optimal codes reconstruct better, from one config and no files") {
  const json sae = {{"kind", "relu_l1"}, {"latents", 24}, {"steps", 300}};
  const json anew = {{"kind", "refit"}, {"decomposer", sae}, {"encoder", "nnls"}};
  const auto own = scores_of(run_of(sparse, embedding, sae)),
             refitted = scores_of(run_of(sparse, embedding, anew));
  CHECK(refitted.at("mcc").value == own.at("mcc").value);
  CHECK(refitted.at("fvu").value < own.at("fvu").value);
}

TEST_CASE("probes that saw the truth: values by one, presence by the other") {
  const auto linear = scores_of(run_of(sparse, embedding, "linear_probe")),
             logistic = scores_of(run_of(sparse, embedding, "logistic_probe"));
  CHECK(linear.at("activation_mcc").value > .9);
  CHECK_FALSE(linear.at("f1").present);
  CHECK(logistic.at("f1").value > .8);
}

TEST_CASE("a tree's dictionary is faithful or absorbed, and bits are those of its l0") {
  const json pair = {{"kind", "pair"}, {"background", 6}, {"p_background", 0.1}};
  const json planted = {{"kind", "embedding"}, {"width", 16}, {"placement", "orthonormal"}};
  const Record faithful = Memory().make(compose(run_of(pair, planted, oracle))).record;
  CHECK(faithful.scores.at("class_faithful").value == 1);
  CHECK(faithful.scores.at("class_other").value == 0);
  CHECK(faithful.scores.at("class_pairs").value == 1);
  CHECK(faithful.scores.at("class_faithful_null").value == 0);
  const Table& table = faithful.tables.at("hierarchy");
  CHECK(table.labels == std::vector<std::string>{"parent → child"});
  CHECK(table.rows[0][2] == 0);
  const double l0 = faithful.scores.at("l0").value;
  CHECK(faithful.scores.at("bits").value == doctest::Approx(code_bits(l0, 8, 8).value));
  json run = run_of(pair, planted, oracle);
  run["bits_per_code"] = 3;
  CHECK(scores_of(run).at("bits").value == doctest::Approx(code_bits(l0, 8, 3).value));

  const auto tree = scores_of(
      run_of({{"kind", "tree"}, {"singles", 0}},
             {{"kind", "embedding"}, {"width", 24}, {"placement", {{"kind", "tree"}}}}, oracle));
  CHECK(tree.at("class_faithful").value == 1);
  const auto flat = scores_of(run_of(sparse, embedding, oracle));
  CHECK(flat.at("class_faithful").reason.find("no tree") != std::string::npos);
  CHECK_FALSE(scores_of(run_of(sparse, embedding, "pca")).at("bits").present);
}

TEST_CASE("a dictionary that normalises its inputs has no scores of length") {
  const std::string path =
      std::string(LAB_SOURCE_DIR) + "/tests/data/sae/saelens/gated_layer_norm";  // of width 12
  const json given = {{"kind", "sae"}, {"path", path}};
  const json subject = {{"kind", "embedding"}, {"width", 12}, {"placement", "random"}};
  for (const json& world : {json{{"kind", "tree"}}, json{{"kind", "circles"}, {"circles", 3}}}) {
    const auto scores = scores_of(run_of(world, subject, given));
    const bool plain = world["kind"] == "tree";
    for (const char* name : {"l1", "ml2r", "placement_procrustes", "placement_residual",
                             plain ? "absorption" : "n_.9", plain ? "absorption_p" : "capture@1"}) {
      const std::string at = std::string(name) + ": " + scores.at(name).reason;
      CHECK_MESSAGE(at.find("normalises its inputs") != std::string::npos, at);
    }
    for (const char* name : {"mcc", "mmcs", "gram_correlation", "fvu", "l0", "bits", "auroc"}) {
      CHECK_MESSAGE(scores.at(name).present, std::string(name));
    }
  }
}

TEST_CASE("the same key gives the same bits") {
  const json run =
      run_of(sparse, embedding, {{"kind", "topk"}, {"k", 2}, {"latents", 16}, {"steps", 30}});
  const auto first = scores_of(run), second = scores_of(run);
  for (const auto& [name, score] : first) {
    CAPTURE(name);
    CHECK(score.value == second.at(name).value);
  }
}

TEST_CASE("a mean over relations stands only when each of them has a score") {
  const Scores a{{"x", Score::of(1)}, {"y", Score::absent("because")}};
  const Scores b{{"x", Score::of(3)}, {"y", Score::of(9)}};
  const Scores mean = mean_of({a, b}, {}, "");
  CHECK(mean.at("x").value == 2);
  CHECK(mean.at("y").reason == "because");
  CHECK(mean_of({}, {"x"}, "none").at("x").reason == "none");
}

}  // namespace
}  // namespace lab
