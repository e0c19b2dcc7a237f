#include "lab/report/page.h"

#include <openssl/evp.h>

#include <algorithm>
#include <cctype>
#include <nlohmann/json.hpp>
#include <string_view>

#include "lab/core/hash.h"
#include "page_files.h"

namespace lab {
namespace {

// JSON that can stand in a script element: nothing in it can end the element or open a comment.
std::string json_block(const json& value) {
  const std::string plain = value.dump(-1, ' ', false, json::error_handler_t::replace);
  std::string text;
  text.reserve(plain.size() + plain.size() / 64);
  for (std::size_t i = 0; i < plain.size(); ++i) {
    const std::string_view rest = std::string_view(plain).substr(i, 3);
    if (plain[i] == '<') {
      text += "\\u003c";
    } else if (rest == "\u2028" || rest == "\u2029") {  // ends of lines to some readers
      text += rest == "\u2028" ? "\\u2028" : "\\u2029";
      i += 2;
    } else {
      text += plain[i];
    }
  }
  return text;
}

// JavaScript that can stand in a script element. `<\/script` and `<\!--` are the same texts to
// JavaScript, where they can only lie within strings, templates and regular expressions.
std::string script_block(std::string_view script) {
  const auto starts = [](std::string_view rest, std::string_view word) {
    return rest.size() >= word.size() &&
           std::equal(word.begin(), word.end(), rest.begin(), [](char a, char b) {
             return a == std::tolower(static_cast<unsigned char>(b));
           });
  };
  std::string text;
  text.reserve(script.size());
  for (std::size_t i = 0; i < script.size(); ++i) {
    text += script[i];
    const std::string_view rest = script.substr(i + 1);
    if (script[i] == '<' && (starts(rest, "/script") || starts(rest, "!--"))) text += '\\';
  }
  return text;
}

// What a Content-Security-Policy calls a script: 'sha256-' and the hash in base 64.
std::string policy_of(const std::string& script) {
  const auto digest = sha256(script);
  unsigned char text[4 * ((sizeof digest + 2) / 3) + 1];
  EVP_EncodeBlock(text, digest.data(), static_cast<int>(digest.size()));
  return std::string("'sha256-").append(reinterpret_cast<const char*>(text)).append("'");
}

// The template with its {{names}} replaced, in one pass: what is put in is not searched again.
std::string filled(std::string_view form, const std::map<std::string, std::string>& parts) {
  std::string text;
  while (true) {
    const std::size_t open = form.find("{{");
    text.append(form.substr(0, open));
    if (open == std::string_view::npos) return text;
    const std::size_t close = form.find("}}", open);
    text.append(parts.at(std::string(form.substr(open + 2, close - open - 2))));
    form.remove_prefix(close + 2);
  }
}

bool has_figures(const Page& page) {
  bool any = !page.figures.empty();
  for (const ChosenRun& run : page.runs) any = any || !run.figures.empty();
  return any;
}

}  // namespace

std::string page_html(const Page& page, const std::string& vega_bundle) {
  const std::string script = script_block(kScript);
  std::string vega, policy = policy_of(script);
  if (has_figures(page)) {
    vega = script_block(vega_bundle);
    policy.append(" ").append(policy_of(vega));
    vega = "<script type=\"module\">" + vega + "</script>";
  }
  return filled(kHtml, {{"policy", policy},
                        {"style", kStyle},
                        {"data", json_block(page_data(page))},
                        {"vega", vega},
                        {"script", script}});
}

}  // namespace lab
