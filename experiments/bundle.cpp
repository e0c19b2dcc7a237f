#include "experiments/bundle.h"

#include <ATen/ATen.h>

#include "experiments/experiment.h"
#include "experiments/measure.h"
#include "experiments/stages.h"
#include "lab/core/error.h"
#include "lab/decomposers/fit_samples.h"

namespace lab {
namespace {

// A context in which one stage was made.
class Made : public Context {
 public:
  explicit Made(Product product) : product_(std::move(product)) {}
  Product need(const std::string&) override { return product_; }
  const StopToken& stop() const override { return stop_; }

 private:
  Product product_;
  StopToken stop_;
};

void put_activations(Tensors& tensors, const Site& site, const SiteActs& acts) {
  tensors["x"] = acts.in_BD;
  if (site.input_tap() != site.output_tap()) tensors["y"] = acts.out_BD;
}

}  // namespace

Bundle make_bundle(const json& run, std::int64_t samples, std::int64_t held_out,
                   const std::function<std::optional<Product>(const std::string& id)>& known) {
  const at::NoGradGuard no_gradients;
  const ExamineKey key = examine_key_of(run);
  Bundle bundle;
  bundle.train = train_stage(key.train);
  const std::optional<Product> before = known(bundle.train->id);
  Made nothing({});
  bundle.trained = before ? *before : bundle.train->make(nothing);
  Made context(bundle.trained);
  const Trained on = trained(key.train, context);
  const Site site(*on.subject, key.site);
  const FitData data{*on.world, *on.subject, site, std::nullopt, context.stop()};
  const std::int64_t coordinates = on.world->truth().coordinates();
  if (!on.subject->planted(site.output_tap()) && held_out < coordinates + 2) {
    throw InputError("--held-out must be at least " + std::to_string(coordinates + 2) +
                     ": the directions of " + std::to_string(coordinates) +
                     " coordinates are estimated from these samples");
  }
  put_activations(bundle.activations, site, fit_acts(data, samples));
  const Measured measured = measure(*on.world, *on.subject, site, held_out);
  put_activations(bundle.truth, site, measured.acts);
  bundle.truth["values"] = measured.batch.values_BC;
  bundle.truth["present"] = measured.batch.present_BF;
  bundle.truth["directions"] = measured.directions_CD;
  return bundle;
}

}  // namespace lab
