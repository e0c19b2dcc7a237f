// Activations shared among fits.
#include "lab/decomposers/activation_cache.h"

#include <doctest/doctest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "lab/core/error.h"
#include "tests/decomposers/toy.h"

namespace lab {

TEST_CASE("activations are drawn once for all that ask, and anew when there is no room for them") {
  std::atomic<int> drawn = 0;
  const auto draw = [&] {
    ++drawn;
    const at::Tensor x = at::full({1024, 1024}, 3.F);  // 4 MiB
    return SiteActs{x, x};
  };
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) threads.emplace_back([&] { shared_acts("a", 0, 1024, draw); });
  for (std::thread& thread : threads) thread.join();
  CHECK(drawn == 1);
  CHECK(shared_acts("a", 0, 1024, draw).in_BD[0][0].item<float>() == 3);
  shared_acts("a", 1024, 1024, draw);
  shared_acts("b", 0, 1024, draw);
  CHECK(drawn == 3);
  for (int i = 0; i < 80; ++i) shared_acts("c", i, 1024, draw);  // 320 MiB
  CHECK(drawn == 83);
  shared_acts("c", 79, 1024, draw);
  CHECK(drawn == 83);
  shared_acts("a", 0, 1024, draw);
  CHECK(drawn == 84);
}

TEST_CASE("a draw that fails leaves nothing behind") {
  CHECK_THROWS_AS(shared_acts("fails", 0, 1, []() -> SiteActs { throw Failure("no"); }), Failure);
  const at::Tensor x = at::ones({1, 1});
  CHECK(shared_acts("fails", 0, 1, [&] { return SiteActs{x, x}; }).in_BD.equal(x));
}

TEST_CASE("fits that share a stream end with the same bits as fits that do not") {
  const toy::Toy toy(toy::ToyWorld(16, .2), toy::ToySubject(toy::orthonormal(16, 16)));
  TopK topk;
  topk.sae.latents = 24;
  topk.sae.steps = 40;
  const Dictionary alone = fit_topk(topk, toy.data(), 1).dictionary;
  FitData shared = toy.data();
  shared.stream = "test";
  for (int i = 0; i < 2; ++i) {
    CHECK(at::equal(fit_topk(topk, shared, 1).dictionary.atoms_MD, alone.atoms_MD));
  }
}

}  // namespace lab
