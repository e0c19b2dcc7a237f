#include "lab/mechanisms/cuts.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <tuple>
#include <utility>

#include "lab/core/stop.h"
#include "lab/mechanisms/iia.h"
#include "lab/scores/neurons.h"
#include "lab/subjects/place.h"

namespace lab {
namespace {

using std::int64_t;

class Cutter {
 public:
  Cutter(const Subject& subject, const Batch& batch, const at::Tensor& own_BT)
      : subject_(subject), batch_(batch), own_BT_(own_BT) {}

  CutNeuron neuron(const std::string& tap, int64_t unit, const at::Tensor& acts_B) const {
    const std::vector<Gap> gaps = lab::gaps(acts_B);
    CutNeuron neuron{tap, unit, static_cast<int64_t>(gaps.size()) + 1, {}};
    const std::size_t tried = std::min(gaps.size(), most_cuts);
    for (std::size_t i = 0; i < tried; ++i) {
      neuron.cuts.push_back(cut(tap, unit, acts_B, gaps[i * gaps.size() / tried].middle));
    }
    std::ranges::sort(neuron.cuts, {}, [](const Cut& cut) {
      return std::tuple(-cut.kept, cut.change, cut.threshold);
    });
    return neuron;
  }

 private:
  Cut cut(const std::string& tap, int64_t unit, const at::Tensor& acts_B, double threshold) const {
    const at::Tensor above_B = acts_B > threshold;
    const at::Tensor low = acts_B.masked_select(above_B.logical_not()).mean();
    const at::Tensor high = acts_B.masked_select(above_B).mean();
    const at::Tensor replaced_B = at::where(above_B, high, low);
    const double change =
        ((acts_B - replaced_B).square().sum() / (acts_B - acts_B.mean()).square().sum())
            .item<double>();
    return {threshold, kept(tap, unit, replaced_B), std::round(change * 1e6) / 1e6,
            columns_of(above_B.unsqueeze(1))[0]};
  }

  double kept(const std::string& tap, int64_t unit, const at::Tensor& replaced_B) const {
    poll_stop();
    const at::Tensor output_BT =
        subject_.run(batch_, [&](std::string_view at, const at::Tensor& acts_BD) {
          if (at != tap) return acts_BD;
          at::Tensor changed_BD = acts_BD.clone();
          changed_BD.select(1, unit).copy_(replaced_B);
          return changed_BD;
        });
    return decisions(subject_, output_BT).eq(own_BT_).all(1).to(at::kDouble).mean().item<double>();
  }

  const Subject& subject_;
  const Batch& batch_;
  at::Tensor own_BT_;
};

std::vector<BitColumn> bits_of(const std::vector<CutNeuron>& neurons) {
  std::vector<BitColumn> bits;
  for (const CutNeuron& neuron : neurons) bits.push_back(neuron.cut().bit);
  return bits;
}

// What `explained` is when all are functions.
int64_t all_of(const std::vector<BitColumn>& bits) {
  return bits.empty() ? 0 : static_cast<int64_t>(bits.size() * bits[0].size());
}

std::size_t lowest(const CutNeuron& neuron) {
  return static_cast<std::size_t>(std::ranges::min_element(neuron.cuts, {}, &Cut::threshold) -
                                  neuron.cuts.begin());
}

// One round over the neurons of a tap; whether a cut was moved.
bool move_cuts(std::vector<CutNeuron>& neurons, const std::vector<BitColumn>& next,
               std::vector<BitColumn>& bits, int64_t& most) {
  bool moved = false;
  for (std::size_t k = 0; k < neurons.size(); ++k) {
    for (std::size_t c = 0; c < neurons[k].cuts.size() && most < all_of(next); ++c) {
      if (c == neurons[k].chosen) continue;
      poll_stop();
      bits[k] = neurons[k].cuts[c].bit;
      const int64_t found = explained(next, bits);
      if (found > most) {
        most = found;
        neurons[k].chosen = c;
        moved = true;
      }
    }
    bits[k] = neurons[k].cut().bit;
  }
  return moved;
}

// Rounds until no move helps; what is explained then.
int64_t move_all(std::vector<CutNeuron>& neurons, const std::vector<BitColumn>& next) {
  std::vector<BitColumn> bits = bits_of(neurons);
  int64_t most = explained(next, bits);
  while (move_cuts(neurons, next, bits, most)) poll_stop();
  return most;
}

}  // namespace

std::vector<BitColumn> columns_of(const at::Tensor& bits_BK) {
  const at::Tensor bytes = bits_BK.t().to(at::kByte).contiguous();
  std::vector<BitColumn> columns;
  for (int64_t k = 0; k < bytes.size(0); ++k) {
    const auto* first = bytes.const_data_ptr<std::uint8_t>() + k * bytes.size(1);
    columns.emplace_back(first, first + bytes.size(1));
  }
  return columns;
}

std::vector<std::vector<CutNeuron>> cut_neurons(const Subject& subject, const Batch& batch,
                                                const at::Tensor& own_BT) {
  std::vector<std::string> names;
  for (const Tap& tap : subject.taps()) {
    if (tap.name.ends_with(".post")) names.push_back(tap.name);
  }
  const std::vector<at::Tensor> acts = acts_at(subject, batch, names);
  const Cutter cutter(subject, batch, own_BT);
  std::vector<std::vector<CutNeuron>> taps;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const at::Tensor acts_BD = score_input(acts[i], "an activation at " + names[i]);
    const at::Tensor varying_D = varying(acts_BD);
    taps.emplace_back();
    for (int64_t unit = 0; unit < acts_BD.size(1); ++unit) {
      if (!varying_D[unit].item<bool>()) continue;
      const at::Tensor acts_B = acts_BD.select(1, unit).contiguous();
      taps.back().push_back(cutter.neuron(names[i], unit, acts_B));
    }
  }
  std::vector<BitColumn> next = columns_of(own_BT);
  for (std::size_t i = taps.size(); i-- > 0;) {
    if (move_all(taps[i], next) < all_of(next)) {
      std::vector<CutNeuron> other = taps[i];
      for (CutNeuron& neuron : other) neuron.chosen = lowest(neuron);
      if (move_all(other, next) > explained(next, bits_of(taps[i]))) taps[i] = std::move(other);
    }
    next = bits_of(taps[i]);
  }
  return taps;
}

}  // namespace lab
