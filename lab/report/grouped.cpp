// The table for people: seeds summarised, cells aligned, reasons below.
#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "lab/report/operations.h"
#include "lab/report/table.h"

namespace lab {
namespace {

using Cells = std::vector<std::string>;

// The rows that differ in nothing but their seed.
struct Group {
  Cells point;                    // without the seed
  std::vector<std::size_t> rows;  // of the table
};

std::vector<Group> groups_of(const ScoreTable& table) {
  std::vector<Group> groups;
  for (PointGroup& points : by_point(table)) {
    Cells cells;
    for (const json& value : points.point) cells.push_back(cell_text(value));
    groups.push_back({std::move(cells), std::move(points.rows)});
  }
  return groups;
}

std::string summary(const ScoreTable& table, const Group& group, std::size_t score) {
  const std::optional<Summary> found = summary_of(table, group.rows, score);
  return found.has_value() ? summary_text(*found) : "";
}

std::string escaped(const std::string& text) {  // a bar would end a Markdown cell
  std::string result;
  for (const char c : text) result += c == '|' ? std::string("\\|") : std::string(1, c);
  return result;
}

// Columns of points are aligned at the left, scores at the right.
std::string laid_out(std::vector<Cells> lines, std::size_t left, Layout layout) {
  const bool markdown = layout == Layout::markdown;
  std::vector<std::size_t> widths(lines.front().size(), markdown ? 3 : 0);
  for (Cells& line : lines) {
    for (std::size_t i = 0; i < line.size(); ++i) {
      if (markdown) line[i] = escaped(line[i]);
      widths[i] = std::max(widths[i], text_width(line[i]));
    }
  }
  std::string text;
  const auto write = [&](const Cells& line) {
    std::string row = markdown ? "| " : "";
    for (std::size_t i = 0; i < line.size(); ++i) {
      const std::string padding(widths[i] - text_width(line[i]), ' ');
      row += i < left ? line[i] + padding : padding + line[i];
      if (i + 1 < line.size()) row += markdown ? " | " : "  ";
    }
    if (markdown) row += " |";
    while (!row.empty() && row.back() == ' ') row.pop_back();
    text.append(row).append("\n");
  };
  write(lines.front());
  Cells rule;
  for (std::size_t i = 0; i < widths.size(); ++i) {
    rule.push_back(std::string(widths[i] - (markdown && i >= left ? 1 : 0), '-') +
                   (markdown && i >= left ? ":" : ""));
  }
  write(rule);
  for (std::size_t i = 1; i < lines.size(); ++i) write(lines[i]);
  return text;
}

// The columns in blocks that are at most `limit` characters wide (0: any), each with the points before
// it; a block has at least one column.
std::vector<std::vector<Cells>> blocks(const std::vector<Cells>& points,
                                       const std::vector<Cells>& columns, std::size_t limit) {
  const auto widest = [](const Cells& cells) {
    std::size_t width = 0;
    for (const std::string& cell : cells) width = std::max(width, text_width(cell));
    return width + 2;
  };
  std::size_t start = 0;
  for (std::size_t k = 0; k < points.front().size(); ++k) {
    Cells cells;
    for (const Cells& point : points) cells.push_back(point[k]);
    start += widest(cells);
  }
  std::vector<std::vector<Cells>> result{points};
  std::size_t width = start;
  for (const Cells& column : columns) {
    if (limit > 0 && width > start && width + widest(column) - 2 > limit) {
      result.push_back(points);
      width = start;
    }
    width += widest(column);
    for (std::size_t i = 0; i < column.size(); ++i) result.back()[i].push_back(column[i]);
  }
  return result;
}

// "tree, circuits": the values of the one column that tells the groups concerned apart, when there is
// such a column; else the groups' points.
std::string where(const ScoreTable& table, const std::vector<Group>& groups,
                  const std::vector<bool>& concerned) {
  if (std::all_of(concerned.begin(), concerned.end(), [](bool is) { return is; })) {
    return "everywhere";
  }
  std::string all;
  for (std::size_t k = 0; k + 1 < table.columns.size(); ++k) {
    std::map<std::string, std::pair<bool, bool>> values;  // value: concerned, not concerned
    Cells order;
    for (std::size_t g = 0; g < groups.size(); ++g) {
      const std::string& value = groups[g].point[k];
      if (concerned[g] && !values[value].first) order.push_back(value);
      (concerned[g] ? values[value].first : values[value].second) = true;
    }
    const bool tells = std::none_of(values.begin(), values.end(), [](const auto& value) {
      return value.second.first && value.second.second;
    });
    if (!tells) continue;
    for (const std::string& value : order) {
      if (!all.empty()) all += ", ";
      all.append(value.empty() ? "no " + table.columns[k] : value);
    }
    return all;
  }
  std::size_t shown = 0, count = 0;
  for (std::size_t g = 0; g < groups.size(); ++g) {
    if (!concerned[g]) continue;
    if (++count > 6) continue;
    std::string point;
    for (const std::string& value : groups[g].point) {
      if (!value.empty()) point.append(point.empty() ? "" : " ").append(value);
    }
    all.append(all.empty() ? "" : ", ").append(point);
    ++shown;
  }
  if (count > shown) all.append(" and ").append(std::to_string(count - shown)).append(" more");
  return all;
}

// Each reason once, with the scores that it explains and the groups that it concerns.
std::string reasons_text(const ScoreTable& table, const std::vector<Group>& groups) {
  std::map<std::string, std::map<std::string, std::vector<bool>>> found;  // reason, score, groups
  for (std::size_t g = 0; g < groups.size(); ++g) {
    for (const std::size_t row : groups[g].rows) {
      for (std::size_t i = 0; i < table.scores.size(); ++i) {
        const std::string& reason = table.rows[row].scores[i].reason;
        if (reason.empty()) continue;
        std::vector<bool>& concerned = found[reason][table.scores[i]];
        concerned.resize(groups.size(), false);
        concerned[g] = true;
      }
    }
  }
  std::string text;
  for (const auto& [reason, scores] : found) {
    std::map<std::vector<bool>, std::string> alike;  // scores with the same groups on one line
    for (const auto& [score, concerned] : scores) {
      std::string& names = alike[concerned];
      names.append(names.empty() ? "" : ", ").append(score);
    }
    for (const auto& [concerned, names] : alike) {
      text.append("  ").append(names).append(": ").append(reason);
      text.append(" (").append(where(table, groups, concerned)).append(")\n");
    }
  }
  if (!text.empty()) text.insert(0, "\nEmpty cells:\n");
  return text;
}

std::string failures_text(const ScoreTable& table) {
  std::map<std::string, std::pair<std::size_t, const ScoreTable::Row*>> failed;  // by stage
  std::size_t missing = 0;
  std::vector<std::string> order;
  for (const ScoreTable::Row& row : table.rows) {
    missing += row.status == Status::missing;
    if (row.status != Status::failed) continue;
    auto& [count, first] = failed[row.failure.id];
    if (count++ == 0) {
      first = &row;
      order.push_back(row.failure.id);
    }
  }
  std::string text;
  for (const std::string& id : order) {
    const auto& [count, row] = failed.at(id);
    text.append("  ").append(std::to_string(count)).append(count == 1 ? " run" : " runs");
    text.append(" failed: ").append(row->failure.name).append(" ").append(id).append(": ");
    text.append(row->failure.message).append("\n");
  }
  if (missing > 0) {
    text.append("  ")
        .append(std::to_string(missing))
        .append(missing == 1 ? " run is" : " runs are");
    text.append(" not made yet\n");
  }
  if (!text.empty()) text.insert(0, "\nNot in the table:\n");
  return text;
}

}  // namespace

std::string grouped_text(const ScoreTable& table, Layout layout, std::size_t width) {
  const std::vector<Group> groups = groups_of(table);
  const std::size_t left = table.columns.size() - 1;
  std::vector<Cells> points{Cells(table.columns.begin(), table.columns.end() - 1)};
  for (const Group& group : groups) points.push_back(group.point);
  if (left == 0) {  // a sweep of seeds alone
    points[0].push_back("runs");
    for (std::size_t g = 0; g < groups.size(); ++g) {
      points[g + 1].push_back(std::to_string(groups[g].rows.size()));
    }
  }
  std::vector<Cells> columns;
  for (std::size_t i = 0; i < table.scores.size(); ++i) {
    Cells cells{table.scores[i]};
    bool empty = true;
    for (const Group& group : groups) {
      cells.push_back(summary(table, group, i));
      empty = empty && cells.back().empty();
    }
    if (!empty) columns.push_back(std::move(cells));  // else the reasons below speak of it
  }
  const std::size_t limit = layout == Layout::aligned ? width : 0;
  std::string text;
  for (const std::vector<Cells>& lines : blocks(points, columns, limit)) {
    text.append(text.empty() ? "" : "\n").append(laid_out(lines, points.front().size(), layout));
  }
  return text + reasons_text(table, groups) + failures_text(table);
}

}  // namespace lab
