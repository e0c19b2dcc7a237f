// What scores mean, in a few words, for people who read a figure or a page.
#pragma once

#include <string>

namespace lab {

// "fraction of variance unexplained, 0 is best", or "" for a score without words. Endings
// ("_estimated", "_null") are explained, too.
std::string score_words(const std::string& score);

}  // namespace lab
