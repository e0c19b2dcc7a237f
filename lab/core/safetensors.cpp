#include "lab/core/safetensors.h"

#include <algorithm>
#include <array>
#include <limits>
#include <nlohmann/json.hpp>
#include <utility>

#include "lab/core/error.h"
#include "lab/core/json.h"

namespace lab {
namespace {

struct DTypeInfo {
  DType dtype;
  std::string_view name;
  std::int64_t size;
};
constexpr std::array<DTypeInfo, 8> kDTypes{{{DType::F32, "F32", 4},
                                            {DType::F64, "F64", 8},
                                            {DType::F16, "F16", 2},
                                            {DType::BF16, "BF16", 2},
                                            {DType::I64, "I64", 8},
                                            {DType::I32, "I32", 4},
                                            {DType::U8, "U8", 1},
                                            {DType::BOOL, "BOOL", 1}}};

const DTypeInfo& info(DType dtype) {
  return *std::find_if(kDTypes.begin(), kDTypes.end(),
                       [dtype](const DTypeInfo& known) { return known.dtype == dtype; });
}

constexpr std::size_t kLengthBytes = 8;
constexpr std::uint64_t kLongestHeader = 100'000'000;
constexpr std::string_view kMetadata = "__metadata__";

// Where something is wrong: the file, and the tensor in it.
struct Place {
  const std::string& origin;
  std::string_view name;

