// The loops that a step of an autoencoder is made of.
#include <ATen/Parallel.h>
#include <doctest/doctest.h>

#include <limits>

#include "lab/decomposers/relu_objective.h"
#include "lab/decomposers/sae_kernels.h"
#include "lab/decomposers/topk_objective.h"
#include "tests/decomposers/gradients.h"

namespace lab {

using toy::largest, toy::random;

TEST_CASE("the steps of batch TopK select exactly, ties and negatives included") {
  const at::Tensor pre = at::tensor({1.f, 1.f, -2.f, 0.f, 3.f, 1.f, 1.f, .5f}).view({2, 4});
  const at::Tensor zero = at::zeros({4});
  const auto list = [](const SparseCodes& codes) { return codes.dense(); };
  CHECK(at::equal(list(largest_of_batch(pre, zero, 1)),
                  at::tensor({1.f, 0.f, 0.f, 0.f, 3.f, 0.f, 0.f, 0.f}).view({2, 4})));
  CHECK(at::equal(list(largest_of_batch(pre, zero, 1.5)),
                  at::tensor({1.f, 1.f, 0.f, 0.f, 3.f, 0.f, 0.f, 0.f}).view({2, 4})));
  CHECK(at::equal(list(largest_of_batch(pre, zero, 2)),
                  at::tensor({1.f, 1.f, 0.f, 0.f, 3.f, 1.f, 0.f, 0.f}).view({2, 4})));
  CHECK(at::equal(list(largest_of_batch(pre, zero, 4)), pre.relu()));
  CHECK(at::equal(list(largest_of_samples(pre, zero, 2)),
                  at::tensor({1.f, 1.f, 0.f, 0.f, 3.f, 1.f, 0.f, 0.f}).view({2, 4})));
  CHECK(at::equal(list(largest_of_samples(pre, at::tensor({0.f, .1f, 0.f, 0.f}), 1)),
                  at::tensor({0.f, 1.1f, 0.f, 0.f, 3.f, 0.f, 0.f, 0.f}).view({2, 4})));
  // Against LibTorch's own selection, on numbers without ties.
  const at::Tensor wide = random(70, 333, 6);
  for (const std::int64_t k : {1, 7, 333}) {
    const at::Tensor mine = list(largest_of_batch(wide, at::zeros({333}), k));
    const auto [values, places] =
        wide.relu().flatten().topk(std::min<std::int64_t>(k * 70, wide.numel()));
    CHECK(at::equal(mine.flatten(), at::zeros({wide.numel()}).scatter(0, places, values)));
  }
}

TEST_CASE("lists of codes hold what is not 0, latent by latent in the order of samples") {
  for (const std::int64_t latents : {5, 64, 200}) {
    CAPTURE(latents);
    at::Tensor codes = random(2100, latents, 8).relu();
    codes[1].zero_();
    codes[2][latents - 1] = std::numeric_limits<float>::quiet_NaN();
    at::set_num_threads(3);
    const SparseCodes list = nonzero_codes(codes);
    CHECK(at::equal(list.dense().nan_to_num(-1), codes.nan_to_num(-1)));
    const ByLatent order = by_latent(list);
    at::set_num_threads(1);
    bool right = order.first.back() == list.entries();
    for (std::int64_t i = 0; i < latents; ++i) {
      const at::Tensor samples = codes.select(1, i).nonzero().flatten();
      right &= order.first[i + 1] - order.first[i] == samples.numel();
      for (std::int64_t e = 0; right && e < samples.numel(); ++e) {
        const std::int64_t place = order.first[i] + e;
        right &= order.sample[place] == samples[e].item<std::int64_t>();
        right &= list.latent[order.entry[place]] == i;
      }
    }
    CHECK(right);
  }
}

TEST_CASE("threads change no bit of a step") {
  const at::Tensor x =
      (random(2000, 64, 5) * 4).round() / 4;  // with ties; large enough to be shared out
  SaeParams params = toy::some_params(64, 500, 64);
  params.W_enc_MD = (params.W_enc_MD * 4).round() / 4;
  const auto grads_with = [&](int threads, const SaeObjective& objective) {
    at::set_num_threads(threads);
    std::vector<at::Tensor> blank;
    for (const at::Tensor& p : params.list()) blank.push_back(at::zeros_like(p));
    SaeParams grads = SaeParams::from_list(blank);
    objective.differentiate(params, {x, x}, {}, grads);
    at::set_num_threads(1);
    return grads;
  };
  TopKSae nested;
  nested.k = 20;
  nested.prefixes = {10, 50};
  TopKSae over_batch = nested;
  over_batch.over = TopKOver::kBatch;
  for (const TopKSae& sae : {nested, over_batch}) {
    const SaeParams one = grads_with(1, TopKObjective(sae)),
                    more = grads_with(3, TopKObjective(sae));
    CHECK(at::equal(one.W_dec_MD, more.W_dec_MD));
    CHECK(at::equal(one.b_enc_M, more.b_enc_M));
    CHECK(largest(one.W_enc_MD - more.W_enc_MD) <=
          1e-6 * largest(one.W_enc_MD));  // after MKL's product
  }
}

TEST_CASE("threads change no bit of a ReLU step by lists of codes") {
  const at::Tensor x = (random(2000, 64, 5) * 4).round() / 4;
  SaeParams params = toy::some_params(64, 500, 64);
  params.W_enc_MD = (params.W_enc_MD * 4).round() / 4;
  const at::Tensor pre = x.mm(params.W_enc_MD.t());
  params.b_dec_D.zero_();
  params.b_enc_M.fill_(-std::get<0>(pre.flatten().sort())[pre.numel() * 95 / 100].item<double>());
  ReluSae sae;
  sae.l1 = 0.1;
  const auto grads_with = [&](int threads) {
    at::set_num_threads(threads);
    std::vector<at::Tensor> blank;
    for (const at::Tensor& p : params.list()) blank.push_back(at::zeros_like(p));
    SaeParams grads = SaeParams::from_list(blank);
    const SaeStep step = ReluObjective(sae).differentiate(params, {x, x}, {}, grads);
    at::set_num_threads(1);
    CHECK(step.l0 > 0.03 * 500);
    CHECK(step.l0 < 0.06 * 500);
    return grads;
  };
  const SaeParams one = grads_with(1), more = grads_with(3);
  CHECK(at::equal(one.W_dec_MD, more.W_dec_MD));
  CHECK(at::equal(one.W_enc_MD, more.W_enc_MD));
  CHECK(at::equal(one.b_enc_M, more.b_enc_M));
}

TEST_CASE("dense passes: the loops of the CPU against LibTorch's operations") {
  // What is not contiguous takes the second way.
  const auto slanted = [](const at::Tensor& x) { return x.t().contiguous().t(); };
  const at::Tensor pre = random(150, 33, 1), bias = random(1, 33, 2).view(-1);
  at::Tensor a = pre.clone(), b = slanted(pre);
  const Fired by_loop = relu_codes_(a, bias), by_torch = relu_codes_(b, bias);
  CHECK(at::equal(a, b));
  CHECK(by_loop.count == by_torch.count);
  CHECK(at::allclose(by_loop.sum_M, by_torch.sum_M, 1e-5, 1e-5));
  const at::Tensor out = random(150, 33, 3);
  at::Tensor said = pre.clone(), also = slanted(pre), sum = at::empty({33}),
             other = at::empty({33});
  CHECK(error_slope_(said, bias, out, .5, sum) ==
        doctest::Approx(error_slope_(also, bias, out, .5, other)).epsilon(1e-5));
  CHECK(at::allclose(said, also, 1e-5, 1e-6));
  CHECK(at::allclose(sum, other, 1e-4, 1e-4));
  at::Tensor slope = pre.clone(), same = slanted(pre);
  through_relu_(slope, a, bias, .3, sum);
  through_relu_(same, a, bias, .3, other);
  CHECK(at::allclose(slope, same, 1e-5, 1e-6));
  CHECK(at::allclose(sum, other, 1e-4, 1e-4));
  at::Tensor rows = pre.clone(), more = slanted(pre);
  normalise_rows_(rows);
  normalise_rows_(more);
  CHECK(at::allclose(rows, more, 1e-5, 1e-6));
  at::Tensor grad = out.clone(), spare = slanted(out);
  project_rows_(grad, rows);
  project_rows_(spare, rows);
  CHECK(at::allclose(grad, spare, 1e-4, 1e-5));
  CHECK(largest((grad * rows).sum(1)) < 1e-5);

  at::Tensor atoms = pre.clone();
  atoms[3].zero_();
  const at::Tensor norm = row_norms(atoms), weight = random(1, 150, 4).view(-1);
  CHECK(at::allclose(norm, row_norms(slanted(atoms)), 1e-5, 1e-6));
  at::Tensor pulled = out.clone(), also_pulled = slanted(out);
  CHECK(add_norm_slopes_(atoms, norm, weight, .7, pulled) ==
        doctest::Approx(add_norm_slopes_(atoms, norm, weight, .7, also_pulled)).epsilon(1e-5));
  CHECK(at::allclose(pulled, also_pulled, 1e-5, 1e-6));
  CHECK(at::equal(pulled[3], out[3]));
  column_sums(out, sum);
  column_sums(slanted(out), other);
  CHECK(at::allclose(sum, other, 1e-5, 1e-5));
  const at::Tensor far = pre + 1000;  // a mean much larger than what is spread about it
  CHECK(total_variance(far) == doctest::Approx(total_variance(slanted(far))).epsilon(1e-5));
}

}  // namespace lab
