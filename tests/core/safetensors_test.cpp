#include "lab/core/safetensors.h"

#include <doctest/doctest.h>

#include <cstring>
#include <memory>
#include <vector>

#include "lab/core/error.h"
#include "lab/core/files.h"

using namespace lab;

namespace {

std::string length_bytes(std::uint64_t length) {
  std::string bytes;
  for (int i = 0; i < 8; ++i) bytes.push_back(static_cast<char>(length >> (8 * i) & 0xFF));
  return bytes;
}
std::string file_of(const std::string& header, const std::string& data = "") {
  return length_bytes(header.size()) + header + data;
}
// One tensor "a", described by this text.
std::string one(const std::string& entry, std::size_t bytes) {
  return file_of("{\"a\":" + entry + "}", std::string(bytes, '\0'));
}

// Reads from an allocation of exactly the file's size, so that AddressSanitizer sees any byte read
// beyond it. Returns the reason for a refusal, or "" when the file was read.
std::string reason(const std::string& file) {
  const std::unique_ptr<char[]> exact(new char[file.size()]);
  std::memcpy(exact.get(), file.data(), file.size());
  try {
    read_safetensors({exact.get(), file.size()}, "x.safetensors");
  } catch (const InputError& error) {
    const std::string what = error.what();
    CHECK(what.starts_with("x.safetensors: "));
    CHECK(what.find('\n') == std::string::npos);
    return what;
  }
  return "";
}

struct Malformed {
  const char* expected;  // a part of the reason
  std::string file;
};

std::vector<Malformed> malformed_containers() {
  const std::string two = R"({"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},)"
                          R"("b":{"dtype":"U8","shape":[4],"data_offsets":)";
  return {
      {"shorter than 8", ""},
      {"shorter than 8", std::string(7, '\0')},
      {"does not begin with {", length_bytes(0)},
      {"longer than the file", length_bytes(3) + "{}"},
      {"longer than the file", length_bytes(1)},
      {"longer than 100 MB", length_bytes(100'000'001) + "{}"},
      {"longer than 100 MB", length_bytes(~0ULL) + "{}"},
      {"longer than 100 MB", length_bytes(~0ULL - 7) + "{}"},
      {"longer than 100 MB", length_bytes(1ULL << 63) + "{}"},
      {"does not begin with {", file_of("[]")},
      {"does not begin with {", file_of(" {}")},
      {"does not begin with {", file_of("\xEF\xBB\xBF{}")},
      {"header", file_of("{")},
      {"header", file_of("{}{}")},
      {"header", file_of("{\"a\":}")},
      {"header", file_of(std::string("{}\0", 3))},
      {"header", file_of("{\"\xFF\":{}}")},
      {"header", file_of("{\"a\":" + std::string(100000, '['))},
      {"twice",
       file_of(two + "[4,8]},\"a\":{\"dtype\":\"U8\",\"shape\":[],\"data_offsets\":[0,1]}}")},
      {"bytes follow", file_of("{}", "x")},
      {"bytes follow", file_of("{\"__metadata__\":{}}", "x")},
      {"overlaps", file_of(two + "[0,4]}}", "12345678")},
      {"overlaps", file_of(two + "[3,7]}}", "1234567")},
      {"hole", file_of(two + "[5,9]}}", "123456789")},
      {"bytes follow", file_of(two + "[4,8]}}", "123456789")},
      {"behind the end", file_of(two + "[4,8]}}", "1234567")},
      {"not a JSON object", file_of("{\"__metadata__\":[]}")},
      {"is not text", file_of("{\"__metadata__\":{\"a\":1}}")},
      {"is not text", file_of("{\"__metadata__\":{\"a\":null}}")},
      {"not described", file_of("{\"a\":[]}")},
      {"not described", file_of("{\"a\":null}")},
  };
}

