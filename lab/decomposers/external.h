// A method of yours: any program that reads activations and writes an SAE.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "lab/core/fields.h"
#include "lab/decomposers/fixed.h"

namespace lab {

struct FitData;
struct Fitted;

// The program is started in the folder in which `lab` runs, with these words in its command replaced:
//   {input}   safetensors file: x [samples, width of the input tap], float32; with another output tap also
//             y [samples, its width]
//   {output}  empty folder, where it leaves an SAE in a format of sae_formats.h, or atoms.safetensors with a tensor
//             atoms [M, width] alone, to which `encoder` gives codes
//   {script}  the path of `script`; {seed}  the decomposer's seed
// What it trains on are the first `samples` of the split "fit"; scores are measured on others. The stage fails, and
// the sweep goes on, when it does not exit with 0 (its last line of standard error is the reason), takes longer than
// time_limit, or leaves what cannot be read or is of another width. Only the command's words and the script's content are
// in the stage's key: a program that is not the script must not change.
struct External {
  static constexpr const char* name = "external";
  static constexpr const char* doc =
      "a program of yours that reads activations and writes an SAE, scored like any other";
  static constexpr std::int64_t revision = 1;
  std::vector<std::string> command;
  std::string script, sha256;
  std::int64_t samples = 65536;
  double time_limit = 600;
  EncoderConfig encoder;

  void fields(Fields& f) {
    f("command", command, Check{}.items(1),
      "program and arguments; {input}, {output}, {script} and {seed} are replaced");
    f("script", script, any(),
      "a file of the command, {script}; its content enters the stage's key");
    f("sha256", sha256, any(), "SHA-256 of the script in hex; filled in when empty, else checked");
    f("samples", samples, between(1, 100'000'000), "activations that it gets");
    f("time_limit", time_limit, above(0), "seconds after which it is ended");
    f("encoder", encoder, any(), "how codes are found where it writes atoms alone");
  }
};

Fitted fit_external(const External& config, const FitData& data, std::int64_t seed);

// The script's SHA-256. Throws InputError when it is unreadable, or not what the config says.
void resolve_script(External& config);

}  // namespace lab