  [[noreturn]] void refuse(const std::string& reason) const {
    const std::string tensor = name.empty() ? "" : "tensor \"" + std::string(name) + "\" ";
    throw InputError(origin + ": not a safetensors file: " + tensor + reason);
  }
};

// The bytes of a tensor of this shape; refuses what does not fit into 64 bits.
std::int64_t bytes_of(DType dtype, const std::vector<std::int64_t>& shape, const Place& place) {
  std::int64_t bytes = dtype_size(dtype);
  for (const std::int64_t size : shape) {
    if (size < 0) place.refuse("has a negative size in its shape");
    if (__builtin_mul_overflow(bytes, size, &bytes)) place.refuse("has a shape that overflows");
  }
  return bytes;
}

void check_bytes(const TensorBytes& tensor, const Place& place) {
  const std::int64_t expected = bytes_of(tensor.dtype, tensor.shape, place);
  if (std::cmp_not_equal(tensor.bytes.size(), expected)) {
    place.refuse("has " + std::to_string(tensor.bytes.size()) + " bytes, but its shape needs " +
                 std::to_string(expected));
  }
  const auto is_bool = [](char byte) { return byte == 0 || byte == 1; };
  if (tensor.dtype == DType::BOOL &&
      !std::all_of(tensor.bytes.begin(), tensor.bytes.end(), is_bool)) {
    place.refuse("has BOOL bytes other than 0 and 1");
  }
}

DType dtype_from(const json& entry, const Place& place) {
  if (!entry.contains("dtype")) place.refuse("has no dtype");
  const json& word = entry["dtype"];
  if (!word.is_string()) place.refuse("has a dtype that is not text");
  const auto& name = word.get_ref<const std::string&>();
  const auto* known = std::find_if(kDTypes.begin(), kDTypes.end(),
                                   [&](const DTypeInfo& dtype) { return dtype.name == name; });
  if (known == kDTypes.end()) {
    place.refuse("has dtype \"" + name + "\"; known are F32, F64, F16, BF16, I64, I32, U8, BOOL");
  }
  return known->dtype;
}

std::vector<std::int64_t> integers(const json& entry, const char* key, const Place& place) {
  if (!entry.contains(key)) place.refuse(std::string("has no ") + key);
  const json& list = entry[key];
  if (!list.is_array()) place.refuse(std::string("has ") + key + " that are not a list");
  std::vector<std::int64_t> values;
  for (const json& item : list) {
    if (!item.is_number_unsigned() ||
        item.get<std::uint64_t>() > std::numeric_limits<std::int64_t>::max()) {
      place.refuse(std::string("has ") + key + " that are not integers from 0 to 2^63 − 1");
    }
    values.push_back(item.get<std::int64_t>());
  }
  return values;
}

struct Span {
  std::int64_t begin, end;
  std::string_view name;
};

// The tensor that a header entry describes; `span` becomes its place in `data`.
TensorBytes tensor_from(const json& entry, std::string_view data, const Place& place, Span& span) {
  if (!entry.is_object()) place.refuse("is not described by a JSON object");
  for (const auto& [key, value] : entry.items()) {
    if (key != "dtype" && key != "shape" && key != "data_offsets") {
      place.refuse("has an unknown key \"" + key + "\"");
    }
  }
  TensorBytes tensor{dtype_from(entry, place), integers(entry, "shape", place), {}};
  const auto offsets = integers(entry, "data_offsets", place);
  if (offsets.size() != 2) place.refuse("has data_offsets that are not two");
  if (offsets[0] > offsets[1]) place.refuse("has data_offsets that end before they begin");
  if (std::cmp_greater(offsets[1], data.size())) place.refuse("ends behind the end of the file");
  span = {offsets[0], offsets[1], place.name};
  tensor.bytes = data.substr(static_cast<std::size_t>(offsets[0]),
                             static_cast<std::size_t>(offsets[1] - offsets[0]));
  check_bytes(tensor, place);
  return tensor;
}

// Tensors must cover the data, each beginning where the one before it ends.
void check_cover(std::vector<Span> spans, std::size_t size, const std::string& origin) {
  std::sort(spans.begin(), spans.end(), [](const Span& a, const Span& b) {
    return std::pair(a.begin, a.end) < std::pair(b.begin, b.end);
  });
  std::int64_t end = 0;
  for (const Span& span : spans) {
    if (span.begin < end) Place{origin, span.name}.refuse("overlaps another one");
    if (span.begin > end) Place{origin, span.name}.refuse("has a hole before it");
    end = span.end;
  }
  if (std::cmp_not_equal(end, size)) Place{origin, ""}.refuse("bytes follow the last tensor");
}

// The header's text.
std::string_view header_of(std::string_view file, const std::string& origin) {
  const Place place{origin, ""};
  if (file.size() < kLengthBytes) place.refuse("it is shorter than 8 bytes");
  std::uint64_t length = 0;
  for (std::size_t i = 0; i < kLengthBytes; ++i) {
    length |= std::uint64_t{static_cast<unsigned char>(file[i])} << (8 * i);
  }
  if (length > kLongestHeader) place.refuse("its header is longer than 100 MB");
  if (length > file.size() - kLengthBytes) place.refuse("its header is longer than the file");
  const auto text = file.substr(kLengthBytes, static_cast<std::size_t>(length));
  if (text.empty() || text.front() != '{') place.refuse("its header does not begin with {");
  return text;
}

std::map<std::string, std::string> metadata_from(const json& entries, const Place& place) {
  if (!entries.is_object()) place.refuse("its __metadata__ is not a JSON object");
  std::map<std::string, std::string> metadata;
  for (const auto& [key, value] : entries.items()) {
    if (!value.is_string()) place.refuse("its __metadata__ \"" + key + "\" is not text");
    metadata[key] = value.get<std::string>();
  }
  return metadata;
}

// The header, padded with spaces so that the data begins at a multiple of 8.
std::string header_text(const json& header) {
  std::string text;
  try {
    text = canonical(header);
  } catch (const json::exception&) {
    throw InputError("safetensors: names and metadata must be UTF-8");
  }
  text.resize((text.size() + 7) / 8 * 8, ' ');
  if (text.size() > kLongestHeader) throw InputError("safetensors: the header exceeds 100 MB");
  return text;
}

}  // namespace

std::string_view dtype_name(DType dtype) {
  return info(dtype).name;
}
std::int64_t dtype_size(DType dtype) {
  return info(dtype).size;
}

std::string write_safetensors(const SafetensorsView& contents) {
  std::vector<const std::pair<const std::string, TensorBytes>*> order;
  std::size_t size = 0;
  for (const auto& named : contents.tensors) {
    if (named.first == kMetadata) throw InputError("safetensors: no tensor may be __metadata__");
    check_bytes(named.second, {"contents to be written", named.first});
    order.push_back(&named);
    size += named.second.bytes.size();
  }
  std::stable_sort(order.begin(), order.end(), [](const auto* a, const auto* b) {
    return dtype_size(a->second.dtype) > dtype_size(b->second.dtype);
  });

  json header = json::object();
  if (!contents.metadata.empty()) header[std::string(kMetadata)] = contents.metadata;
  std::size_t offset = 0;
  for (const auto* named : order) {
    const auto& [name, tensor] = *named;
    const std::size_t end = offset + tensor.bytes.size();
    header[name] = {{"dtype", dtype_name(tensor.dtype)},
                    {"shape", tensor.shape},
                    {"data_offsets", {offset, end}}};
    offset = end;
  }

  const std::string text = header_text(header);
  std::string file;
  file.reserve(kLengthBytes + text.size() + size);
  for (std::size_t i = 0; i < kLengthBytes; ++i) {
    file.push_back(static_cast<char>(text.size() >> (8 * i) & 0xFF));
  }
  file += text;
  for (const auto* named : order) file += named->second.bytes;
  return file;
}

SafetensorsView read_safetensors(std::string_view file, const std::string& origin) {
  const std::string_view text = header_of(file, origin);
  const std::string_view data = file.substr(kLengthBytes + text.size());
  const json header = parse_json(text, origin + ": header");
  SafetensorsView contents;
  std::vector<Span> spans;
  for (const auto& [name, entry] : header.items()) {
    if (name == kMetadata) {
      contents.metadata = metadata_from(entry, {origin, ""});
    } else {
      contents.tensors[name] = tensor_from(entry, data, {origin, name}, spans.emplace_back());
    }
  }
  check_cover(spans, data.size(), origin);
  return contents;
}

}  // namespace lab
