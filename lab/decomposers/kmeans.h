// Clusters as a dictionary.
#pragma once

#include <cstdint>

#include "lab/core/fields.h"

namespace lab {

struct FitData;
struct Fitted;

// Lloyd's algorithm (1982) from k-means++ seeds (Arthur & Vassilvitskii 2007). Atoms are the clusters' means, codes 1
// for the nearest one, else 0. spherical: of directions x/‖x‖, with unit atoms of largest mean cosine (Dhillon & Modha
// 2001); codes are the length of x along the nearest, 0 where that is not positive. A cluster that loses its last
// sample stays where it was.
struct KMeans {
  static constexpr const char* name = "kmeans";
  static constexpr const char* doc = "k-means clusters: one latent a sample";
  static constexpr std::int64_t revision = 1;
  std::int64_t latents = 64;
  bool spherical = false;
  std::int64_t samples = 16384;
  std::int64_t rounds = 100;

  void fields(Fields& f) {
    f("latents", latents, at_least(1), "clusters, M");
    f("spherical", spherical, any(), "cluster directions instead of points");
    f("samples", samples, at_least(1), "fit samples");
    f("rounds", rounds, at_least(1), "most rounds; it ends when no sample changes its cluster");
    f.require(latents <= samples, "latents", "must be at most samples");
  }
};

// Throws InputError for a transcoder.
Fitted fit_kmeans(const KMeans& config, const FitData& data, std::int64_t seed);

}  // namespace lab
