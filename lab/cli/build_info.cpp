#include "lab/cli/build_info.h"

#include <ATen/Context.h>
#include <ATen/Version.h>
#include <torch/version.h>
#include <unistd.h>

#include <cstdlib>
#include <nlohmann/json.hpp>

#include "revision.h"

namespace lab {

using nlohmann::json;

json provenance() {
  char host[256] = {};
  gethostname(host, sizeof host - 1);
  json mkl = {{"version", at::get_mkl_version()}};
  for (const char* name :
       {"MKL_CBWR", "MKL_ENABLE_INSTRUCTIONS", "MKL_NUM_THREADS", "OMP_NUM_THREADS"}) {
    if (const char* value = std::getenv(name)) mkl[name] = value;
  }
  return {{"commit", LAB_GIT_COMMIT},
          {"dirty", LAB_GIT_DIRTY},
          {"compiler", "gcc " __VERSION__},
          {"libtorch", TORCH_VERSION},
          {"cpu", at::get_cpu_capability()},
          {"mkl", mkl},
          {"host", host}};
}

}  // namespace lab
