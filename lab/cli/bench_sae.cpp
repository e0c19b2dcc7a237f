#include "lab/cli/bench_sae.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <algorithm>
#include <cstdio>
#include <functional>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "experiments/stages.h"
#include "lab/cli/bench_peers.h"
#include "lab/cli/bench_sae_sweep.h"
#include "lab/cli/bench_timing.h"
#include "lab/core/config.h"
#include "lab/core/error.h"

namespace lab {
namespace {

using std::int64_t;

constexpr const char* kSaeLens = "sae_saelens.py";
constexpr const char* kPyTorch = "sae_torch.py";

// What users would otherwise train elsewhere.
struct Shape {
  const char* name;  // as the peers call it
  int64_t features, width, latents, l0, batch;
  int64_t steps;                       // of the shorter of two fits: whole chunks of 8192 samples
  int peer_repeats, quick_peer_steps;  // of SAELens
  double eager_target;                 // ratio to eager PyTorch on ready batches
  double sparse_target;                // ratio of the TopK families to SAELens

  double flops_per_sample() const { return 10.0 * static_cast<double>(width * latents); }
};
constexpr Shape kShapes[] = {{"small", 128, 64, 256, 8, 256, 640, 3, 64, 1.8, 4},
                             {"middle", 1024, 128, 512, 16, 1024, 64, 2, 16, 1.3, 4},
                             {"synth16k", 16384, 768, 4096, 25, 1024, 8, 1, 2, 1.15, 6}};
constexpr double kDenseTarget = 2.5, kSgemmTarget = 0.75;

struct Family {
  const char* kind;
  const char* peer;  // SAELens's name
};
constexpr Family kFamilies[] = {{"relu_l1", "standard"},
                                {"topk", "topk"},
                                {"batch_topk", "batchtopk"},
                                {"matryoshka", "matryoshka"}};

// Independent features of magnitude 1. Where the peers have SynthSAEBench-16k: its number of features and
// mean number that are present, the fall of its probabilities, the mean of its magnitudes, its bias.
json world_of(const Shape& shape) {
  const double p = static_cast<double>(shape.l0) / static_cast<double>(shape.features);
  json world = {{"kind", "sparse"},
                {"features", shape.features},
                {"probability", {{"kind", "equal"}, {"p", p}}},
                {"seed", 0}};
  if (shape.features < 16384) return world;
  world["probability"] = {{"kind", "zipf"}, {"exponent", 0.5}, {"most", 0.135}, {"least", 5e-4}};
  world["magnitude"] = {{"kind", "normal"}, {"mean", 4.5}, {"sd", 0.5}};
  return world;
}

// SAELens's defaults, and what its scripts set: free decoder norms that start at 0.1, b_dec 0, the
// dead-latent loss after 1000 steps of silence (it does not act in runs of this length).
json decomposer_of(const Family& family, const Shape& shape) {
  const std::string kind = family.kind;
  json config = {{"kind", kind},
                 {"latents", shape.latents},
                 {"batch", shape.batch},
                 {"optimizer", {{"kind", "adam"}, {"lr", 3e-4}}},
                 {"unit_norm_decoder", false},
                 {"init_norm", 0.1},
                 {"bias_init", "zero"},
                 {"log_every", 1'000'000}};
  if (kind == "relu_l1") {
    config["l1"] = 1.0;
    config["l1_warmup"] = 0.0;
    return config;
  }
  config["k"] = shape.l0;
  config["dead"] = {{"kind", "auxiliary"}, {"after", 1000}, {"weight", 1.0}};
  if (kind == "matryoshka") {
    config["prefixes"] = {shape.latents / 32, shape.latents / 8, shape.latents / 2};
  }
  return config;
}

// A shape's subject, on which families are trained.
class Ground {
 public:
  explicit Ground(const Shape& shape)
      : on_(untrained({read_config<WorldConfig>(world_of(shape)),
                       read_config<SubjectConfig>({{"kind", "embedding"},
                                                   {"placement", "random"},
                                                   {"width", shape.width},
                                                   {"bias", shape.features < 16384 ? 0.0 : 0.5},
                                                   {"seed", 0}})})),
        site_(*on_.subject, {}) {}

