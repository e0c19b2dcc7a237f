#include "lab/decomposers/activation_cache.h"

#include <ATen/core/Tensor.h>

#include <future>
#include <list>
#include <mutex>
#include <tuple>
#include <utility>

namespace lab {
namespace {

constexpr std::int64_t kMost = std::int64_t{256} << 20;  // bytes

using Rows = std::tuple<std::string, std::int64_t, std::int64_t>;

struct Kept {
  Rows rows;
  std::shared_future<SiteActs> acts;
  std::int64_t bytes = 0;  // 0 while they are drawn
};

struct Cache {
  std::mutex mutex;
  std::list<Kept> kept;  // what was used last comes first
  std::int64_t bytes = 0;
};

std::int64_t bytes_of(const SiteActs& acts) {
  const bool one = acts.in_BD.is_same(acts.out_BD);
  return static_cast<std::int64_t>(acts.in_BD.nbytes() + (one ? 0 : acts.out_BD.nbytes()));
}

// Those of `rows`, moved to the front; `promise` is for whoever finds none, and has to keep it.
std::shared_future<SiteActs> find(Cache& cache, const Rows& rows, std::promise<SiteActs>& promise,
                                  bool& found) {
  const std::scoped_lock lock(cache.mutex);
  for (auto at = cache.kept.begin(); at != cache.kept.end(); ++at) {
    if (at->rows != rows) continue;
    cache.kept.splice(cache.kept.begin(), cache.kept, at);
    found = true;
    return at->acts;
  }
  cache.kept.push_front({rows, promise.get_future().share()});
  found = false;
  return cache.kept.front().acts;
}

void forget(Cache& cache, const Rows& rows) {
  const std::scoped_lock lock(cache.mutex);
  cache.kept.remove_if([&](const Kept& kept) { return kept.rows == rows; });
}

// Notes the size of what was drawn, and drops what was used longest ago.
void settle(Cache& cache, const Rows& rows, std::int64_t bytes) {
  const std::scoped_lock lock(cache.mutex);
  for (Kept& kept : cache.kept) {
    if (kept.rows == rows) kept.bytes = bytes;
  }
  cache.bytes += bytes;
  for (auto at = cache.kept.end(); cache.bytes > kMost && at != cache.kept.begin();) {
    --at;
    if (at->bytes == 0) continue;
    cache.bytes -= at->bytes;
    at = cache.kept.erase(at);
  }
}

}  // namespace

SiteActs shared_acts(const std::string& stream, std::int64_t first, std::int64_t count,
                     const std::function<SiteActs()>& draw) {
  static Cache cache;
  const Rows rows{stream, first, count};
  for (;;) {
    std::promise<SiteActs> promise;
    bool found = false;
    const std::shared_future<SiteActs> acts = find(cache, rows, promise, found);
    if (found) {
      try {
        return acts.get();
      } catch (...) {  // whoever drew them was stopped: try again
        forget(cache, rows);
        continue;
      }
    }
    try {
      promise.set_value(draw());
    } catch (...) {
      promise.set_exception(std::current_exception());
      forget(cache, rows);
      throw;
    }
    settle(cache, rows, bytes_of(acts.get()));
    return acts.get();
  }
}

}  // namespace lab
