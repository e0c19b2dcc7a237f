// The placement families: one config struct each. placement.h says what a placement is.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "lab/core/fields.h"

namespace lab {

}  // namespace lab