  FitData data(const StopToken& stop) const {
    return {*on_.world, *on_.subject, site_, std::nullopt, stop};
  }
  // Samples drawn and embedded a second, nothing trained.
  double data_rate(double seconds) const {
    constexpr int64_t samples = 8192;
    int64_t first = 0;
    return samples * best_rate(seconds, [&] {
             poll_stop();
             site_.acts(*on_.world, "fit", first, samples);
             first += samples;
           });
  }

 private:
  Trained on_;
  Site site_;
};

// Samples a second of one family, everything counted: sampling the world, the embedding, forward, backward,
// Adam, bookkeeping. Start-up cancels in the difference of fits of N and of 2N steps, the fastest of each so
// far. Where other programs disturb them so much that the longer one is hardly longer, they are measured
// again, some times.
class FitClock {
 public:
  FitClock(json config, int64_t steps, int64_t batch)
      : config_(std::move(config)), steps_(steps), batch_(batch) {}

  void measure(const FitData& data, int repeats) {
    constexpr int most = 5;
    for (int repeat = 0; repeat < repeats || (!sound() && repeat < most); ++repeat) {
      double seconds[2], gflops = 0;
      for (const int part : {0, 1}) {
        config_["steps"] = (part + 1) * steps_;
        const auto decomposer = read_config<DecomposerConfig>(config_);
        gflops += sgemm_gflops_now(0.1) / 2;
        seconds[part] = seconds_of([&] { fit(decomposer, data, 0); });
        best_[part] = std::min(best_[part], seconds[part]);
      }
      if (seconds[1] > seconds[0]) {
        per_gflop_.push_back(samples() / (seconds[1] - seconds[0]) / gflops);
      }
    }
  }
  // Nothing where it cannot be told.
  std::optional<double> samples_per_second() const {
    if (!sound()) return std::nullopt;
    return samples() / (best_[1] - best_[0]);
  }
  // Samples for each Gflop that products of large matrices would have made meanwhile: the median of all pairs of
  // fits, each beside its own measurement of these, so that what disturbs the machine disturbs both.
  double samples_per_gflop() const {
    std::vector<double> sorted = per_gflop_;
    std::ranges::sort(sorted);
    const std::size_t n = sorted.size();
    return (sorted.at((n - 1) / 2) + sorted.at(n / 2)) / 2;
  }

 private:
  bool sound() const { return best_[1] > 1.2 * best_[0] && !per_gflop_.empty(); }
  double samples() const { return static_cast<double>(steps_ * batch_); }

