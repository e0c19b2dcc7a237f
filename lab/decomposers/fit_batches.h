// The activations that a sparse autoencoder is trained on, batch after batch.
#pragma once

#include <cstdint>

#include "lab/decomposers/decomposer.h"
#include "lab/decomposers/sae_config.h"
#include "lab/decomposers/sae_objective.h"

namespace lab {

constexpr std::int64_t kFitChunk = 8192;  // samples drawn at once, at least

// Inputs as the autoencoder sees them (SaeSettings::normalise). A transcoder's outputs stay as they are.
class Normaliser {
 public:
  // Measures the scale on the first fit samples, where one is asked for.
  Normaliser(const SaeSettings& settings, const FitData& data);
  SaeBatch operator()(const SiteActs& acts) const;
  // A dictionary of what the autoencoder sees, as one of the activations themselves.
  Dictionary undone(Dictionary dictionary) const;

 private:
  std::string kind_;
  bool across_;
  double scale_ = 1;
};

// Step s takes rows s·batch … of the split "fit", with train_samples from the first again where they end. Samples are drawn several batches at a time, which changes
// no number, since a sample depends on its place alone.
class FitBatches {
 public:
  // `rows`: whether batches say which samples they are of.
  FitBatches(const FitData& data, const SaeSettings& settings, const Normaliser& normaliser,
             bool rows);

  SaeBatch next();                                  // valid until the next call
  const SaeBatch& chunk() const { return chunk_; }  // the one that the last batch lies in
  double variance() const { return variance_; }     // its mean of ‖out − mean‖²

 private:
  void draw();
  SiteActs drawn_acts() const;

  const FitData& data_;
  const Normaliser& normaliser_;
  std::string device_;
  std::int64_t batch_, rows_, begin_ = 0, end_ = 0, at_ = 0;
  bool rows_wanted_;
  SaeBatch chunk_;
  Batch drawn_, rows_of_batch_;
  double variance_ = 0;
};

}  // namespace lab
