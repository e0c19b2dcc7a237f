// What `lab figure` and `lab report` share: figures of a sweep as specifications, with the pictures of
// single runs made where they are needed.
#pragma once

#include <map>
#include <vector>

#include "lab/cli/options.h"
#include "lab/report/figures.h"
#include "lab/report/page.h"

namespace lab {

// The figures that the sweep's file names, or the usual ones when it names none.
std::vector<FigureConfig> figures_of(const OpenSweep& open, const ScoreTable& table);

class Drawing {
 public:
  // Makes the pictures that these figures show, and those of the runs `also` (rows of the table), in
  // the sweep's store unless they lie there. Runs that are not done are left out, and so is what
  // cannot be pictured: whatever draws it says why.
  Drawing(const OpenSweep& open, const ScoreTable& table, const std::vector<FigureConfig>& figures,
          const std::vector<std::size_t>& also);

  // Throws InputError with the file and the figure's name.
  DrawnFigure draw(const FigureConfig& figure) const;

  // Rows of the table whose runs are shown one by one: those of figures first, then `also`.
  const std::vector<std::size_t>& shown() const { return shown_; }
  // Throws InputError with the reason why a run has no picture.
  const Record& picture(std::size_t row) const;

 private:
  const OpenSweep& open_;
  const ScoreTable& table_;
  std::vector<std::size_t> shown_;
  std::map<std::size_t, Record> pictures_;
  std::map<std::size_t, std::string> reasons_;  // why there is none
};

}  // namespace lab
