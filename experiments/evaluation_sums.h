// What scores need of many samples at bounded memory: scores that are sums are fed batch by batch, and those
// that sort, shuffle or choose among samples look at the first ones.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include "experiments/measure.h"
#include "lab/scores/sums.h"

namespace lab {

// How many numbers are held at once: codes and values of the samples that are kept, and of a batch. In bytes
// that is about 34 · kept (float32, and float64 copies that are sorted and shuffled) and 36 · batch, 2.9 GB
// together, whatever the number of samples; beside them stand up to seven float64 matrices [latents,
// coordinates].
struct Held {
  std::int64_t kept = std::int64_t{1} << 26;
  std::int64_t batch = std::int64_t{1} << 24;
};

// The samples, of `numbers_a_sample` each, that fit; at least 512 (or all), and a multiple of it, so that
// parts in which they are encoded begin at the same places.
std::int64_t rows_that_fit(std::int64_t samples, std::int64_t numbers_a_sample, std::int64_t held);

// Rows first … first+count−1 of a batch, without copying.
Batch rows_of(const Batch& batch, std::int64_t first, std::int64_t count);

// Calls `see` with all samples of the split "eval", `rows` at a time: those of `head`, which are the first,
// and then fresh ones. Heeds a stop between batches. The second argument is the batch's place in `head`,
// nothing for fresh ones.
void for_each_batch(const World& world, const Batch& head, std::int64_t samples, std::int64_t rows,
                    const std::function<void(const Batch&, std::optional<std::int64_t>)>& see);

// Mean task losses with the subject's own activations at the output tap, with reconstructions, and with
// zeros. A batch's loss is a float32 mean: other batches change them by about 1e-6 of themselves, where the
// other sums are float64.
struct Losses {
  double own = 0, reconstruction = 0, zero = 0;
};

// All sums over samples that a dictionary's scores are made of.
struct EvaluationSums {
  ReconstructionSums reconstruction;
  Sizes codes, values;   // values: where present
  Firings firings;       // of latents and coordinates; left empty for signed codes, as is `values`
  CrossMoments moments;  // of codes and values
  std::optional<Losses> losses;  // nothing where the subject has no task
};

// A dictionary's codes and outputs of the head's samples.
struct Coded {
  at::Tensor codes_BM, output_BD;
};
Coded coded(const Dictionary& dictionary, const at::Tensor& acts_BD);

EvaluationSums evaluation_sums(const World& world, const Site& site, const Dictionary& dictionary,
                               const Measured& head, const Coded& head_coded, std::int64_t samples,
                               std::int64_t rows);

}  // namespace lab
