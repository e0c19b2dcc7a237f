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

// How scores are measured: on samples of the split "eval", whose draws nothing was trained on (a small
// circuit's inputs are few, and the same everywhere).
struct ScoresConfig {
  std::int64_t samples = 4096;
  std::int64_t nulls = 50;
  void fields(Fields& f) {
    f("samples", samples, between(2, 10'000'000), "samples that scores are measured on");
    f("nulls", nulls, at_least(0), "draws of each null distribution; 0: no nulls");
  }
};

// What is true of a subject at a site, before any decomposer: does it compute its task, where do its
// features lie.
struct ExamineKey {
  static constexpr const char* stage = "examine";
  static constexpr std::int64_t revision = 3;
  TrainKey train;
  SiteConfig site;
  std::int64_t samples = 0;
  void fields(Fields& f) {
    f("train", train, required(), "the subject");
    f("site", site, any(), "where its activations are read");
    f("samples", samples, at_least(2), "samples that scores are measured on");
  }
};

// A dictionary's scores, beside those of its subject.
struct EvaluateKey {
  static constexpr const char* stage = "evaluate";
  static constexpr std::int64_t revision = 4;
  FitKey fit;
  ExamineKey examine;
  std::int64_t nulls = 0;
  double bits_per_code = 0;
  void fields(Fields& f) {
    f("fit", fit, required(), "the dictionary");
    f("examine", examine, required(), "the subject's scores");
    f("nulls", nulls, at_least(0), "draws of each null distribution");
    f("bits_per_code", bits_per_code, above(0), "bits of a code in the score `bits`");
  }
};

}  // namespace lab