std::vector<Malformed> malformed_tensors() {
  return {
      {"no dtype", one(R"({"shape":[1],"data_offsets":[0,1]})", 1)},
      {"no shape", one(R"({"dtype":"U8","data_offsets":[0,1]})", 1)},
      {"no data_offsets", one(R"({"dtype":"U8","shape":[1]})", 1)},
      {"unknown key", one(R"({"dtype":"U8","shape":[1],"data_offsets":[0,1],"x":1})", 1)},
      {"dtype \"F8\"", one(R"({"dtype":"F8","shape":[2],"data_offsets":[0,2]})", 2)},
      {"dtype \"f32\"", one(R"({"dtype":"f32","shape":[1],"data_offsets":[0,4]})", 4)},
      {"not text", one(R"({"dtype":4,"shape":[1],"data_offsets":[0,4]})", 4)},
      {"not integers", one(R"({"dtype":"U8","shape":[-1],"data_offsets":[0,1]})", 1)},
      {"not integers", one(R"({"dtype":"U8","shape":[1.0],"data_offsets":[0,1]})", 1)},
      {"not integers", one(R"({"dtype":"U8","shape":["1"],"data_offsets":[0,1]})", 1)},
      {"not integers",
       one(R"({"dtype":"U8","shape":[9223372036854775808],"data_offsets":[0,1]})", 1)},
      {"not a list", one(R"({"dtype":"U8","shape":1,"data_offsets":[0,1]})", 1)},
      {"not a list", one(R"({"dtype":"U8","shape":[1],"data_offsets":{"0":1}})", 1)},
      {"overflows",
       one(R"({"dtype":"U8","shape":[4294967296,4294967296],"data_offsets":[0,0]})", 0)},
      {"overflows",
       one(R"({"dtype":"F64","shape":[2305843009213693952],"data_offsets":[0,0]})", 0)},
      {"overflows", one(R"({"dtype":"F32","shape":[9223372036854775807,9223372036854775807,0],)"
                        R"("data_offsets":[0,0]})",
                        0)},
      {"not two", one(R"({"dtype":"U8","shape":[1],"data_offsets":[0]})", 1)},
      {"not two", one(R"({"dtype":"U8","shape":[1],"data_offsets":[0,1,1]})", 1)},
      {"before they begin", one(R"({"dtype":"U8","shape":[1],"data_offsets":[1,0]})", 1)},
      {"not integers", one(R"({"dtype":"U8","shape":[1],"data_offsets":[-1,0]})", 1)},
      {"behind the end", one(R"({"dtype":"U8","shape":[2],"data_offsets":[0,2]})", 1)},
      {"behind the end",
       one(R"({"dtype":"U8","shape":[1],"data_offsets":[9223372036854775806,9223372036854775807]})",
           1)},
      {"hole", one(R"({"dtype":"U8","shape":[1],"data_offsets":[1,2]})", 2)},
      {"shape needs 4", one(R"({"dtype":"F32","shape":[1],"data_offsets":[0,3]})", 3)},
      {"shape needs 4", one(R"({"dtype":"F32","shape":[],"data_offsets":[0,0]})", 0)},
      {"shape needs 0", one(R"({"dtype":"F32","shape":[3,0],"data_offsets":[0,4]})", 4)},
      {"other than 0 and 1",
       file_of(R"({"a":{"dtype":"BOOL","shape":[3],"data_offsets":[0,3]}})", "\1\2\1")},
      {"other than 0 and 1",
       file_of(R"({"a":{"dtype":"BOOL","shape":[1],"data_offsets":[0,1]}})", "\xFF")},
  };
}

const std::string& example() {
  static const std::string file = [] {
    SafetensorsView contents;
    contents.tensors["flags"] = {DType::BOOL, {3}, {"\1\0\1", 3}};
    contents.tensors["matrix"] = {DType::F32, {2, 2}, "0123456789abcdef"};
    contents.tensors["long"] = {DType::F64, {1, 1}, "01234567"};
    contents.tensors["index"] = {DType::I64, {2}, "0123456701234567"};
    contents.tensors["small"] = {DType::I32, {1}, "0123"};
    contents.tensors["bytes"] = {DType::U8, {5}, "01234"};
    contents.tensors["scalar"] = {DType::F32, {}, "wxyz"};
    contents.tensors["empty"] = {DType::F32, {3, 0, 2}, ""};
    contents.metadata = {{"key", "größer\n\"quoted\""}, {"", ""}};
    return write_safetensors(contents);
  }();
  return file;
}

}  // namespace

