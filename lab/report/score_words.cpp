#include "lab/report/score_words.h"

#include <map>

namespace lab {
namespace {

const std::map<std::string, std::string>& words() {
  static const std::map<std::string, std::string> known{
      {"fvu", "fraction of the activations' variance left unexplained, 0 is best"},
      {"explained_variance", "share of the activations' variance explained, 1 is best"},
      {"mse", "mean squared error of the reconstruction"},
      {"l0", "mean number of latents that fire on a sample"},
      {"true_l0", "mean number of features present in a sample"},
      {"dead", "number of latents that never fire"},
      {"mcc", "mean |cosine| of matched atoms and true vectors, 1 is best"},
      {"mcc_signed", "mean cosine of matched atoms and true vectors, 1 is best"},
      {"mmcs", "mean over true vectors of the cosine of the nearest atom, 1 is best"},
      {"activation_mcc", "mean |correlation| of matched codes and feature values, 1 is best"},
      {"f1",
       "F1 of latents' firings and their nearest features' presence, mean over latents, 1 is best"},
      {"f1_matched", "F1 of firings and presence over matched pairs, 1 is best"},
      {"precision", "P(feature present | latent fires), mean over latents"},
      {"recall", "P(latent fires | feature present), mean over latents"},
      {"frac_recovered@.9", "share of true vectors with an atom of cosine at least 0.9"},
      {"frac_recovered@.8", "share of true vectors with an atom of cosine at least 0.8"},
      {"uniqueness", "distinct best coordinates over latents"},
      {"gram_correlation", "correlation of the atoms' cosines with the truth's, 1 is best"},
      {"placement_procrustes", "misfit of shape after rotation and scaling, 0 is best"},
      {"placement_residual", "misfit of place after scaling alone, 0 is best"},
      {"order_exact",
       "share of circles whose matched atoms go round exactly in the true order, 1 is best"},
      {"order_triples",
       "share of triples on a circle in the true cyclic order or its mirror image; chance .5 and a "
       "little, 1 is best"},
      {"circularity",
       "how well one frequency describes the matched atoms of a circle: random about .5, a line "
       ".66, a "
       "regular polygon 1"},
      {"absorption_excess",
       "P(the parent's latent is silent | parent and child present) less P(it is silent | parent "
       "alone), 0 is best"},
      {"absorption",
       "P(the parent's latent is silent and the child's stands in | both present), 0 is best"},
      {"class_faithful",
       "share of parents and children with an atom for the parent and one for the child, 1 is "
       "best"},
      {"class_absorbed",
       "share of parents and children with an atom for the parent alone and one for both together"},
      {"class_redundant",
       "share of parents and children with atoms for the parent, for the child and for both"},
      {"class_other", "share of parents and children that no dictionary of theirs was found for"},
      {"parents_found", "share of parents and children with an atom for the parent, 1 is best"},
      {"children_found", "share of parents and children with an atom for the child, 1 is best"},
      {"class_pairs", "share of parents and children of which one of the classes can be said"},
      {"bits", "bits that say which latents fire on a sample, and how much"},
      {"pw_mcc",
       "mean |cosine| of matched atoms of dictionaries that differ in their seed, 1 if all are "
       "alike"},
      {"pw_mcc_sd", "standard deviation of pw_mcc over pairs of dictionaries"},
      {"hedging_rate",
       "how much atoms let go of what added latents take over, beyond chance, 0 is best"},
      {"hedging_rate_matched",
       "the same for latents matched by their atoms and not by their numbers, 0 is best"},
      {"hedging_projection",
       "how far atoms moved in the span of the added ones, in lengths of an atom, 0 is best"},
      {"hedging_cos", "mean cosine of an atom before and after latents are added, 1 is best"},
      {"hedging_kept",
       "share of latents that keep their place when latents are added; where low, hedging_rate "
       "says "
       "nothing of hedging"},
      {"gate_phi", "correlation of the best latent's detector with a gate, mean over gates"},
      {"gate_f1_excess", "F1 of the best latent's detector above always-on, mean over gates"},
      {"phi", "correlation of the best latent's detector with the gate"},
      {"neuron_phi", "|correlation| of the best neuron's detector with the gate"},
      {"direction_phi", "|correlation| of the best direction's detector with the gate"},
      {"latent_phi", "|correlation| of the best latent's detector with the gate"},
      {"f1_excess", "F1 of the best latent's detector above always-on"},
      {"phi_best", "correlation of the best latent's firing with a feature's presence"},
      {"auroc", "area under the ROC of the best latent, mean over features"},
      {"loss_recovered", "task loss kept: 1 as with the own activations, 0 as with zeros"},
      {"tiles", "latents that fire on parts of a circle"},
      {"best_cos", "cosine with the nearest partner"},
      {"matched_cos", "cosine with the matched partner"},
      {"steps_to_train_99", "training steps until 99 % of the training set are right"},
      {"steps_to_test_99", "training steps until 99 % of held-out inputs are right"},
      {"steps_to_exact", "training steps until the network is right on every input"},
      {"steps_to_loss", "training steps until the mean loss is at most the target"},
      {"grokking_delay", "steps between 99 % on the training set and 99 % on held-out inputs"},
      {"d_star", "dimensions per feature, m / ‖W‖²"},
  };
  return known;
}

}  // namespace

std::string score_words(const std::string& score) {
  const std::string ending = "_estimated";
  if (score.ends_with(ending)) {
    const std::string base = score_words(score.substr(0, score.size() - ending.size()));
    return base.empty() ? base : base + "; true vectors are estimated from samples";
  }
  const auto found = words().find(score);
  return found == words().end() ? "" : found->second;
}

}  // namespace lab
