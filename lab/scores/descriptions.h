// When does a latent fire? The shortest description in words of the circuit: its inputs and gates. Over all
// inputs a firing pattern is a boolean function, so that the description can be checked exactly: automatic
// interpretation without a language model, and without a judge.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <string>
#include <vector>

#include "lab/core/fields.h"
#include "lab/core/rng.h"
#include "lab/scores/scores.h"

namespace lab {

// dead: never fires, or always. input, gate: one of them or its complement. conjunction, disjunction,
// parity: of several. mixture: a formula that mixes them, or no description.
enum class Firing { dead, input, gate, conjunction, disjunction, parity, mixture };
std::string name_of(Firing kind);

// τ = .95 lets a description miss one firing in twenty and add one silence in twenty. By chance (256 inputs, 8
// letters) every latent that fires on one input is described, a third of those on two, none of those on
// twenty: latents_described_null says what chance gives for the latents at hand.
struct DescriptionConfig {
  double tau = .95;
  std::int64_t longest = 5;

  void fields(Fields& f) {
    f("tau", tau, between(.5, 1), "least sensitivity and specificity of a description");
    f("longest", longest, between(1, 8),
      "most literals of a description: conjunctions and disjunctions are searched as far, parities "
      "and "
      "mixed formulas up to 3");
  }
};

// What descriptions are made of: a value an input of the circuit, 0 or 1.
struct Letter {
  std::string name;
  bool gate = false;  // else an input
};

struct Description {
  Firing kind = Firing::mixture;
  std::string text;         // "a and not g3"; empty: none was found
  std::int64_t length = 0;  // literals; complements are free; 0: none
  double sensitivity =
      0;  // P(description | fires), P(not description | silent), of the best there is
  double specificity = 0;
};

// One a latent. Tried are, by length, every formula in which each of 1, 2 or 3 letters occurs once, joined
// by and, or, xor, any of them negated (of more than 64 letters, triples of the 64 that correlate most with
// the latent); then conjunctions and disjunctions that grow from the best triples by one literal at a time.
// The first length that reaches τ on all rows is the description; of equally long ones the largest
// min(sensitivity, specificity), then the earlier letters. Beyond 4096 rows a formula is searched on 4096
// of them, drawn at random, and checked on all. fires_BM, letters_BL: bool. Throws InputError when the numbers
// of samples or letters differ.
std::vector<Description> describe_firings(const at::Tensor& fires_BM, const at::Tensor& letters_BL,
                                          const std::vector<Letter>& letters,
                                          const DescriptionConfig& config);

struct Descriptions {
  Scores scores;
  // A row a latent, labelled by its description: kind (number in Firing), length (empty: none),
  // sensitivity, specificity, density.
  Table table;
};

//   UNITS_KIND           [0, 1]  share of the units ("latents", "neurons") of each kind; the seven add up to 1
//   UNITS_described      [0, 1]  share of those that are not dead which have a description; with _null,
//                                _null_sd, _p (draws > 0): firings of shuffled inputs
//   description_length   [1, longest]  mean over those that have one
// An oracle whose latents are the gates has latents_gate 1 and length 1. Absent without units.
Descriptions descriptions(const std::string& units, const at::Tensor& fires_BM,
                          const at::Tensor& letters_BL, const std::vector<Letter>& letters,
                          const DescriptionConfig& config, std::int64_t draws, const Draw& draw);

// All of these absent.
Scores no_description_scores(const std::string& units, const std::string& reason);

}  // namespace lab
