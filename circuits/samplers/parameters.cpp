#include "circuits/samplers/parameters.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace circuits {
namespace {

std::string number_text(double value) {
  std::array<char, 32> text{};
  const auto [end, error] = std::to_chars(text.data(), text.data() + text.size(), value);
  return {text.data(), end};
}

template <class Number>
Number number_of(std::string_view text, const Parameter& parameter) {
  Number value{};
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || stop != end) {
    throw Error(parameter.name + " must be " + parameter.range() + ", not \"" + std::string(text) +
                "\"");
  }
  return value;
}

Parameter::Numbers numbers_of(std::string_view text, const Parameter& parameter) {
  Parameter::Numbers numbers;
  while (!text.empty()) {
    const std::size_t comma = std::min(text.find(','), text.size());
    numbers.push_back(number_of<std::size_t>(text.substr(0, comma), parameter));
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return numbers;
}

template <class... Cases>
struct Overloaded : Cases... {
  using Cases::operator()...;
};
template <class... Cases>
Overloaded(Cases...) -> Overloaded<Cases...>;

}  // namespace

std::string Parameter::value() const {
  return std::visit(Overloaded{[](const std::size_t* number) { return std::to_string(*number); },
                               [](const double* number) { return number_text(*number); },
                               [](const bool* yes) { return std::string(*yes ? "true" : "false"); },
                               [](const std::string* text) { return *text; },
                               [](const Numbers* numbers) {
                                 std::string text;
                                 for (const std::size_t number : *numbers) {
                                   text += (text.empty() ? "" : ",") + std::to_string(number);
                                 }
                                 return text;
                               }},
                    place);
}

std::string Parameter::range() const {
  const std::string numbers = number_text(least) + " to " + number_text(most);
  return std::visit(
      Overloaded{[&](const std::size_t*) { return "a whole number from " + numbers; },
                 [&](const double*) { return "a number from " + numbers; },
                 [](const bool*) { return std::string("true or false"); },
                 [&](const std::string*) {
                   std::string text;
                   for (std::size_t i = 0; i < choices.size(); ++i) {
                     if (i > 0) text += i + 1 == choices.size() ? " or " : ", ";
                     text += choices[i];
                   }
                   return text;
                 },
                 [&](const Numbers*) { return "whole numbers from " + numbers + " with commas"; }},
      place);
}

void Parameter::set(std::string_view text) {
  std::visit(Overloaded{[&](std::size_t* number) { *number = number_of<std::size_t>(text, *this); },
                        [&](double* number) { *number = number_of<double>(text, *this); },
                        [&](bool* yes) {
                          if (text != "true" && text != "false") {
                            throw Error(name + " must be true or false");
                          }
                          *yes = text == "true";
                        },
                        [&](std::string* place) { *place = text; },
                        [&](Numbers* numbers) { *numbers = numbers_of(text, *this); }},
             place);
  if (const std::string reason = problem(); !reason.empty()) throw Error(reason);
}

std::string Parameter::problem() const {
  // Written so that a NaN is out of range.
  const auto fits = [&](double number) { return number >= least && number <= most; };
  const auto whole_fits = [&](std::size_t number) { return fits(static_cast<double>(number)); };
  const bool good = std::visit(
      Overloaded{[&](const std::size_t* number) { return whole_fits(*number); },
                 [&](const double* number) { return fits(*number); },
                 [](const bool*) { return true; },
                 [&](const std::string* text) {
                   return std::ranges::find(choices, *text) != choices.end();
                 },
                 [&](const Numbers* numbers) { return std::ranges::all_of(*numbers, whole_fits); }},
      place);
  return good ? "" : name + " must be " + range() + ", not " + value();
}

Parameter whole(std::string name, std::size_t& place, std::size_t least, std::size_t most,
                std::string doc) {
  return {std::move(name),           &place, static_cast<double>(least),
          static_cast<double>(most), {},     std::move(doc)};
}

Parameter real(std::string name, double& place, double least, double most, std::string doc) {
  return {std::move(name), &place, least, most, {}, std::move(doc)};
}

Parameter share(std::string name, double& place, std::string doc) {
  return real(std::move(name), place, 0, 1, std::move(doc));
}

Parameter flag(std::string name, bool& place, std::string doc) {
  return {std::move(name), &place, 0, 1, {}, std::move(doc)};
}

Parameter choice(std::string name, std::string& place, std::vector<std::string> choices,
                 std::string doc) {
  return {std::move(name), &place, 0, 0, std::move(choices), std::move(doc)};
}

Parameter list(std::string name, Parameter::Numbers& place, std::size_t least, std::size_t most,
               std::string doc) {
  return {std::move(name),           &place, static_cast<double>(least),
          static_cast<double>(most), {},     std::move(doc)};
}

void require(bool holds, const std::string& family, const std::string& what) {
  if (!holds) throw Error(family + ": " + what);
}

void check_ranges(const std::string& family, const Parameters& parameters) {
  for (const Parameter& parameter : parameters) {
    const std::string reason = parameter.problem();
    require(reason.empty(), family, reason);
  }
}

}  // namespace circuits
