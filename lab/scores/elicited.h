// Present, elicited, used: is a gate in the activations, does a dictionary bring it out, does the network
// go on to use it? Three questions with independent answers: a gate may be read off a tap by anyone and
// matter to nothing, or matter and be named by no latent.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "lab/core/rng.h"
#include "lab/scores/probes.h"
#include "lab/scores/scores.h"
#include "lab/subjects/subject.h"

namespace lab {

// R² below is 1 − Σ(y − ŷ)²/Σ(y − mean y)² on the held-out rows: at most 1, 0 for the mean, negative for
// worse. NaN for a gate that is constant in either half.

// What three readers of the activations recover, a value a gate.
struct Present {
  std::vector<double>
      linear;  // the direction of the ridge regression (probes.h), scale and offset fitted
  std::vector<double>
      relu;  // a·ReLU(w·x + b) + c, what one neuron or one latent can say; the best of
             // three starts on the training rows: the ridge regression with nothing cut
             // off, and cut at its mean from either side
  std::vector<double> mlp;  // as many ReLU neurons as the next layer has, and a linear readout
};
// The last two are trained on at most 1024 of the training rows by 300 full-batch steps of Adam, one net a
// gate. Trained and not random ReLU features with a ridge readout: what a layer of this width can learn
// to say is asked, and random features of its width say far less. `next_width`: neurons of the mlp.
// Refused (all NaN) where D ≥ half the training rows, as probes are. Throws Failure when an activation is
// not finite, InputError when the numbers of samples differ.
Present present(const at::Tensor& acts_BD, const at::Tensor& gates_BG, const InputSplit& split,
                std::int64_t next_width, const Draw& draw);

// What a dictionary's latents say, a value a gate: held-out R² of the regression on the one reading, or the
// three readings, that fit the training rows best (chosen one after another). A reading is a latent's
// code or, unless codes are signed, its firing (0 or 1).
struct Elicited {
  std::vector<double> one, three;
  std::vector<std::vector<std::int64_t>>
      latents;  // of `three`, different ones, that of `one` first
};
Elicited elicited(const at::Tensor& codes_BM, bool signed_codes, const at::Tensor& gates_BG,
                  const InputSplit& split);

// How much worse the network does when a gate is erased from the tap (leace of interventions.h), a value
// a gate: the share of inputs with every output right, before minus after.
struct Used {
  std::vector<double> drop;
  std::vector<double> random;  // the same for random erasures of equal rank: mean over the draws
  std::vector<double> random_most;  // and the largest
};
// The erasure is fitted on the batch and applied to it. Nothing where the subject has no outputs that can
// be thresholded. Throws InputError for a tap that there is not.
std::optional<Used> used(const Subject& subject, const Batch& batch, const std::string& tap,
                         const at::Tensor& gates_BG, std::int64_t draws, const Draw& draw);

// Thresholds of the yes and no. Three quarters of the variance of a bit are |φ| = .87 of a firing. A gate
// is used when its erasure costs at least .01 of the inputs and more than each of the random erasures.
constexpr double enough_r2 = .75;
constexpr double least_drop = .01;

struct Elicitation {
  Scores scores;
  // A row a gate: present_linear, present_relu, present_mlp, elicited_one, elicited_three, latent, drop,
  // drop_random, used (drop − drop_random), and present_yes, elicited_yes, used_yes (0 or 1).
  Table table;
};
//   present_linear, present_relu, present_mlp, elicited_one, elicited_three   (−∞, 1]  means of R²
//   used                          [−1, 1]  mean of drop − drop_random; chance 0
//   present, elicited, used_share [0, 1]   shares of gates with a yes: the best of three readers, of one or
//                                          three latents, at least .75; used as above
//   present_elicited_used_PEU     [0, G]   gates with these three answers (P, E, U each 0 or 1); all eight
//                                          add up to the gates that have all three answers
// Absent where no gate has a value; without `used`, the scores that need it are.
Elicitation elicitation(const Present& present, const Elicited& elicited,
                        const std::optional<Used>& used);

}  // namespace lab
