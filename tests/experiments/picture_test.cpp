#include "experiments/picture_panels.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <doctest/doctest.h>

#include <cmath>

#include "experiments/experiment.h"
#include "lab/core/error.h"
#include "lab/placements/placement.h"
#include "lab/sweep/store.h"
#include "lab/tensors/tensors.h"

using namespace lab;

namespace {

Truth plain_truth(std::int64_t features) {
  Truth truth;
  for (std::int64_t i = 0; i < features; ++i)
    truth.features.push_back({"f" + std::to_string(i), i, 1});
  return truth;
}

std::vector<std::int64_t> counted(std::int64_t count) {
  std::vector<std::int64_t> numbers;
  for (std::int64_t i = 0; i < count; ++i) numbers.push_back(i);
  return numbers;
}

double distance(const Table& points, std::size_t a, std::size_t b) {
  double sum = 0;
  for (std::size_t k = 3; k < 6; ++k) sum += std::pow(points.rows[a][k] - points.rows[b][k], 2);
  return std::sqrt(sum);
}

// Makes stages on demand and keeps nothing: a store for one picture.
class Workshop : public Context {
 public:
  Product need(const std::string& id) override { return products_.at(id); }
  const StopToken& stop() const override { return token_; }
  Product make(const StagePtr& stage) {
    for (const StagePtr& need : stage->needs) {
      if (!products_.contains(need->id)) products_[need->id] = make(need);
    }
    return stage->make(*this);
  }

 private:
  StopToken token_;
  std::map<std::string, Product> products_;
};

}  // namespace

TEST_CASE("a cube in 10 dimensions is drawn with a cube's distances and its 12 edges") {
  at::set_num_threads(1);
  const at::Tensor turn =
      std::get<0>(at::linalg_qr(normals(Draw("test/cube", 1), 0, 10, 3).to(at::kDouble)));
  const at::Tensor vertices = platonic_vertices("cube");
  const at::Tensor vectors = vertices.mm(turn.t());
  Record record;
  add_panels(record, plain_truth(8), {{"polyhedron", "cube", counted(8), {}, "cube"}}, vectors, {});
  const Table& points = record.tables.at("points");
  REQUIRE(points.rows.size() == 8);
  const at::Tensor wanted = at::cdist(vertices, vertices);
  for (std::size_t i = 0; i < 8; ++i) {
    for (std::size_t j = 0; j < 8; ++j) {
      CHECK(distance(points, i, j) ==
            doctest::Approx(wanted[static_cast<int>(i)][static_cast<int>(j)].item<double>()));
    }
  }
  CHECK(record.tables.at("edges").rows.size() == 12);
}

TEST_CASE("a feature of two coordinates is a round ring") {
  Truth truth;
  truth.features.push_back({"hue", 0, 2});
  const at::Tensor frames = at::eye(5, at::kDouble).narrow(0, 1, 2) * 3;
  Record record;
  add_panels(record, truth, {}, frames, {});
  int around = 0;
  for (const auto& row : record.tables.at("points").rows) {
    if (row[1] != 2) continue;
    ++around;
    CHECK(std::hypot(row[3], row[4]) == doctest::Approx(3));
    CHECK(row[5] == 0);
  }
  CHECK(around == 24);
  CHECK(record.tables.at("panels").labels == std::vector<std::string>{"hue"});
}

TEST_CASE("panels hold at most 256 true vectors and 64 atoms") {
  Record record;
  const at::Tensor many = normals(Draw("test/many", 1), 0, 300, 4).to(at::kDouble);
  std::vector<std::int64_t> alone(300, -1);
  add_panels(record, plain_truth(300), {}, many, {many, alone});
  int truths = 0, atoms = 0;
  for (const auto& row : record.tables.at("points").rows) {
    truths += row[1] == 0;
    atoms += row[1] == 1;
  }
  CHECK(truths == 256);
  CHECK(atoms == 64);
}

TEST_CASE("the oracle's cosines are the identity once its latents are in order") {
  at::set_num_threads(1);
  const json run = {
      {"kind", "recover"},
      {"world", {{"kind", "sparse"}, {"features", 6}}},
      {"subject", {{"kind", "embedding"}, {"width", 8}, {"placement", "orthonormal"}}},
      {"decomposer", {{"kind", "fixed"}, {"atoms", "truth"}, {"encoder", "nnls"}}},
      {"scores", {{"samples", 64}}}};
  Workshop workshop;
  const Record record = workshop.make(compose_picture(run)).record;
  const Table& cosines = record.tables.at("cosines");
  REQUIRE(cosines.rows.size() == 36);
  for (const auto& row : cosines.rows) {
    CHECK(row[3] == doctest::Approx(row[1] == row[2] ? 1.0 : 0.0).epsilon(1e-5));
  }
  CHECK(record.tables.at("coordinates").labels.size() == 6);
}
