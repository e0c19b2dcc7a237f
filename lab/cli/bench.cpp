#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <iostream>
#include <nlohmann/json.hpp>
#include <thread>

#include "circuits/evaluation/benchmark.h"
#include "experiments/stages.h"
#include "lab/cli/bench_sae.h"
#include "lab/cli/bench_timing.h"
#include "lab/cli/interrupts.h"
#include "lab/cli/options.h"
#include "lab/core/config.h"
#include "lab/core/error.h"
#include "lab/scores/assignment.h"
#include "lab/sweep/bench.h"
#include "lab/tensors/tensors.h"
#include "lab/worlds/sampling_rates.h"

namespace lab {
namespace {

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
  print_rate("toy_autoencoder n=200 m=20 batch=1024", rate, "steps/s", note);
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
  print_rate("uniforms", sampling.uniforms / 1e9, "G/s");
  print_rate("normals", sampling.normals / 1e9, "G/s");
  print_rate("sparse world, 16384 features, p = .001", sampling.sparse_samples, "samples/s");
}

void print_sweep_overhead(int runs) {
  const auto folder =
      std::filesystem::temp_directory_path() / ("lab-bench." + std::to_string(getpid()));
  const SweepOverhead sweep = sweep_overhead(runs, 2, folder);
  print_rate("plan " + std::to_string(runs) + " runs", sweep.plan_seconds, "s");
  print_rate("decide that all are done", sweep.decide_seconds, "s");
  print_rate("bookkeeping per run of three stages", sweep.run_milliseconds, "ms");
}

// Gate-evaluations a second of random and-inverter graphs, over each domain.
void print_circuits(double seconds) {
  for (const circuits::BenchRow& row : circuits::bench_circuits(seconds)) {
    char note[80];
    std::snprintf(note, sizeof note, "%.0f %% of the bound", 100 * row.share());
    print_rate("circuits, " + row.domain + ", " + std::to_string(row.gates) + " gates",
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
  const int cores = static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
  described.add_options()("threads", options::value<int>()->default_value(std::min(2, cores)),
                          "sae: threads of one training");
  described.add_options()(
      "peers", options::value<std::string>()->default_value(""),
      "sae: folder with your sae_saelens.py and sae_torch.py, to be run beside it; "
      "each takes --threads, --repeats, --steps, --patience and --only CASE and "
      "prints {\"case\": CASE, \"value\": SAMPLES_A_SECOND} on a line");
  described.add_options()("python", options::value<std::string>()->default_value("python3"),
                          "sae: the Python that has what these need");
  const auto map = parse_options(arguments, "bench [PART] [options]", described, {"only"});
  if (map.count("help") > 0) return kOk;
  const bool quick = map["quick"].as<bool>();
  const SaeBench sae{map["threads"].as<int>(), quick, map["peers"].as<std::string>(),
                     map["python"].as<std::string>()};
  if (sae.threads < 1 || sae.threads > cores) {
    throw InputError("--threads must be from 1 to " + std::to_string(cores) +
                     ", the processors there are; got " + std::to_string(sae.threads));
  }
  const double seconds = quick ? 0.02 : 0.2;
  at::set_num_threads(1);
  const StopToken& stop = stop_on_interrupt();
  const StopScope scope(stop);

  const std::string only = map["only"].as<std::string>();
  const double gflops = sgemm_gflops(seconds);
  const std::pair<std::string, std::function<void()>> parts[] = {
      {"circuits", [&] { print_circuits(seconds / 2); }},
      {"sae", [&] { bench_sae(sae, stop); }},
      {"toy_autoencoder", [&] { print_toy_rate(gflops, quick); }},
      {"sampling", [&] { print_sampling(seconds); }},
      {"assignment",
       [] { print_rate("maximum-weight assignment 4096x16384", assignment_seconds(), "s"); }},
      {"sweep", [&] { print_sweep_overhead(quick ? 1000 : 10000); }}};
  const auto wanted = [&](const auto& part) { return only.empty() || part.first == only; };
  if (std::none_of(std::begin(parts), std::end(parts), wanted)) {
    throw InputError("bench: there is no part '" + only +
                     "'; choose circuits, sae, toy_autoencoder, sampling, assignment or sweep");
  }
  std::cout << "one thread where nothing else is said, best of several\n";
  print_rate("sgemm 1024x1024x1024", gflops, "Gflop/s");
  for (const auto& part : parts) {
    stop.check();
    if (wanted(part)) part.second();
  }
  return kOk;
}

}  // namespace lab
