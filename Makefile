# Everything starts here. `make help` lists the targets.
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

SOURCES := $(shell find frontend -type f 2>/dev/null)
NODE = PATH="$$($(BIN)/python tools/node_path.py):$$PATH"

.PHONY: help run up check test bench docs lock build reset clean

help:  ## List these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: $(VENV)/run build  ## Start everything with the demo world (Ctrl-C stops it)
	exec $(BIN)/takings up --demo

up: $(VENV)/run build  ## Start everything without the demo world
	exec $(BIN)/takings up

check: $(VENV)/dev build  ## The gate: format, lint, types, layers, migrations, pages, docs
	$(BIN)/python -m tools.gate

test: $(VENV)/dev build  ## All tests, on a real PostgreSQL and a real browser
	$(BIN)/python -m pytest --cov --cov-report=term:skip-covered --cov-fail-under=95 $(ARGS)
	$(BIN)/python tools/exact_coverage.py

bench: $(VENV)/dev  ## One benchmark: make bench NAME=first_cent [QUICK=1]
	@[ -f "bench/$(NAME).py" ] || { echo "Which one? NAME= one of: $$(cd bench && ls *.py | grep -v '^_' | sed 's/\.py//' | tr '\n' ' ')"; exit 2; }
	QUICK="$(QUICK)" $(BIN)/python -m bench.$(NAME)

docs: $(VENV)/dev  ## Build the documentation into build/docs
	$(BIN)/mkdocs build --strict --quiet

lock: $(VENV)/dev  ## Pin the requirements again, with hashes
	compile="$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --quiet"
	$$compile pyproject.toml -o requirements/run.txt
	$$compile -c requirements/run.txt pyproject.toml --group dev -o requirements/dev.txt

build: build/made  ## Build the pages' scripts and styles

reset:  ## Throw the data of this folder's demo away (asks first)
	@read -r -p "Delete everything in $${TAKINGS_HOME:-./data}? [y/N] " answer && [ "$$answer" = y ]
	rm -rf "$${TAKINGS_HOME:-./data}"

clean:  ## Remove what was built, but no data
	rm -rf build node_modules $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage

$(VENV)/uv: requirements/uv.txt
	@command -v $(PYTHON) >/dev/null || { echo "Takings needs Python 3.11 or newer: install python3 and python3-venv."; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 15))' || { echo "Takings needs Python 3.11 to 3.14; $(PYTHON) is $$($(PYTHON) -V)."; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { echo "Python's venv is missing: install the package python3-venv."; exit 1; }
	@echo "Setting up (once) …"
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.txt
	touch $@

# dev holds everything that run does: whoever has dev needs nothing more to run.
$(VENV)/run: requirements/run.txt pyproject.toml | $(VENV)/uv
	@[ -f $(VENV)/dev ] && [ $(VENV)/dev -nt requirements/run.txt ] && { touch $@; exit 0; }
	$(BIN)/uv pip install --quiet --require-hashes -r requirements/run.txt -r requirements/uv.txt
	$(BIN)/uv pip install --quiet --no-deps --offline --editable .
	touch $@

$(VENV)/dev: requirements/run.txt requirements/dev.txt pyproject.toml | $(VENV)/uv
	$(BIN)/uv pip install --quiet --require-hashes -r requirements/dev.txt -r requirements/uv.txt
	$(BIN)/uv pip install --quiet --no-deps --offline --editable .
	touch $@ $(VENV)/run

node_modules/.made: package.json package-lock.json .npmrc | $(VENV)/uv
	@$(MAKE) --no-print-directory $(if $(wildcard $(VENV)/dev),$(VENV)/dev,$(VENV)/run)
	$(NODE) npm ci --silent
	touch $@

build/made: node_modules/.made package.json vite.config.ts tsconfig.json $(SOURCES)
	$(NODE) npm run --silent build
	mkdir -p build && touch $@
