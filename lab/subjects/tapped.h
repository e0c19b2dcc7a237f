// What subjects share in calling hooks.
#pragma once

#include <string_view>

#include "lab/subjects/subject.h"

namespace lab {

// What flows on at a tap: the hook's answer, or the activations themselves without a hook. Throws
// InputError when the answer has another shape.
at::Tensor tapped(const Hook& hook, std::string_view tap, const at::Tensor& acts_BD);

}  // namespace lab
