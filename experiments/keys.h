// The keys of the stages that experiments share. A key holds all that its stage depends on: its own
// settings, the seeds it uses, and the keys it stands on.
#pragma once

#include "lab/core/config.h"
#include "lab/decomposers/decomposer.h"
#include "lab/subjects/site.h"
#include "lab/subjects/subject.h"
#include "lab/worlds/world.h"

namespace lab {

// A subject trained on a world (or only built, where nothing is trained). Seeds are filled in.
struct TrainKey {
  static constexpr const char* stage = "train";
  static constexpr std::int64_t revision = 1;
  WorldConfig world;
  SubjectConfig subject;
  void fields(Fields& f) {
    f("world", world, required(), "the world");
    f("subject", subject, required(), "the subject");
  }
};

// A dictionary fitted to a site of a subject. The decomposer's seed is there only when it is used.
struct FitKey {
  static constexpr const char* stage = "fit";
  static constexpr std::int64_t revision = 1;
  TrainKey train;
  SiteConfig site;
  DecomposerConfig decomposer;
  void fields(Fields& f) {
    f("train", train, required(), "the subject");
    f("site", site, any(), "where its activations are read");
    f("decomposer", decomposer, required(), "the method");
  }
};

}  // namespace lab
