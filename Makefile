# Names for the project's commands; the work is in Scripts. `make` alone lists them.
# Choose parts with ARGS: make test ARGS="--filter TensorTests", make data ARGS=tokenizers, make bench ARGS=train-step
# make bench ARGS=--help names what can be measured.

.DEFAULT_GOAL := help
.PHONY: help quickstart build test lint format data golden bench bench-spatial bench-zoom instructions docs clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

quickstart: ## from a fresh clone to a report: install, build, train, evaluate, compare
	@Scripts/quickstart.sh

build: ## install what is missing and build everything in release mode
	@Scripts/install-deps.sh
	swift build -c release

test: ## build in release mode and run all tests
	@Scripts/test.sh $(ARGS)

lint: ## check the formatting of Swift code
	@Scripts/lint.sh lint

format: ## format the Swift code
	@Scripts/lint.sh format

data: ## fetch the training text and the tokenizers into Data/cache
	@Scripts/fetch-data $(ARGS)

golden: ## write the golden test files again with the reference implementations
	@Scripts/golden.sh $(ARGS)

bench: ## measure against limits and peers on this machine, write Docs/Results
	@Scripts/bench.sh $(ARGS)

bench-spatial: ## measure room responses against pyroomacoustics, and whole scenes
	@Scripts/bench.sh rooms scenes

bench-zoom: ## measure the dataset builder: views of regions against Pillow, and memory over 10,000 items
	@Scripts/bench.sh images zoom-memory

instructions: build ## compare the instruction counts of the C kernels with the recorded ones
	@Scripts/install-deps.sh --gate
	@Scripts/instructions $(ARGS)

docs: ## write the tables of README and Docs again from Docs/Results
	@python3 Scripts/results-table.py

clean: ## remove build products; runs and data stay
	rm -rf .build