  json config_;
  int64_t steps_, batch_;
  double best_[2] = {std::numeric_limits<double>::infinity(),
                     std::numeric_limits<double>::infinity()};
  std::vector<double> per_gflop_;
};

// Gflop/s of the five products of a dense step alone.
double products_gflops(const Shape& shape, double seconds) {
  const int64_t B = shape.batch, D = shape.width, M = shape.latents;
  const at::Tensor x_BD = at::ones({B, D}), W_MD = at::ones({M, D});
  at::Tensor codes_BM = at::empty({B, M}), said_BD = at::empty({B, D}), grad_MD = at::empty({M, D});
  const double steps = best_rate(seconds, [&] {
    poll_stop();
    at::mm_out(codes_BM, x_BD, W_MD.t());
    at::mm_out(said_BD, codes_BM, W_MD);
    at::mm_out(grad_MD, codes_BM.t(), said_BD);
    at::mm_out(codes_BM, said_BD, W_MD.t());
    at::mm_out(grad_MD, codes_BM.t(), x_BD);
  });
  return steps * static_cast<double>(B) * shape.flops_per_sample() / 1e9;
}

// Somebody else's rate, or why there is none.
struct Rival {
  std::string name;
  double target = 1;  // ratio that is wanted of us
  std::optional<double> samples_per_second;
  std::string note;
};

Rival rival(const std::string& name, double target, const std::string& note,
            const std::function<double()>& measure) {
  try {
    return {name, target, measure(), note};
  } catch (const Failure& error) {  // a peer that fails or takes too long is not the end of all
    return {name, target, std::nullopt, error.what()};
  }
}

void print(const Rival& rival, double ours) {
  const std::string name = "  against " + rival.name;
  if (!rival.samples_per_second) {
    std::printf("%s: %s\n", name.c_str(), one_line(rival.note).c_str());
    return;
  }
  const double theirs = *rival.samples_per_second;
  print_rate(
      name, ours / theirs, "times",
      formatted("wanted %g; it does %.4g samples/s%s", rival.target, theirs, rival.note.c_str()));
}

// Eager PyTorch without its data: what is left of the seconds of a sample.
double eager_on_ready_batches(const Peers& peers, const Shape& shape) {
  const std::string name = shape.name;
  const double data = peers.value(kPyTorch, name + " data only", 3, 0);
  const double all = peers.value(kPyTorch, name + " eager+fused_adam", 3, 0);
  if (all >= data) throw Failure("eager PyTorch is not slower with training than without");
  return 1 / (1 / all - 1 / data);
}

struct Case {
  const SaeBench& how;
  const StopToken& stop;
  const Shape& shape;
  const Ground& ground;
  double data_rate, gflops, products;
  const std::optional<Peers>& peers;
};

std::vector<Rival> rivals_of(const Case& at, const Family& family, bool dense) {
  std::vector<Rival> rivals;
  const auto saelens = [&] {
    return at.peers->value(kSaeLens, std::string(at.shape.name) + " " + family.peer,
                           at.how.quick ? 1 : at.shape.peer_repeats,
                           at.how.quick ? at.shape.quick_peer_steps : 0);
  };
  rivals.push_back(rival("SAELens", dense ? kDenseTarget : at.shape.sparse_target, "", saelens));
  if (!dense) return rivals;
  rivals.push_back(rival("eager PyTorch on ready batches", at.shape.eager_target,
                         "; our data counted",
                         [&] { return eager_on_ready_batches(*at.peers, at.shape); }));
  return rivals;
}

void print_family(const Case& at, const Family& family) {
  const bool dense = family.kind == std::string("relu_l1"), large = at.shape.features >= 16384;
  const int repeats = dense ? (large ? 3 : 6) : (at.how.quick || large ? 1 : 2);
  FitClock clock(decomposer_of(family, at.shape), at.shape.steps, at.shape.batch);
  const FitData data = at.ground.data(at.stop);
  clock.measure(data, repeats);
  std::vector<Rival> rivals;
  if (at.peers) {
    rivals = rivals_of(at, family, dense);
    clock.measure(data, repeats);
  }
  const std::string name = std::string(at.shape.name) + " " + family.kind;
  if (!clock.samples_per_second()) {
    std::printf("%s: other programs leave too little of the machine to tell\n", name.c_str());
    return;
  }
  const double rate = *clock.samples_per_second();
  std::string note = formatted("data %.0f %% of the time", 100 * rate / at.data_rate);
  if (dense) {
    note += formatted("; %.0f %% of the sgemm rate, wanted %.0f %%; its products alone %.0f %%",
                      clock.samples_per_gflop() * at.shape.flops_per_sample() / 1e7,
                      100 * kSgemmTarget, 100 * at.products / at.gflops);
  }
  print_rate(name, rate, "samples/s", note);
  for (const Rival& other : rivals) print(other, rate);
}

}  // namespace

void bench_sae(const SaeBench& how, const StopToken& stop) {
  std::optional<Peers> peers;
  if (!how.peers.empty()) {
    peers.emplace(how.peers, how.python, how.threads, std::vector<std::string>{kSaeLens, kPyTorch},
                  std::vector<std::string>{"torch", "sae_lens"});
  }
  at::set_num_threads(how.threads);
  for (const Shape& shape : kShapes) {
    stop.check();
    const double seconds = how.quick ? 0.05 : 0.2;
    const Ground ground(shape);
    const double gflops = sgemm_gflops(seconds), data_rate = ground.data_rate(seconds);
    print_rate(formatted("%s d=%d latents=%d batch=%d threads=%d", shape.name,
                         static_cast<int>(shape.width), static_cast<int>(shape.latents),
                         static_cast<int>(shape.batch), how.threads),
               gflops, "Gflop/s of sgemm");
    print_rate(std::string(shape.name) + " data alone", data_rate, "samples/s",
               shape.features < 16384 ? ""
                                      : "independent features, where SAELens has its hierarchy and "
                                        "correlation; as many are present");
    const Case at{how,  stop, shape, ground, data_rate, gflops, products_gflops(shape, seconds),
                  peers};
    for (const Family& family : kFamilies) print_family(at, family);
  }
  at::set_num_threads(1);
  print_sae_sweep(how.quick, stop);
}

}  // namespace lab
