// Activations that several decomposers of one site are fitted on: drawn once for all that come soon enough.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "lab/subjects/site.h"

namespace lab {

// Rows first … first+count−1 of what `stream` names: from memory where another fit of this process has drawn them
// lately, else by `draw`, which throws what it throws. A fit that comes while another draws waits for it. The tensors are
// shared: nobody may write to them. At most 256 MiB are kept, what was used last the longest. Safe from several threads.
SiteActs shared_acts(const std::string& stream, std::int64_t first, std::int64_t count,
                     const std::function<SiteActs()>& draw);

}  // namespace lab
