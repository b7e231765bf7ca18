# Everything starts here. `make help` lists the targets.
# PORT= and ADDRESS= say where `make run` listens, VENV= where the environment lies, ARGS= goes to pytest.
.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.ONESHELL:

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
export UV_COMPILE_BYTECODE := 1
export UV_LINK_MODE := copy
unexport PYTHONDONTWRITEBYTECODE

# One more than there are processors: tests wait for browsers, databases and processes that start.
WORKERS ?= $(shell $(PYTHON) -c 'import os; print(min(4, (os.cpu_count() or 1) + 1))')
SOURCES := $(shell find frontend -type f 2>/dev/null)
LISTEN = $(if $(ADDRESS),--address $(ADDRESS)) $(if $(PORT),--port $(PORT))
NODE = PATH="$$($(BIN)/python tools/node_path.py):$$PATH"

.PHONY: help run up check test spark torture browser bench docs pictures picture lock build reset clean

help:  ## List these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: $(VENV)/run build  ## Start everything with the demo world (Ctrl-C stops it)
	exec $(BIN)/takings up --demo $(LISTEN)

up: $(VENV)/run build  ## Start everything without the demo world
	exec $(BIN)/takings up $(LISTEN)

check: $(VENV)/dev build  ## The gate: format, lint, types, layers, migrations, pages, pictures, docs
	$(BIN)/python -m tools.gate

test: $(VENV)/dev build browser  ## All tests, on a real PostgreSQL and a real browser
	$(NODE) $(BIN)/python -m pytest -n $(WORKERS) --cov --cov-report=term:skip-covered --cov-fail-under=95 $(ARGS)
	$(BIN)/python tools/exact_coverage.py

spark: $(VENV)/spark  ## Add Apache Spark to the environment: half a gigabyte, needs Java 17

torture: $(VENV)/dev  ## Kill, cut and fill up the ledger: make torture MINUTES=60 [SEED=7]
	$(BIN)/python -m tests.torture $(if $(MINUTES),--minutes $(MINUTES)) $(if $(SEED),--seed $(SEED)) $(ARGS)

browser: $(VENV)/dev  ## Fetch a Chromium for the tests, unless there is one
	$(NODE) $(BIN)/python -m tools.browser

bench: $(VENV)/dev  ## One benchmark: make bench NAME=first_cent [QUICK=1]
	@[ -f "bench/$(NAME).py" ] || { echo "Which one? NAME= one of: $$(cd bench && ls *.py | grep -v '^_' | sed 's/\.py//' | tr '\n' ' ')"; exit 2; }
	QUICK="$(QUICK)" $(BIN)/python -m bench.$(NAME)

docs: $(VENV)/dev  ## Build the documentation into build/docs
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict

pictures: $(VENV)/dev  ## Draw the docs' pictures of layers and accounts again
	$(BIN)/python -m tools.pictures

picture: $(VENV)/dev build browser  ## Photograph the running product for the README
	nice $(BIN)/python -m tools.picture

lock: $(VENV)/dev  ## Pin the requirements again, with hashes
	compile="$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --quiet"
	$$compile pyproject.toml -o requirements/run.txt
	$$compile -c requirements/run.txt pyproject.toml --group dev -o requirements/dev.txt
	$$compile -c requirements/run.txt pyproject.toml --extra spark -o requirements/spark.txt

build: build/made  ## Build the pages' scripts and styles

reset: $(VENV)/run  ## Delete the data folder with everything in it (asks first)
	$(BIN)/takings reset

clean:  ## Remove what was built, but no data
	rm -rf build node_modules $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage

$(VENV)/uv: requirements/uv.txt
	@command -v $(PYTHON) >/dev/null || { echo "Takings needs Python 3.11 or newer: install python3 and python3-venv."; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 15))' || { echo "Takings needs Python 3.11 to 3.14; $(PYTHON) is $$($(PYTHON) -V)."; exit 1; }
	@$(PYTHON) -m venv $(VENV) >/dev/null || { echo "Python's venv is missing: install the package python3-venv."; exit 1; }
	@echo "Setting up (once) …"
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.txt
	touch $@

# dev holds everything that run does: whoever has dev needs nothing more to run.
$(VENV)/run: requirements/run.txt pyproject.toml | $(VENV)/uv
	@[ -f $(VENV)/dev ] && [ $(VENV)/dev -nt requirements/run.txt ] && { touch $@; exit 0; }
	$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements/run.txt -r requirements/uv.txt
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --offline --editable .
	touch $@

$(VENV)/dev: requirements/run.txt requirements/dev.txt pyproject.toml | $(VENV)/uv
	$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements/dev.txt -r requirements/uv.txt
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --offline --editable .
	touch $@ $(VENV)/run

$(VENV)/spark: requirements/spark.txt | $(VENV)/run
	$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements/spark.txt
	touch $@

node_modules/.made: package.json package-lock.json .npmrc | $(VENV)/run  # Node may come from there
	$(NODE) npm ci --loglevel=error --no-progress
	touch $@

build/made: node_modules/.made package.json vite.config.ts tsconfig.json $(SOURCES)
	$(NODE) npm run --silent build
	mkdir -p build && touch $@
