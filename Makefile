# make run: install and start. make test: install what tests need and run every test.
PYTHON ?= $(firstword $(foreach name,python3.13 python3.12 python3.11 python3,$(shell $(name) -c 'import sys; print("$(name)" if sys.version_info >= (3, 11) else "")' 2>/dev/null)))
BIN := .venv/bin

.PHONY: run test lint types bench screenshots demo clean

run: .venv/.installed
	$(BIN)/embedscope

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "Embedscope needs Python 3.11 or newer; none was found."; exit 1; }
	$(PYTHON) -m venv .venv

.venv/.installed: .venv/bin/python pyproject.toml constraints.txt
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable .
	@touch $@

.venv/.installed-test: .venv/.installed
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable ".[test]"
	$(BIN)/python -m tests.browser.chromium
	@touch $@

lint: .venv/.installed-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: .venv/.installed-test
	$(BIN)/mypy

test: lint types
	$(BIN)/pytest

bench: .venv/.installed-test
	$(BIN)/python -m tests.benchmarks

screenshots: .venv/.installed-test
	$(BIN)/python -m tests.browser.screenshots

# Train the embeddings that are shipped, anew, from their corpora and seeds.
demo: .venv/.installed
	$(BIN)/python -m core.demo

clean:
	rm -rf .venv build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
