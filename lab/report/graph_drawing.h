// The rows of the figure `graph`: where boxes, wires and bars lie, in pixels.
#pragma once

#include "lab/report/pictures.h"

namespace lab {

inline constexpr const char* not_found = "not found";
inline constexpr const char* not_tried = "not looked for";

// What is drawn of one run, in pixels from the upper left corner.
//   boxes  a row a node: x, y (its middle), x1, x2, y1, y2, name, text, computes, output, ink; told, and
//          score where it has one; with `found` instead: way, rate, neuron, direction, latent (texts),
//          and where it was looked for phi and caption
//   wires  a row a point of a wire: number (of the wire), i (of the point), x, y, wire
//   bars   a row a gate and way: way, x1, x2 (how far |φ| fills it), full, y1, y2, name, place
struct GraphDrawing {
  json boxes = json::array(), wires = json::array(), bars = json::array();
  double width = 0, height = 0;
  bool scored = false, captioned = false;
};

// `alone`: no other run is shown beside it, so that there is room for captions. Throws ConfigError at
// "where" without a circuit, at "score" for a column that the run's table does not have.
GraphDrawing graph_drawing(const Pictured& pictured, const GraphFigure& graph, bool alone,
                           const FigureSource& source);

}  // namespace lab
