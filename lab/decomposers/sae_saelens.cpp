// SAELens 6: cfg.json and sae_weights.safetensors.
#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>

#include "lab/core/error.h"
#include "lab/decomposers/sae_folder.h"

namespace lab {
namespace {

using nlohmann::json;
constexpr const char* config_name = "cfg.json";
constexpr const char* weights_name = "sae_weights.safetensors";
constexpr std::int64_t most_steps = 1 << 20;  // of matching pursuit: more is none

// In the training form of JumpReLU there are thresholds, too; those of TopK by batch are none of a sample.
std::string activation_of(const std::string& architecture) {
  if (architecture == "standard" || architecture == "transcoder" ||
      architecture == "skip_transcoder")
    return "relu";
  if (architecture == "jumprelu" || architecture == "jumprelu_transcoder" ||
      architecture == "jumprelu_skip_transcoder")
    return "jumprelu";
  if (architecture == "topk" || architecture == "abstopk") return architecture;
  if (architecture == "batchtopk" || architecture == "matryoshka_batchtopk") return "batchtopk";
  return "";
}

std::string normalisation(const SaeFolder& folder) {
  const std::string name = folder.text("normalize_activations", "none");
  // The second is a note on how it was trained: its reader from disk does nothing for it.
  if (name == "none" || name == "expected_average_only_in") return "none";
  if (name == "layer_norm") return name;
  if (name == "constant_norm_rescale") return "unit_rms";
  folder.refuse("unknown normalize_activations \"" + name + "\"");
}

double count_of(const SaeFolder& folder, std::int64_t most, bool whole) {
  const double k = folder.real("k", 0);
  if (!(k > 0) || k > static_cast<double>(most) || (whole && k != std::floor(k))) {
    folder.refuse(whole ? "\"k\" is no whole number from 1 to d_sae"
                        : "\"k\" is no number above 0 and up to d_sae");
  }
  return k;
}

AffineEncoder read_affine(const SaeFolder& folder, const std::string& activation,
                          const at::Tensor& norm_M, const at::Tensor& b_pre_D, std::int64_t D,
                          std::int64_t M) {
  AffineEncoder encoder{folder.floats("W_enc", {D, M}), folder.floats("b_enc", {M}), b_pre_D,
                        activation};
  if (norm_M.defined()) {
    encoder.W_DM = encoder.W_DM * norm_M;
    encoder.b_M = encoder.b_M * norm_M;
  }
  if (activation == "jumprelu") encoder.threshold_M = folder.floats("threshold", {M});
  if (activation == "topk" || activation == "abstopk") encoder.k = count_of(folder, M, true);
  if (activation == "batchtopk") {
    encoder.k = count_of(folder, M, false);
    encoder.threshold_M = folder.floats("topk_threshold", {}).expand({M}).contiguous();
  }
  return encoder;
}

std::string architecture_of(const Dictionary& dictionary) {
  const bool skip = dictionary.skip_OD.defined();
  if (std::holds_alternative<GatedEncoder>(dictionary.encoder)) return "gated";
  if (std::holds_alternative<MatchingPursuitEncoder>(dictionary.encoder)) return "matching_pursuit";
  const auto* affine = std::get_if<AffineEncoder>(&dictionary.encoder);
  if (affine == nullptr) return "";
  const std::string& activation = affine->activation;
  if (!dictionary.across) {
    if (activation == "relu") return skip ? "" : "standard";
    const bool known = activation == "jumprelu" || activation == "topk" ||
                       activation == "abstopk" || activation == "batchtopk";
    return known && !skip ? activation : "";
  }
  if (activation == "relu") return skip ? "skip_transcoder" : "transcoder";
  if (activation == "jumprelu") {
    return skip ? "jumprelu_skip_transcoder" : "jumprelu_transcoder";
  }
  return "";
}

[[noreturn]] void refuse(const std::string& reason) {
  throw InputError("saelens has no such SAE: " + reason);
}

json whole_or_real(double k) {
  return k == std::floor(k) ? json(static_cast<std::int64_t>(k)) : json(k);
}

// b_dec is one vector in this format: read from the input, or not, and added to the output.
bool subtracts(const at::Tensor& b_pre_D, const at::Tensor& bias_D) {
  if (b_pre_D.equal(bias_D)) return true;
  if (!b_pre_D.eq(0).all().item<bool>()) {
    refuse("what is subtracted from the input is neither 0 nor the decoder's bias");
  }
  return false;
}

}  // namespace

Dictionary read_saelens(const std::filesystem::path& path) {
  SaeFolder folder(path, config_name);
  folder.read_tensors(weights_name);
  const std::string architecture = folder.text("architecture", "");
  if (architecture.empty()) folder.refuse("cfg.json names no \"architecture\"");
  const bool across = architecture.ends_with("transcoder");
  const at::Tensor W_dec_MO = folder.floats("W_dec", {-1, -1});
  const std::int64_t M = W_dec_MO.size(0), O = W_dec_MO.size(1);
  const std::int64_t D = folder.whole("d_in", 1).value_or(O);
  if (folder.whole("d_sae", 1).value_or(M) != M ||
      folder.whole("d_out", 1).value_or(across ? O : D) != O) {
    folder.refuse("\"d_sae\" or \"d_out\" is not what W_dec has");
  }
  const bool subtract = !across && folder.flag("apply_b_dec_to_input", true);
  const at::Tensor b_dec_O = folder.floats("b_dec", {O});
  const at::Tensor b_pre_D = subtract ? b_dec_O : at::zeros({D});
  Dictionary sae{W_dec_MO, b_dec_O, {}};
  sae.across = across;
  sae.normalise = normalisation(folder);
  if (architecture == "gated") {
    sae.encoder = GatedEncoder{folder.floats("W_enc", {D, M}), b_pre_D, folder.floats("r_mag", {M}),
                               folder.floats("b_mag", {M}), folder.floats("b_gate", {M})};
  } else if (architecture == "matching_pursuit") {
    if (!subtract) sae.bias_D = at::zeros({O});
    sae.encoder = MatchingPursuitEncoder{
        b_pre_D, std::min(folder.whole("max_iterations", 1).value_or(D), most_steps),
        folder.real("residual_threshold", 0), folder.flag("stop_on_duplicate_support", true)};
  } else {
    const std::string activation = activation_of(architecture);
    if (activation.empty()) folder.refuse("unknown architecture \"" + architecture + "\"");
    at::Tensor norm_M;
    if (folder.flag("rescale_acts_by_decoder_norm", false)) {
      norm_M = W_dec_MO.norm(2, 1);
      if (norm_M.eq(0).any().item<bool>()) folder.refuse("a row of W_dec is 0");
      sae.atoms_MD = W_dec_MO / norm_M.unsqueeze(1);
    }
    sae.encoder = read_affine(folder, activation, norm_M, b_pre_D, D, M);
  }
  if (architecture.ends_with("skip_transcoder")) sae.skip_OD = folder.floats("W_skip", {O, D});
  return sae;
}

void write_saelens(const Dictionary& sae, const std::filesystem::path& folder) {
  const std::string architecture = architecture_of(sae);
  if (architecture.empty()) refuse("no architecture has this encoder, with or without a skip");
  const std::int64_t M = sae.atoms_MD.size(0), O = sae.atoms_MD.size(1);
  json config{{"architecture", architecture},
              {"d_sae", M},
              {"dtype", "float32"},
              {"device", "cpu"},
              {"normalize_activations",
               sae.normalise == "unit_rms" ? "constant_norm_rescale" : sae.normalise},
              {"reshape_activations", "none"},
              {"metadata", json::object()}};
  Tensors tensors{{"W_dec", sae.atoms_MD}, {"b_dec", sae.bias_D}};
  at::Tensor b_pre_D;
  std::int64_t D = O;
  if (const auto* gated = std::get_if<GatedEncoder>(&sae.encoder)) {
    b_pre_D = gated->b_pre_D;
    tensors["W_enc"] = gated->W_DM;
    tensors["r_mag"] = gated->r_mag_M;
    tensors["b_mag"] = gated->b_mag_M;
    tensors["b_gate"] = gated->b_gate_M;
  } else if (const auto* pursuit = std::get_if<MatchingPursuitEncoder>(&sae.encoder)) {
    b_pre_D = pursuit->b_pre_D;
    if (!b_pre_D.equal(sae.bias_D)) {
      refuse("matching pursuit adds to the output what it subtracts from the input");
    }
    config["max_iterations"] = pursuit->steps;
    config["residual_threshold"] = pursuit->residual;
    config["stop_on_duplicate_support"] = pursuit->until_repeat;
  } else {
    const auto& affine = std::get<AffineEncoder>(sae.encoder);
    b_pre_D = affine.b_pre_D;
    D = affine.W_DM.size(0);
    tensors["W_enc"] = affine.W_DM;
    tensors["b_enc"] = affine.b_M;
    if (affine.k > 0) {
      config["k"] = whole_or_real(affine.k);
      config["rescale_acts_by_decoder_norm"] = false;
    }
    if (affine.activation == "jumprelu") tensors["threshold"] = affine.threshold_M;
    if (affine.activation == "batchtopk") {
      const at::Tensor& threshold_M = affine.threshold_M;
      if (!threshold_M.defined() || !threshold_M.eq(threshold_M[0]).all().item<bool>()) {
        refuse("batchtopk needs one threshold for all latents");
      }
      tensors["topk_threshold"] = threshold_M[0].to(at::kDouble);
    }
  }
  config["d_in"] = D;
  if (sae.across) {
    if (!b_pre_D.eq(0).all().item<bool>()) refuse("transcoders subtract nothing from the input");
    config["d_out"] = O;
    config["apply_b_dec_to_input"] = false;
  } else {
    config["apply_b_dec_to_input"] = subtracts(b_pre_D, sae.bias_D);
  }
  if (sae.skip_OD.defined()) tensors["W_skip"] = sae.skip_OD;
  write_sae_folder(folder, config_name, config, weights_name, tensors);
}

}  // namespace lab
