# Two commands: `make run` and `make test`. Each installs what is missing and builds first.
#   PRESET=release|debug|asan   the build (folder build/, build-debug/, build-asan/)
#   TORCH=<folder>              another LibTorch: the folder with include/ and lib/ (CUDA too)
PRESET ?= release
TORCH ?=
BUILD := $(if $(filter release,$(PRESET)),build,build-$(PRESET))
export CMAKE_PREFIX_PATH

.PHONY: run test lab all setup clean

run: lab
	$(BUILD)/lab run configs/quickstart.json
	@$(BUILD)/lab table configs/quickstart.json --scores $(QUICKSTART_SCORES)
	@$(BUILD)/lab report configs/quickstart.json

# What the quickstart is about; `lab table configs/quickstart.json` shows every score.
QUICKSTART_SCORES := mcc f1 fvu l0 order_exact absorption_excess mcc_estimated gate_phi

test: NEEDS := tests
test: all
	@tools/test.sh $(BUILD)

lab all: setup
	@tools/build.sh $(BUILD) $(PRESET) $@ "$(TORCH)"

setup:
	@tools/setup.sh "$(TORCH)" $(NEEDS)

clean:
	rm -rf build build-debug build-asan
