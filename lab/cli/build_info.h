// What this program was built from and runs on: part of every record's provenance.
#pragma once

#include <nlohmann/json_fwd.hpp>

namespace lab {

// {"commit", "dirty", "compiler", "libtorch", "cpu", "mkl", "host"}
nlohmann::json provenance();

}  // namespace lab