TEST_CASE("what is written is read back: all dtypes, scalars, empty tensors, metadata") {
  const auto contents = read_safetensors(example(), "x");
  REQUIRE(contents.tensors.size() == 8);
  const auto is = [&](const char* name, DType dtype, std::vector<std::int64_t> shape,
                      std::string_view bytes) {
    CAPTURE(name);
    const TensorBytes& tensor = contents.tensors.at(name);
    CHECK(tensor.dtype == dtype);
    CHECK(tensor.shape == shape);
    CHECK(tensor.bytes == bytes);
    // Aligned in the file, and the file's data at a multiple of 8.
    if (!bytes.empty()) CHECK((tensor.bytes.data() - example().data()) % dtype_size(dtype) == 0);
  };
  is("flags", DType::BOOL, {3}, {"\1\0\1", 3});
  is("matrix", DType::F32, {2, 2}, "0123456789abcdef");
  is("long", DType::F64, {1, 1}, "01234567");
  is("index", DType::I64, {2}, "0123456701234567");
  is("small", DType::I32, {1}, "0123");
  is("bytes", DType::U8, {5}, "01234");
  is("scalar", DType::F32, {}, "wxyz");
  is("empty", DType::F32, {3, 0, 2}, "");
  CHECK(contents.metadata.at("key") == "größer\n\"quoted\"");
  CHECK(contents.metadata.size() == 2);
  CHECK(write_safetensors(contents) == example());  // equal contents, equal bytes
  // The same file for ever; safetensors_test.py reads it with the safetensors package.
  CHECK(read_file(LAB_SOURCE_DIR "/tests/data/laboratory.safetensors") == example());

  const std::string nothing = write_safetensors({});
  CHECK(nothing.size() % 8 == 0);
  CHECK(read_safetensors(nothing, "x").tensors.empty());
}

TEST_CASE("files of the safetensors package are read") {
  const std::string file = read_file(LAB_SOURCE_DIR "/tests/data/package.safetensors");
  const auto contents = read_safetensors(file, "package.safetensors");
  CHECK(contents.metadata.at("made_by") == "safetensors");
  CHECK(contents.tensors.at("f32").shape == std::vector<std::int64_t>{2, 3});
  float values[6];
  std::memcpy(values, contents.tensors.at("f32").bytes.data(), sizeof values);
  for (int i = 0; i < 6; ++i) CHECK(values[i] == 0.5F * static_cast<float>(i));
  std::int64_t integer = 0;
  std::memcpy(&integer, contents.tensors.at("i64").bytes.data(), sizeof integer);
  CHECK(integer == -(std::int64_t{1} << 40));
  CHECK(contents.tensors.at("bool").bytes == std::string_view("\1\0", 2));
  CHECK(contents.tensors.at("scalar").shape.empty());
  CHECK(contents.tensors.at("empty").shape == std::vector<std::int64_t>{0, 4});
}

TEST_CASE("malformed files are refused with their reason") {
  auto corpus = malformed_containers();
  for (const auto& more : malformed_tensors()) corpus.push_back(more);
  CHECK(corpus.size() >= 30);
  for (const auto& [expected, file] : corpus) {
    const std::string found = reason(file);
    CAPTURE(expected);
    CAPTURE(found);
    CHECK(found.find(expected) != std::string::npos);
  }
}

TEST_CASE("a file cut anywhere is refused, and no changed byte makes it read beyond its end") {
  const std::string& file = example();
  for (std::size_t size = 0; size < file.size(); ++size) CHECK(reason(file.substr(0, size)) != "");
  for (std::size_t at = 0; at < file.size(); ++at) {
    for (const char byte : {'\0', '\1', '0', '9', '"', '{', ']', '\xFF'}) {
      std::string changed = file;
      changed[at] = byte;
      reason(changed);
    }
  }
}

TEST_CASE("contents that make no file are refused") {
  SafetensorsView contents;
  contents.tensors["a"] = {DType::F32, {2}, "0123"};
  CHECK_THROWS_AS(write_safetensors(contents), InputError);
  contents.tensors["a"] = {DType::F32, {-1, -1}, "0123"};
  CHECK_THROWS_AS(write_safetensors(contents), InputError);
  contents.tensors["a"] = {DType::BOOL, {1}, "2"};
  CHECK_THROWS_AS(write_safetensors(contents), InputError);
  contents.tensors = {{"__metadata__", {DType::U8, {1}, "2"}}};
  CHECK_THROWS_AS(write_safetensors(contents), InputError);
  contents.tensors = {{"\xFF", {DType::U8, {1}, "2"}}};
  CHECK_THROWS_AS(write_safetensors(contents), InputError);
  contents.tensors.clear();
  contents.metadata = {{"a", "\xC3"}};
  CHECK_THROWS_AS(write_safetensors(contents), InputError);
}
