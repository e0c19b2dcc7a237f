#include "circuits/samplers/cnf.h"

#include <algorithm>
#include <set>

#include "circuits/builder.h"
#include "circuits/samplers/literals.h"

namespace circuits {
namespace {

struct Clause {
  std::vector<std::uint64_t> variables;  // ascending
  std::uint64_t signs;                   // bit i is 1 when literal i is negated
  auto operator<=>(const Clause&) const = default;
};

Clause draw_clause(const CnfShape& shape, const WordSource& words) {
  Clause clause{choose_set(shape.k, shape.inputs, words), 0};
  clause.signs = words() & (~std::uint64_t{0} >> (64 - shape.k));
  return clause;
}

void check(const CnfShape& shape) {
  check_shape(shape);
  require(shape.k <= shape.inputs, CnfShape::family, "k must be at most inputs");
  double clauses = 1;  // 2^k · C(inputs, k)
  for (std::size_t i = 0; i < shape.k; ++i) {
    clauses *= 2 * static_cast<double>(shape.inputs - i) / static_cast<double>(i + 1);
  }
  require(!shape.distinct || static_cast<double>(shape.clauses) <= clauses / 2, CnfShape::family,
          "at most half of all clauses can be drawn as distinct ones");
}

}  // namespace

Parameters CnfShape::parameters() {
  return {whole("inputs", inputs, 1, 65536, "variables"),
          whole("clauses", clauses, 1, std::size_t{1} << 20, "clauses"),
          whole("k", k, 1, 64, "literals of a clause, of different variables"),
          choice("form", form, {"cnf", "dnf"}, "an AND of ORs or an OR of ANDs"),
          flag("distinct", distinct, "no clause occurs twice")};
}

Circuit sample_cnf(const CnfShape& shape, const WordSource& words) {
  check(shape);
  const bool cnf = shape.form == "cnf";
  Builder builder;
  Literals literal(builder);
  for (std::size_t i = 0; i < shape.inputs; ++i) builder.input();
  std::set<Clause> known;
  std::vector<Node> clauses;
  while (clauses.size() < shape.clauses) {
    const Clause clause = draw_clause(shape, words);
    if (shape.distinct && !known.insert(clause).second) continue;
    std::vector<Node> literals;
    for (std::size_t i = 0; i < shape.k; ++i) {
      literals.push_back(literal(static_cast<Node>(clause.variables[i]), clause.signs >> i & 1));
    }
    clauses.push_back(shape.k == 1 ? literals[0] : builder.add(cnf ? Op::Or : Op::And, literals));
  }
  builder.output(clauses.size() == 1 ? clauses[0] : builder.add(cnf ? Op::And : Op::Or, clauses));
  return builder.build();
}

}  // namespace circuits
