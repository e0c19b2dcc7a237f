// sparsify (EleutherAI): cfg.json and sae.safetensors.
#include <ATen/ATen.h>

#include "lab/core/error.h"
#include "lab/decomposers/sae_folder.h"

namespace lab {
namespace {

using nlohmann::json;
constexpr const char* config_name = "cfg.json";
constexpr const char* weights_name = "sae.safetensors";

[[noreturn]] void refuse(const std::string& reason) {
  throw InputError("sparsify has no such SAE: " + reason);
}

}  // namespace

// W_dec is taken as stored, whatever normalize_decoder says: it was normalised while it was trained.
Dictionary read_sparsify(const std::filesystem::path& path) {
  SaeFolder folder(path, config_name);
  folder.read_tensors(weights_name);
  const at::Tensor W_dec_MO = folder.floats("W_dec", {-1, -1});
  const std::int64_t M = W_dec_MO.size(0), O = W_dec_MO.size(1);
  const std::int64_t D = folder.whole("d_in", 1).value_or(O);
  std::int64_t latents = folder.whole("num_latents", 0).value_or(0);
  if (latents == 0) latents = D * folder.whole("expansion_factor", 1).value_or(32);
  if (latents != M) folder.refuse("\"num_latents\" is not what W_dec has");
  const std::string activation = folder.text("activation", "topk");
  if (activation != "topk" && activation != "groupmax") {
    folder.refuse("unknown activation \"" + activation + "\"");
  }
  const std::int64_t k = folder.whole("k", 1).value_or(32);
  if (k > M || (activation == "groupmax" && M % k != 0)) {
    folder.refuse("\"k\" is more than the latents, or does not divide them into groups");
  }
  Dictionary sae{W_dec_MO, folder.floats("b_dec", {O}), {}};
  sae.across = folder.flag("transcode", false);
  if (!sae.across && O != D) folder.refuse("W_dec has not \"d_in\" columns");
  sae.encoder = AffineEncoder{
      folder.floats("encoder.weight", {M, D}).t().contiguous(), folder.floats("encoder.bias", {M}),
      sae.across ? at::zeros({D}) : sae.bias_D, activation, static_cast<double>(k)};
  if (folder.flag("skip_connection", false)) sae.skip_OD = folder.floats("W_skip", {O, D});
  return sae;
}

void write_sparsify(const Dictionary& sae, const std::filesystem::path& folder) {
  const auto* affine = std::get_if<AffineEncoder>(&sae.encoder);
  if (affine == nullptr || (affine->activation != "topk" && affine->activation != "groupmax")) {
    refuse("it knows topk and groupmax only");
  }
  if (sae.normalise != "none") refuse("it normalises no inputs");
  const at::Tensor& b_pre_D = affine->b_pre_D;
  if (sae.across ? !b_pre_D.eq(0).all().item<bool>() : !b_pre_D.equal(sae.bias_D)) {
    refuse("it subtracts the decoder's bias from the input, and nothing where it transcodes");
  }
  const json config{{"activation", affine->activation},
                    {"expansion_factor", 32},
                    {"normalize_decoder", true},
                    {"num_latents", sae.atoms_MD.size(0)},
                    {"k", static_cast<std::int64_t>(affine->k)},
                    {"multi_topk", false},
                    {"skip_connection", sae.skip_OD.defined()},
                    {"transcode", sae.across},
                    {"d_in", affine->W_DM.size(0)}};
  Tensors tensors{{"W_dec", sae.atoms_MD},
                  {"b_dec", sae.bias_D},
                  {"encoder.weight", affine->W_DM.t().contiguous()},
                  {"encoder.bias", affine->b_M}};
  if (sae.skip_OD.defined()) tensors["W_skip"] = sae.skip_OD;
  write_sae_folder(folder, config_name, config, weights_name, tensors);
}

}  // namespace lab
