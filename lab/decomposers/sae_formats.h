// Sparse autoencoders in the files of other tools: read into a Dictionary that encodes and decodes as they do, and
// written from one.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "lab/decomposers/dictionary.h"

namespace lab {

// saelens              cfg.json, sae_weights.safetensors (SAELens 6: standard, topk, abstopk, jumprelu, gated,
//                      matching_pursuit, batchtopk and matryoshka_batchtopk in their training form, transcoder,
//                      skip_transcoder, jumprelu_transcoder, jumprelu_skip_transcoder)
// dictionary_learning  config.json, ae.safetensors, not the pickled ae.pt (AutoEncoder, AutoEncoderNew, GatedAutoEncoder,
//                      JumpReluAutoEncoder, AutoEncoderTopK, BatchTopKSAE, MatryoshkaBatchTopKSAE)
// sparsify             cfg.json, sae.safetensors (topk, groupmax; transcoders, skip connections)
const std::vector<std::string>& sae_formats();

// The SAE in a folder, of whichever format its files are. Codes and reconstructions are those of the tool that owns the
// format, in float32. What the tool computes in a roundabout way is folded: decoder norms into the encoder
// (rescale_acts_by_decoder_norm of SAELens; the unit columns that dictionary_learning's loader makes of an AutoEncoder).
// Throws InputError "FOLDER: …" for missing or broken files, unknown architectures, and tensors that are missing, not
// floating point, not finite or of the wrong shape.
Dictionary read_sae(const std::filesystem::path& folder);

// Writes the folder's files, over those of an SAE of the same format. Throws InputError where the format has no such SAE, and says what is
// missing in it: nothing is approximated.
void write_sae(const Dictionary& dictionary, const std::string& format,
               const std::filesystem::path& folder);

}  // namespace lab
