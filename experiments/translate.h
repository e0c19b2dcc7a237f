// The experiment `translate`: what do a dictionary's latents say about the circuit that a network computes?
//   boolean world → subject → site → decomposer → latents as boolean functions, gates covered, interventions
#pragma once

#include <optional>

#include "experiments/keys.h"
#include "lab/scores/descriptions.h"
#include "lab/sweep/stage.h"

namespace lab {

struct Translate {
  static constexpr const char* name = "translate";
  static constexpr const char* doc =
      "latents against a circuit: descriptions of their firings, gates covered by latents, "
      "neurons, "
      "components and probes, interventions through latents, wiring";
  static constexpr std::int64_t revision = 1;
  WorldConfig world;
  SubjectConfig subject;
  SiteConfig site;
  DecomposerConfig decomposer;
  std::optional<SiteConfig> onward;
  DescriptionConfig describe;
  ScoresConfig scores;
  std::int64_t pairs = 256;

  void fields(Fields& f) {
    f("world", world, required(), "what is true: a world with a circuit");
    f("subject", subject, required(), "the network");
    f("site", site, any(), "where its activations are read");
    f("decomposer", decomposer, required(), "what takes them apart");
    f("onward", onward, any(),
      "a later tap, taken apart by the same decomposer: wiring from latents to latents; none: not "
      "measured");
    f("describe", describe, any(), "how firings are described");
    f("scores", scores, any(), "how scores are measured");
    f("pairs", pairs, at_least(16), "pairs of inputs of each gate's interventions");
    f.require(site.output_tap.empty() && (!onward || onward->output_tap.empty()), "site",
              "must not be a transcoder's: leave output_tap empty");
  }
};

struct TranslateKey {
  static constexpr const char* stage = "translate";
  static constexpr std::int64_t revision = 2;
  FitKey fit;
  std::optional<FitKey> onward;
  ExamineKey examine;
  DescriptionConfig describe;
  std::int64_t nulls = 0;
  std::int64_t pairs = 0;
  void fields(Fields& f) {
    f("fit", fit, required(), "the dictionary");
    f("onward", onward, any(), "the dictionary at a later tap");
    f("examine", examine, required(), "the subject's scores");
    f("describe", describe, any(), "how firings are described");
    f("nulls", nulls, at_least(0), "draws of each null distribution");
    f("pairs", pairs, at_least(16), "pairs of each gate's interventions");
  }
};

// Stages: train → examine, fit (once or twice) → translate. Scores, beside those of examine.h and of
// reconstruction.h (fvu, l0, dead):
//   descriptions.h over all inputs where they can be listed (up to 2^20), else over different samples
//   coverage.h of latents (coverage_latents), neurons, pca (components) and probes (directions of
//     probes.h, fitted on the half on which thresholds are chosen) at the site's tap
//   coverage_latents_placed, coverage_probes_placed, coverage_places   [0, 1]  the share that is covered
//     of the gates that lie at the tap by construction (Subject::gate_places): by latents, by probes, and
//     by the places themselves, which is the oracle: 1. Absent where no place is known
//   elicited.h, latent_iia.h (the best latents and the probe's direction of each gate)
//   edge_precision, edge_recall, edge_auroc (wiring.h) between the latents that cover inputs and gates at
//     the two taps; absent without `onward`
// Tables:
//   gates        a row a gate: node, base_rate, neuron_phi, neuron, neuron_tap, direction_phi,
//                direction_tap, latent_phi, latent, pca_phi; |φ| as in coverage.h; taps are numbers in
//                Subject::taps(); and iia_latent, iia_latents, iia_direction
//   matrix       gate, kind (0 neuron, 1 latent), tap, unit, phi, f1 (coverage.h)
//   latents      a row a latent (descriptions.h)
//   elicitation  a row a gate (elicited.h)
//   wiring       from, to, effect, edge
StagePtr last_stage(const Translate& config, std::int64_t seed);
// The picture of the dictionary (picture.h).
StagePtr picture_of(const Translate& config, std::int64_t seed);

}  // namespace lab
