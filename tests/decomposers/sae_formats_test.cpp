// SAEs of other tools: encode and decode as those tools do (fixtures made by them), and survive a round trip.
#include "lab/decomposers/sae_formats.h"

#include <ATen/ATen.h>
#include <doctest/doctest.h>

#include <cstdlib>
#include <fstream>
#include <set>

#include "lab/core/error.h"
#include "lab/core/files.h"

using namespace lab;

namespace {

// Small golden files, or all of the fixtures where they lie beside the repository.
const fs::path golden = fs::path(LAB_SOURCE_DIR) / "tests/data/sae";
const fs::path fixtures = fs::path(LAB_SOURCE_DIR) / "../shared/fixtures/sae";

std::vector<fs::path> folders() {
  std::vector<fs::path> found;
  for (const fs::path& root : {golden, fixtures}) {
    for (const char* tool : {"saelens", "dictionary_learning", "sparsify"}) {
      std::error_code absent;
      for (const auto& entry : fs::directory_iterator(root / tool, absent)) {
        if (fs::exists(entry.path() / "expected.safetensors")) found.push_back(entry.path());
      }
    }
  }
  std::ranges::sort(found);
  return found;
}

Tensors tensors_of(const fs::path& path) {
  return from_safetensors(read_file(path), path.string());
}

// The largest of |difference| / (2e-7 + 3e-6 · largest |expected| of the row): at most 1 is as stated by
// the makers of the fixtures.
double off(const at::Tensor& found, const at::Tensor& expected) {
  REQUIRE(found.sizes() == expected.sizes());
  const at::Tensor row = expected.abs().amax(1, true);
  return ((found - expected).abs() / (2e-7 + 3e-6 * row)).max().item<double>();
}

struct Folder {
  fs::path path = fs::temp_directory_path() / ("lab_sae_" + std::to_string(std::rand()));
  Folder() { fs::create_directories(path); }
  ~Folder() { fs::remove_all(path); }
};

void write(const fs::path& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

}  // namespace

TEST_CASE("codes and reconstructions are those of the tools") {
  const std::vector<fs::path> all = folders();
  REQUIRE(all.size() >= 4);
  for (const fs::path& folder : all) {
    CAPTURE(folder.string());
    const Dictionary sae = read_sae(folder);
    const at::Tensor x = tensors_of(folder / "input.safetensors").at("x");
    const Tensors expected = tensors_of(folder / "expected.safetensors");
    const Reconstruction found = reconstruct(sae, x);
    CHECK(off(found.codes_BM, expected.at("feature_acts")) <= 1);
    CHECK(off(found.output_BD, expected.at("reconstruction")) <= 1);
    CHECK(encode(sae, x).equal(found.codes_BM));
    const Dictionary again = dictionary_from_tensors(to_tensors(sae));
    CHECK(reconstruct(again, x).output_BD.equal(found.output_BD));
  }
}

TEST_CASE("what is written is read again as the same SAE, in every format that has one") {
  std::set<std::string> crossed;
  for (const fs::path& folder : folders()) {
    CAPTURE(folder.string());
    const Dictionary sae = read_sae(folder);
    const at::Tensor x = tensors_of(folder / "input.safetensors").at("x");
    const Reconstruction own = reconstruct(sae, x);
    const std::string tool = folder.parent_path().filename().string();
    for (const std::string& format : sae_formats()) {
      CAPTURE(format);
      const Folder to;
      try {
        write_sae(sae, format, to.path);
      } catch (const InputError& error) {
        CHECK(format != tool);  // its own format has it
        CHECK(std::string(error.what()).starts_with(format + " has no such SAE: "));
        continue;
      }
      const Reconstruction back = reconstruct(read_sae(to.path), x);
      CHECK(off(back.codes_BM, own.codes_BM) <= 1);
      CHECK(off(back.output_BD, own.output_BD) <= 1);
      if (format != tool) crossed.insert(tool + " to " + format);
    }
  }
  CHECK(crossed.contains("dictionary_learning to saelens"));
}

TEST_CASE("broken folders are refused in one line that names them") {
  const fs::path good = folders().front();
  const auto refused = [](const fs::path& folder, const std::string& reason) {
    CAPTURE(reason);
    try {
      read_sae(folder);
      FAIL("was read");
    } catch (const InputError& error) {
      const std::string said = error.what();
      CAPTURE(said);
      CHECK(said.find(folder.string()) != std::string::npos);
      CHECK(said.find(reason) != std::string::npos);
      CHECK(said.find('\n') == std::string::npos);
    }
  };
  const Folder none;
  refused(none.path, "no SAE");
  const Folder pickled;
  write(pickled.path / "config.json", R"({"trainer": {"dict_class": "AutoEncoder"}})");
  write(pickled.path / "ae.pt", "anything");
  refused(pickled.path, "ae.pt is not read; write it as safetensors");
  const Folder broken;
  const at::Tensor W = at::ones({3, 2}), b = at::zeros({2});
  const auto put = [&](const std::string& config, const Tensors& tensors) {
    write(broken.path / "cfg.json", config);
    write(broken.path / "sae_weights.safetensors", to_safetensors(tensors));
  };
  const Tensors right{
      {"W_dec", W}, {"b_dec", b}, {"W_enc", at::ones({2, 3})}, {"b_enc", at::zeros({3})}};
  put("{", right);
  refused(broken.path, "cfg.json");
  put(R"({"architecture": "unheard_of"})", right);
  refused(broken.path, "unknown architecture \"unheard_of\"");
  put(R"({"architecture": "topk"})", right);
  refused(broken.path, "\"k\"");
  put(R"({"architecture": "standard", "d_sae": 4})", right);
  refused(broken.path, "\"d_sae\"");
  Tensors wrong = right;
  wrong.erase("b_enc");
  put(R"({"architecture": "standard"})", wrong);
  refused(broken.path, "no tensor \"b_enc\"");
  wrong["b_enc"] = at::full({3}, NAN);
  put(R"({"architecture": "standard"})", wrong);
  refused(broken.path, "\"b_enc\" is not finite");
  wrong["b_enc"] = at::zeros({2});
  put(R"({"architecture": "standard"})", wrong);
  refused(broken.path, "\"b_enc\" has not the type or shape");
  CHECK_THROWS_AS(write_sae(read_sae(good), "unheard_of", broken.path), InputError);
  put("{}", right);
  refused(broken.path, "no \"architecture\"");
  // Another format in the same folder would be read in place of what was written.
  put(R"({"architecture": "topk", "k": 1})", right);
  const Dictionary topk = read_sae(broken.path);
  CHECK_THROWS_AS(write_sae(topk, "sparsify", broken.path), InputError);
  CHECK(std::get<AffineEncoder>(read_sae(broken.path).encoder).activation == "topk");
}
