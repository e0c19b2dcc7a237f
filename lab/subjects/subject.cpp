#include "lab/subjects/subject.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <sstream>

#include "lab/core/error.h"
#include "lab/subjects/tapped.h"

namespace lab {
namespace {

const Tap* find(const std::vector<Tap>& taps, const std::string& name) {
  const auto tap =
      std::find_if(taps.begin(), taps.end(), [&](const Tap& t) { return t.name == name; });
  return tap == taps.end() ? nullptr : &*tap;
}

bool seeded(const Embedding& config) {
  return uses_seed(config);
}
bool seeded(const Compiled& config) {
  return uses_seed(config);
}
bool seeded(const Mlp&) {
  return true;
}
bool seeded(const PlantedNetwork&) {
  return true;
}
bool seeded(const ToyAutoencoder&) {
  return true;
}
bool seeded(const ResidualMlp&) {
  return true;
}
bool seeded(const EmbeddingMlp&) {
  return true;
}
bool seeded(const Attention&) {
  return true;
}
bool seeded(const Superposed&) {
  return true;
}

}  // namespace

bool Subject::has_tap(const std::string& name) const {
  return find(taps(), name) != nullptr;
}

std::int64_t Subject::tap_width(const std::string& name) const {
  if (const Tap* tap = find(taps(), name)) return tap->width;
  std::string known;
  for (const Tap& tap : taps()) known += (known.empty() ? "" : ", ") + tap.name;
  throw InputError("tap '" + name + "' does not exist; this subject has " + known);
}

at::Tensor tapped(const Hook& hook, std::string_view tap, const at::Tensor& acts_BD) {
  if (!hook) return acts_BD;
  at::Tensor answer = hook(tap, acts_BD);
  if (!answer.defined() || answer.sizes() != acts_BD.sizes()) {
    std::ostringstream message;
    message << "hook at tap '" << tap << "' must return a tensor of shape " << acts_BD.sizes();
    if (answer.defined()) message << ", got " << answer.sizes();
    throw InputError(message.str());
  }
  return answer;
}

std::unique_ptr<Subject> make_subject(const SubjectConfig& config, const World& world,
                                      std::int64_t seed) {
  return std::visit([&](const auto& kind) { return make_subject(kind, world, seed); }, config.kind);
}

bool uses_seed(const SubjectConfig& config) {
  return std::visit([](const auto& kind) { return seeded(kind); }, config.kind);
}

}  // namespace lab
