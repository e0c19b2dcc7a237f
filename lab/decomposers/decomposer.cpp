#include "lab/decomposers/decomposer.h"

namespace lab {
namespace {

Fitted fit_kind(const TopK& config, const FitData& data, std::int64_t seed) {
  return fit_topk(config, data, seed);
}
Fitted fit_kind(const ReluL1& config, const FitData& data, std::int64_t seed) {
  return fit_relu_l1(config, data, seed);
}
Fitted fit_kind(const PAnneal& config, const FitData& data, std::int64_t seed) {
  return fit_p_anneal(config, data, seed);
}
Fitted fit_kind(const MatchingPursuit& config, const FitData& data, std::int64_t seed) {
  return fit_matching_pursuit(config, data, seed);
}
Fitted fit_kind(const Spade& config, const FitData& data, std::int64_t seed) {
  return fit_spade(config, data, seed);
}
Fitted fit_kind(const BlockTopK& config, const FitData& data, std::int64_t seed) {
  return fit_block_topk(config, data, seed);
}
Fitted fit_kind(const Archetypal& config, const FitData& data, std::int64_t seed) {
  return fit_archetypal(config, data, seed);
}
Fitted fit_kind(const Lista& config, const FitData& data, std::int64_t seed) {
  return fit_lista(config, data, seed);
}
Fitted fit_kind(const MlpAutoencoder& config, const FitData& data, std::int64_t seed) {
  return fit_mlp_encoder(config, data, seed);
}
Fitted fit_kind(const EndToEnd& config, const FitData& data, std::int64_t seed) {
  return fit_end_to_end(config, data, seed);
}
Fitted fit_kind(const BatchTopK& config, const FitData& data, std::int64_t seed) {
  return fit_batch_topk(config, data, seed);
}
Fitted fit_kind(const Matryoshka& config, const FitData& data, std::int64_t seed) {
  return fit_matryoshka(config, data, seed);
}
Fitted fit_kind(const JumpRelu& config, const FitData& data, std::int64_t seed) {
  return fit_jump_relu(config, data, seed);
}
Fitted fit_kind(const Gated& config, const FitData& data, std::int64_t seed) {
  return fit_gated(config, data, seed);
}
Fitted fit_kind(const External& config, const FitData& data, std::int64_t seed) {
  return fit_external(config, data, seed);
}
Fitted fit_kind(const GivenSae& config, const FitData& data, std::int64_t) {
  return fit_given_sae(config, data);
}
Fitted fit_kind(const Ica& config, const FitData& data, std::int64_t seed) {
  return fit_ica(config, data, seed);
}
Fitted fit_kind(const Nmf& config, const FitData& data, std::int64_t seed) {
  return fit_nmf(config, data, seed);
}
Fitted fit_kind(const KMeans& config, const FitData& data, std::int64_t seed) {
  return fit_kmeans(config, data, seed);
}
Fitted fit_kind(const SparseDictionary& config, const FitData& data, std::int64_t seed) {
  return fit_sparse_dictionary(config, data, seed);
}
Fitted fit_kind(const Refit& config, const FitData& data, std::int64_t seed) {
  return fit_refit(config, data, seed);
}
Fitted fit_kind(const LinearProbe& config, const FitData& data, std::int64_t) {
  return fit_linear_probe(config, data);
}
Fitted fit_kind(const LogisticProbe& config, const FitData& data, std::int64_t) {
  return fit_logistic_probe(config, data);
}
Fitted fit_kind(const Pca& config, const FitData& data, std::int64_t) {
  return fit_pca(config, data);
}
Fitted fit_kind(const Fixed& config, const FitData& data, std::int64_t seed) {
  return fit_fixed(config, data, seed);
}

template <class... Kinds>
bool is_one_of(const DecomposerConfig& config) {
  return (std::holds_alternative<Kinds>(config.kind) || ...);
}

}  // namespace

bool uses_seed(const DecomposerConfig& config) {
  if (is_one_of<Pca, GivenSae, LinearProbe, LogisticProbe>(config)) return false;
  if (const auto* refit = std::get_if<Refit>(&config.kind)) return uses_seed(*refit->decomposer);
  const auto* fixed = std::get_if<Fixed>(&config.kind);
  const auto* trained = fixed ? std::get_if<TrainedCodes>(&fixed->encoder.kind) : nullptr;
  if (trained && trained->hidden > 0) return true;  // its start is random
  return !fixed || std::holds_alternative<RandomAtoms>(fixed->atoms.kind) ||
         std::holds_alternative<PlacementAtoms>(fixed->atoms.kind);
}

void settle_seeds(DecomposerConfig& config, std::int64_t seed) {
  const std::int64_t own = config.seed.value_or(seed);
  config.seed.reset();
  if (auto* refit = std::get_if<Refit>(&config.kind)) {
    settle_seeds(*refit->decomposer, own);  // which is all that has a seed
  } else if (uses_seed(config)) {
    config.seed = own;
  }
}

void resolve_files(DecomposerConfig& config) {
  if (auto* external = std::get_if<External>(&config.kind)) resolve_script(*external);
  if (auto* given = std::get_if<GivenSae>(&config.kind)) resolve_sae(*given);
  if (auto* fixed = std::get_if<Fixed>(&config.kind)) resolve_atoms(*fixed);
  if (auto* refit = std::get_if<Refit>(&config.kind)) resolve_files(*refit->decomposer);
  std::visit(
      [](const auto& kind) {
        if constexpr (requires { kind.sae.device; }) require_device(kind.sae);
      },
      config.kind);
}

Fitted fit(const DecomposerConfig& config, const FitData& data, std::int64_t seed) {
  return std::visit([&](const auto& kind) { return fit_kind(kind, data, seed); }, config.kind);
}

}  // namespace lab
