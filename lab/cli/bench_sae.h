// How fast sparse autoencoders are trained, beside what users would otherwise take.
#pragma once

#include <filesystem>
#include <string>

#include "lab/core/stop.h"

namespace lab {

struct SaeBench {
  int threads = 1;              // of one training
  bool quick = false;           // shorter, and noisier
  std::filesystem::path peers;  // folder of the peers' scripts; empty: no peers
  std::string python;           // what runs them
};

// Prints samples a second of relu_l1, topk, batch_topk and matryoshka at three shapes, data included; of relu_l1 also the
// share of the sgemm rate, at 10·B·D·M operations a step; with `peers` the ratios to SAELens and to plain PyTorch, run
// before and after ours in turn; and what a second worker brings to a sweep of 64 SAEs. Throws InputError when the peers
// cannot be run, Stopped.
void bench_sae(const SaeBench& how, const StopToken& stop);

}  // namespace lab
