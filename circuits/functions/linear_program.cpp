#include "circuits/functions/linear_program.h"

#include <coin/Clp_C_Interface.h>

#include <memory>

namespace circuits {

std::optional<LinearSolution> solve(const LinearProgram& program) {
  const std::unique_ptr<Clp_Simplex, void (*)(Clp_Simplex*)> model(Clp_newModel(), Clp_deleteModel);
  Clp_setLogLevel(model.get(), 0);
  std::vector<double> row_lower, row_upper, values;
  std::vector<CoinBigIndex> starts{0};
  std::vector<int> columns;
  for (const LinearProgram::Row& row : program.rows) {
    row_lower.push_back(row.lower);
    row_upper.push_back(row.upper);
    columns.insert(columns.end(), row.columns.begin(), row.columns.end());
    values.insert(values.end(), row.values.begin(), row.values.end());
    starts.push_back(static_cast<CoinBigIndex>(columns.size()));
  }
  const CoinBigIndex no_entries = 0;
  const std::vector<CoinBigIndex> empty(program.cost.size() + 1, no_entries);
  Clp_loadProblem(model.get(), static_cast<int>(program.cost.size()), 0, empty.data(), nullptr,
                  nullptr, program.lower.data(), program.upper.data(), program.cost.data(), nullptr,
                  nullptr);
  Clp_addRows(model.get(), static_cast<int>(program.rows.size()), row_lower.data(),
              row_upper.data(), starts.data(), columns.data(), values.data());
  Clp_dual(model.get(), 0);
  if (Clp_status(model.get()) != 0) return std::nullopt;
  const double* x = Clp_primalColumnSolution(model.get());
  const double* duals = Clp_dualRowSolution(model.get());
  return LinearSolution{Clp_objectiveValue(model.get()),
                        {x, x + program.cost.size()},
                        {duals, duals + program.rows.size()}};
}

}  // namespace circuits
