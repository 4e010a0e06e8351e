# make setup | mnist | test | test-all | bench | bench-steps | bench-processes | check
PYTHON ?= python3
BIN := .venv/bin
export TF115 TF2 TORCH
# A file's tests share what they compile, so they stay in one process. Each process has a core:
# threads of NumPy's own would wait for cores that the others use.
PYTEST := OPENBLAS_NUM_THREADS=1 $(BIN)/pytest --numprocesses auto --dist loadfile

.PHONY: setup mnist test test-all bench bench-steps bench-processes check

# The environment that everything below runs in; leaves .venv/bin/stillflow.
setup: .venv/.ready

.venv/.ready: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo 'Stillflow needs Python 3.11 or newer: make PYTHON=python3.12 ...' >&2; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --upgrade pip
	$(BIN)/pip install --quiet --editable '.[dev]'
	$(BIN)/python -m compileall -q -j 0 stillflow # as pip does for what it copies; not every environment keeps it
	@touch $@

# Trains the digit recogniser, measures it on images that it has not seen, says how to use it.
mnist: setup
	@$(BIN)/stillflow digits train --model build/digits --steps 6000 --log-every 1000
	@$(BIN)/stillflow digits test --model build/digits
	@echo 'Draw digits yourself: $(BIN)/stillflow digits serve --model build/digits'

test: setup
	$(PYTEST) -m 'not slow'

test-all: setup
	$(PYTEST)

# Times Stillflow beside its peers and writes docs/benchmarks.md. TF115=, TF2= and TORCH= are commands
# of Pythons that have them; a peer without one is left out. BENCH="--only 'mnist step'" is one row.
bench: setup
	$(BIN)/python -m benchmarks $(BENCH)

# Half of it each: steps in warm processes, and whole processes.
bench-steps: setup
	$(BIN)/python -m benchmarks steps $(BENCH)

bench-processes: setup
	$(BIN)/python -m benchmarks processes $(BENCH)

# Format, lint, types; changes nothing.
check: setup
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
