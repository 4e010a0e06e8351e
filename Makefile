# The whole interface: make setup | mnist | test | test-all | bench | check
PYTHON ?= python3
BIN := .venv/bin

.PHONY: setup test test-all check
setup: .venv/.ready

.venv/.ready: pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --upgrade pip
	$(BIN)/pip install --quiet --editable '.[dev]'
	touch $@

test: setup
	$(BIN)/pytest -m 'not slow'

test-all: setup
	$(BIN)/pytest

check: setup
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
