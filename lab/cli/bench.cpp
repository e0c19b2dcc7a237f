#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <iostream>
#include <nlohmann/json.hpp>

#include "circuits/evaluation/benchmark.h"
#include "experiments/stages.h"
#include "lab/cli/options.h"
#include "lab/core/config.h"
#include "lab/core/error.h"
#include "lab/scores/assignment.h"
#include "lab/sweep/bench.h"
#include "lab/tensors/tensors.h"
#include "lab/worlds/sampling_rates.h"

namespace lab {
namespace {

double seconds_of(const std::function<void()>& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

// The best rate, in calls a second, of several repeats of about `seconds` each.
double best_rate(double seconds, const std::function<void()>& call) {
  call();
  const double once = std::max(seconds_of(call), 1e-7);
  const int calls = std::max(1, static_cast<int>(seconds / once));
  double best = 0;
  for (int repeat = 0; repeat < 5; ++repeat) {
    best = std::max(best, calls / seconds_of([&] {
                            for (int i = 0; i < calls; ++i) call();
                          }));
  }
  return best;
}

void line(const std::string& name, double value, const char* unit, const std::string& note = "") {
  std::printf("%-44s %10.3g %s%s\n", name.c_str(), value, unit,
              note.empty() ? "" : ("  (" + note + ")").c_str());
}

double sgemm_gflops(double seconds) {
  constexpr std::int64_t n = 1024;
  const at::Tensor a = at::ones({n, n}), b = at::ones({n, n});
  at::Tensor out = at::empty({n, n});
  const double flops = 2.0 * n * n * n;
  return flops * best_rate(seconds, [&] { at::mm_out(out, a, b); }) / 1e9;
}

// What users would otherwise train elsewhere: features, d, latents, mean L0, batch.
struct SaeShape {
  const char* name;
  std::int64_t features, width, latents, l0, batch;
};
constexpr SaeShape kSaeShapes[] = {{"small", 128, 64, 256, 8, 256},
                                   {"middle", 1024, 128, 512, 16, 1024}};

// Optimiser steps a second of a relu_l1 or topk SAE, everything counted: sampling the world, the
// embedding, forward, backward, Adam, bookkeeping. Start-up cancels in the difference of two fits.
double sae_steps_per_second(const SaeShape& shape, const std::string& kind, std::int64_t steps) {
  const double p = static_cast<double>(shape.l0) / static_cast<double>(shape.features);
  TrainKey train;
  train.world = read_config<WorldConfig>({{"kind", "sparse"},
                                          {"features", shape.features},
                                          {"probability", {{"kind", "equal"}, {"p", p}}},
                                          {"seed", 0}});
  train.subject = read_config<SubjectConfig>(
      {{"kind", "embedding"}, {"placement", "random"}, {"width", shape.width}, {"seed", 0}});
  const Trained on = untrained(train);
  const Site site(*on.subject, {});
  const StopToken stop;
  const FitData data{*on.world, *on.subject, site, std::nullopt, stop};
  json config = {
      {"kind", kind}, {"latents", shape.latents}, {"batch", shape.batch}, {"log_every", 1000000}};
  if (kind == "topk") config["k"] = shape.l0;
  const auto seconds = [&](std::int64_t count) {
    config["steps"] = count;
    const auto decomposer = read_config<DecomposerConfig>(config);
    double best = 1e9;
    for (int repeat = 0; repeat < 3; ++repeat) {
      best = std::min(best, seconds_of([&] { fit(decomposer, data, 0); }));
    }
    return best;
  };
  return static_cast<double>(steps) / std::max(1e-9, seconds(2 * steps) - seconds(steps));
}

void print_sae_rates(double gflops, bool quick) {
  for (const SaeShape& shape : kSaeShapes) {
    for (const std::string kind : {"relu_l1", "topk"}) {
      const std::int64_t steps = (quick ? 500'000 : 5'000'000) / (shape.latents * shape.width);
      const double rate = sae_steps_per_second(shape, kind, std::max<std::int64_t>(steps, 20));
      const double flops = 10.0 * static_cast<double>(shape.width * shape.latents * shape.batch);
      char name[80], note[80];
      std::snprintf(name, sizeof name, "%s d=%lld latents=%lld batch=%lld", kind.c_str(),
                    static_cast<long long>(shape.width), static_cast<long long>(shape.latents),
                    static_cast<long long>(shape.batch));
      std::snprintf(note, sizeof note, "%.0f %% of the sgemm rate", rate * flops / gflops / 1e7);
      line(name, rate, "steps/s", note);
    }
  }
}

// Training steps a second of the toy model of superposition, sampling counted: 200 features in 20
// dimensions, batch 1024, over the 20 densities 20^(−k/19) that its published picture shows.
double toy_seconds_per_step(std::int64_t steps) {
  constexpr int kDensities = 20;
  double sum = 0;
  for (int k = 0; k < kDensities; ++k) {
    const json world = {{"kind", "sparse"},
                        {"features", 200},
                        {"probability", {{"kind", "equal"}, {"p", std::pow(20.0, -k / 19.0)}}},
                        {"magnitude", "uniform"},
                        {"seed", 0}};
    const auto seconds = [&](std::int64_t count) {
      const json subject = {
          {"kind", "toy_autoencoder"},
          {"hidden", 20},
          {"training", {{"steps", count}, {"batch", 1024}, {"optimizer", "adam"}}},
          {"seed", 0}};
      double best = 1e9;
      for (int repeat = 0; repeat < 3; ++repeat) {
        const Trained start =
            untrained({read_config<WorldConfig>(world), read_config<SubjectConfig>(subject)});
        best = std::min(best, seconds_of([&] { start.subject->train(*start.world, StopToken()); }));
      }
      return best;
    };
    sum += std::max(1e-9, seconds(2 * steps) - seconds(steps)) / static_cast<double>(steps);
  }
  return sum / kDensities;
}

void print_toy_rate(double gflops, bool quick) {
  const double rate = 1 / toy_seconds_per_step(quick ? 10 : 50);
  const double flops = 10.0 * 200 * 20 * 1024;
  char note[80];
  std::snprintf(note, sizeof note, "%.0f %% of the sgemm rate", rate * flops / gflops / 1e7);
  line("toy_autoencoder n=200 m=20 batch=1024", rate, "steps/s", note);
}

// Matching 4,096 atoms, 3,072 of them noisy copies, to 16,384 true directions in 768 dimensions.
double assignment_seconds() {
  const at::Tensor truth = unit_rows(normals(Draw("bench/truth", 0), 0, 16384, 768));
  at::Tensor atoms = unit_rows(normals(Draw("bench/atoms", 0), 0, 4096, 768));
  atoms.narrow(0, 0, 3072).add_(truth.narrow(0, 0, 3072), 1.25);
  const at::Tensor weights = cosines(unit_rows(atoms), truth).abs();
  double best = 1e9;
  for (int repeat = 0; repeat < 3; ++repeat) {
    best = std::min(best, seconds_of([&] { assign(weights, Objective::maximum); }));
  }
  return best;
}

void print_sampling(double seconds) {
  const SamplingRates sampling = measure_sampling(seconds);
  line("uniforms", sampling.uniforms / 1e9, "G/s");
  line("normals", sampling.normals / 1e9, "G/s");
  line("sparse world, 16384 features, p = .001", sampling.sparse_samples, "samples/s");
}

void print_sweep_overhead(int runs) {
  const auto folder =
      std::filesystem::temp_directory_path() / ("lab-bench." + std::to_string(getpid()));
  const SweepOverhead sweep = sweep_overhead(runs, 2, folder);
  line("plan " + std::to_string(runs) + " runs", sweep.plan_seconds, "s");
  line("decide that all are done", sweep.decide_seconds, "s");
  line("bookkeeping per run of three stages", sweep.run_milliseconds, "ms");
}

// Gate-evaluations a second of random and-inverter graphs, over each domain.
void print_circuits(double seconds) {
  for (const circuits::BenchRow& row : circuits::bench_circuits(seconds)) {
    char note[80];
    std::snprintf(note, sizeof note, "%.0f %% of the bound", 100 * row.share());
    line("circuits, " + row.domain + ", " + std::to_string(row.gates) + " gates",
         row.evaluations / 1e9, "G/s", note);
  }
}

}  // namespace

int command_bench(const Arguments& arguments) {
  options::options_description described("options");
  described.add_options()("quick", options::bool_switch(), "a tenth of the time, noisier");
  described.add_options()(
      "only", options::value<std::string>()->default_value(""),
      "one part: circuits, sae, toy_autoencoder, sampling, assignment or sweep");
  const auto map = parse_options(arguments, "bench [PART] [--quick]", described, {"only"});
  if (map.count("help") > 0) return kOk;
  const bool quick = map["quick"].as<bool>();
  const double seconds = quick ? 0.02 : 0.2;
  at::set_num_threads(1);

  const double gflops = sgemm_gflops(seconds);
  const std::pair<std::string, std::function<void()>> parts[] = {
      {"circuits", [&] { print_circuits(seconds / 2); }},
      {"sae", [&] { print_sae_rates(gflops, quick); }},
      {"toy_autoencoder", [&] { print_toy_rate(gflops, quick); }},
      {"sampling", [&] { print_sampling(seconds); }},
      {"assignment",
       [] { line("maximum-weight assignment 4096x16384", assignment_seconds(), "s"); }},
      {"sweep", [&] { print_sweep_overhead(quick ? 1000 : 10000); }}};
  const std::string only = map["only"].as<std::string>();
  const auto wanted = [&](const auto& part) { return only.empty() || part.first == only; };
  if (std::none_of(std::begin(parts), std::end(parts), wanted)) {
    throw InputError("bench: there is no part '" + only +
                     "'; choose circuits, sae, toy_autoencoder, sampling, assignment or sweep");
  }
  std::cout << "one thread, best of several\n";
  line("sgemm 1024x1024x1024", gflops, "Gflop/s");
  for (const auto& part : parts) {
    if (wanted(part)) part.second();
  }
  return kOk;
}

}  // namespace lab
