// Writes the page of a sweep that does not exist: many runs with many scores. For the benchmark
// report_page.py. Usage: bench_report_page RUNS SCORES FILE
#include <cmath>
#include <fstream>
#include <iostream>

#include "lab/report/page.h"

int main(int count, char** arguments) {
  if (count != 4) {
    std::cerr << "usage: bench_report_page RUNS SCORES FILE\n";
    return 2;
  }
  const int runs = std::stoi(arguments[1]), scores = std::stoi(arguments[2]);
  lab::Page page;
  page.name = "bench";
  page.about = "a page of many runs";
  page.table.columns = {"arm", "k", "seed"};
  for (int i = 0; i < scores; ++i) page.table.scores.push_back("score" + std::to_string(i));
  for (int run = 0; run < runs; ++run) {
    char id[17];
    std::snprintf(id, sizeof id, "%016llx", run * 0x9e3779b97f4a7c15ull);
    lab::ScoreTable::Row row{{"arm " + std::to_string(run / 500), run / 5 % 100, run % 5},
                             id,
                             lab::Status::done,
                             {},
                             {}};
    for (int i = 0; i < scores; ++i) {
      const bool empty = i % 10 == 9 && run % 2 == 0;
      row.scores.push_back(empty ? lab::Score::absent("the world has no circle")
                                 : lab::Score::of(std::sin(run * 61.0 + i)));
    }
    page.table.rows.push_back(std::move(row));
  }
  std::ofstream(arguments[3]) << page_html(page, "");
}
