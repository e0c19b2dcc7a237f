#include "lab/report/drawing.h"
namespace lab { json draw(const GraphFigure&, const FigureConfig&, const FigureSource&) { return {}; } }
