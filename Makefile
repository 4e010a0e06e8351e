# make setup | mnist | test | test-all | test-newest | matrix | bench | bench-steps | bench-processes
# make check | docs | lock
PYTHON ?= python3
BIN := .venv/bin
export TF115 TF2 TORCH NATIVE
# A file's tests share what they compile, so they stay in one process. Each process has a core:
# threads of NumPy's own would wait for cores that the others use. tests/conftest.py says what is
# first; pytest would begin with the files of most tests. What pytest makes of the tests' files is
# kept, which takes each process six seconds to make.
ON_ALL_CORES := --numprocesses auto --dist loadfile --no-loadscope-reorder
PYTEST := PYTHONDONTWRITEBYTECODE= OPENBLAS_NUM_THREADS=1 $(BIN)/pytest $(ON_ALL_CORES)

.PHONY: setup mnist test test-all test-newest matrix bench bench-steps bench-processes check docs lock

# The environment that everything below runs in; leaves .venv/bin/stillflow. Its packages are those
# of constraints.txt, so that what is released tomorrow cannot break what is here today.
setup: .venv/.ready

.venv/.ready: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo 'Stillflow needs Python 3.11 or newer: make PYTHON=python3.12 ...' >&2; exit 1; }
	@echo 'Setting up .venv, which takes a minute or two ...'
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --constraint constraints.txt hatchling editables
	$(BIN)/pip install --quiet --constraint constraints.txt --no-build-isolation --editable '.[dev]'
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

# The same as `test` with the newest of every package, in an environment of its own.
test-newest: setup
	$(BIN)/uv venv --quiet --clear --python $(BIN)/python build/newest
	$(BIN)/uv pip install --quiet --compile-bytecode --python build/newest --upgrade --editable '.[dev]'
	PYTHONDONTWRITEBYTECODE= OPENBLAS_NUM_THREADS=1 build/newest/bin/pytest $(ON_ALL_CORES) -m 'not slow'

# A quick share of the tests with each Python that is here, with the oldest and the newest packages
# that Stillflow takes. MATRIX="--python 3.13 --packages oldest" is one of them.
matrix: setup
	$(BIN)/python tools/matrix.py $(MATRIX)

# Renews constraints.txt: of each package the newest that all Pythons from 3.11 on can have.
lock: setup
	$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --extra dev --extra docs \
	  --custom-compile-command 'make lock' --no-annotate --no-emit-package stillflow \
	  --output-file constraints.txt pyproject.toml

# The site of the documentation, in build/site; a link or an anchor that leads nowhere fails.
docs: .venv/.docs-ready
	@NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --strict
	@echo 'To read it, with the search: $(BIN)/python -m http.server --bind 127.0.0.1 --directory build/site'

.venv/.docs-ready: .venv/.ready
	$(BIN)/pip install --quiet --constraint constraints.txt --no-build-isolation --editable '.[docs]'
	@touch $@

# Times Stillflow beside its peers and writes docs/benchmarks.md. TF115=, TF2= and TORCH= are commands
# of Pythons that have them; a peer without one is left out. NATIVE= is one with Stillflow and
# stillflow-native, for the rows that gain by it. BENCH="--only 'mnist step'" is one row.
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
