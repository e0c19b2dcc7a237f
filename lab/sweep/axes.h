// The product of a sweep's axes as raw JSON: which runs there are, before anybody knows what they
// mean. An axis is written in one of three ways:
//   [{"name": "topk", "set": {path: value}, "grid": {path: [values]}}, …]   named arms
//   {path: [values], …}                                                     a grid of paths
//   {"axis": "world", "arms": [ … ]}             arms whose column is called "world" and not "arm"
// A path is dotted ("decomposer.k"). `set` replaces the whole value at its path; `grid` gives one
// point for each combination, the last path (in alphabetical order) changing fastest. Seeds are the
// last axis: the path "seed". An arm with "where": {column: value or list of values} stands only in runs that
// have one of these values in the column of another axis (a list that is a value itself stands in a list).
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "lab/sweep/config.h"

namespace lab {

struct Patch {
  std::string path;
  json value;
  std::string origin;  // where the user wrote the value: "axes[0][2].grid.decomposer.k[1]"
};

// One of these values is in the column.
struct Condition {
  std::string column;
  std::vector<json> values;
  std::string origin;
};

struct AxisPoint {
  std::vector<Patch> patches;                       // in the order in which they are applied
  std::vector<std::pair<std::size_t, json>> cells;  // (column, value)
  std::vector<Condition> where;                     // about the run's points on other axes
};

struct Axes {
  json base;
  std::vector<std::string> columns;          // of tables; the last is "seed"
  std::vector<std::vector<AxisPoint>> axes;  // none empty; the first changes slowest
  std::size_t runs = 0;  // the product of their sizes, but for those that "where" leaves out
  std::vector<std::uint32_t> kept;  // then: the places in the product of those that stay
};

// Throws ConfigError with the path in the sweep's file ("axes[1].arms[0].name").
Axes read_axes(const SweepConfig& config);

// The points of run number `run`, one an axis.
std::vector<const AxisPoint*> points_of(const Axes& axes, std::size_t run);

// Run number `run` of those that there are: base with the patches of its points, in the order of the axes.
// Throws ConfigError (path in the sweep's file) when a patch goes through a value that is neither
// an object nor the short form of a kind ("pca" stands for {"kind": "pca"}).
json run_json(const Axes& axes, std::size_t run);

// The run's value in each column; null where its arms do not set that column.
std::vector<json> run_point(const Axes& axes, std::size_t run);

// The place in the sweep's file that decides the value at `path` in run number `run`: that of the
// last patch at or above the path, else of a patch below it when base has nothing there, else in
// base.
std::string written_at(const Axes& axes, std::size_t run, const std::string& path);

// Whether `path` is `above` or lies below it.
bool is_within(const std::string& path, const std::string& above);

// The value at a dotted path, or nullptr; "x.kind" also finds the short form of a kind.
const json* value_at(const json& value, const std::string& path);

}  // namespace lab
