# make setup | mnist | test | test-all | check
PYTHON ?= python3
BIN := .venv/bin
# A file's tests share what they compile, so they stay in one process.
PYTEST := $(BIN)/pytest --numprocesses auto --dist loadfile
EXAMPLE := $(BIN)/stillflow run examples/mnist

.PHONY: setup mnist test test-all check

# The environment that everything below runs in; leaves .venv/bin/stillflow.
setup: .venv/.ready

.venv/.ready: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo 'Stillflow needs Python 3.11 or newer: make PYTHON=python3.12 ...' >&2; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --upgrade pip
	$(BIN)/pip install --quiet --editable '.[dev]'
	@touch $@

# Trains the digit recogniser, then measures it on images that it has not seen.
mnist: setup
	@$(EXAMPLE)/mnist_backward.py --model build/mnist
	@$(EXAMPLE)/mnist_test.py --model build/mnist

test: setup
	$(PYTEST) -m 'not slow'

test-all: setup
	$(PYTEST)

# Format, lint, types; changes nothing.
check: setup
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
