# Everything a developer types. A fresh clone needs python3.11 or newer and make; the rest lands in .venv.

PYTHON ?= python3
BIN := .venv/bin
ARGS ?=
PYTEST_ARGS ?=
JOBS ?= auto
# Folders of tests: those whose coverage `make check` measures, which makes them half as slow again; the others that
# `make test` runs; and those that `make check` alone runs.
TRACED := models platforms contracts handlers
QUICK := house bot sandbox costs
SLOW := chaos stories browser updates specs benchmarks
# Who is done takes over what waits for another: some tests work, and the longest mostly wait.
PYTEST := $(BIN)/python -m pytest -n $(JOBS) --dist worksteal
SEEDS ?= 20
SEED ?=

.DEFAULT_GOAL := help
.PHONY: help setup demo test chaos costs bench check fix docs migration lock messages missing

help:  ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: .venv/.installed  ## Install everything into .venv (again only when the lock or pyproject.toml changed)

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Bottega needs Python 3.11 or newer; $(PYTHON) is older or missing. Name another: make setup PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	  echo "This Python cannot create virtual environments. On Debian or Ubuntu: apt-get install python3-venv"; exit 1; }
	$(PYTHON) -m venv .venv

.venv/.installed: requirements.lock pyproject.toml | .venv/bin/python
	$(BIN)/python -m pip install --quiet --no-deps --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@

demo: setup  ## Run the bot with sandboxes and show it in the browser (ARGS="--help" lists the options)
	$(BIN)/bottega demo $(ARGS)

test: setup  ## Run the quick tests, on every core (PYTEST_ARGS="-k when" or a path runs a part, JOBS=0 one by one)
	$(PYTEST) $(PYTEST_ARGS)

chaos: setup  ## Disturb the real processes and audit what is left (SEEDS=200; SEED=17 replays one; JOBS=2 side by side)
	PYTHONPATH=.:tests $(BIN)/python tests/chaos/campaign.py --seeds $(SEEDS) $(if $(SEED),--seed $(SEED)) \
	  --jobs $(or $(filter-out auto 0,$(JOBS)),2) $(ARGS)

check: setup  ## Exactly what CI runs: format, lint, types, arrows, every test, branch coverage
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(PYTEST) $(TRACED:%=tests/%) --cov
	$(PYTEST) $(SLOW:%=tests/%) $(QUICK:%=tests/%)

fix: setup  ## Format and mend what ruff can mend
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

docs: setup  ## Write the tables of README.md anew from the code
	$(BIN)/python -m bot.readme

migration: setup  ## Write the next migration from what changed in models/ (NAME="What it does")
	$(BIN)/python -m models.migrations "$(NAME)"

lock: setup  ## Write requirements.lock anew from pyproject.toml, with the newest versions it allows
	$(BIN)/uv pip compile --quiet --upgrade --universal --generate-hashes --no-emit-index-url --no-header --all-extras \
	  --python-version 3.11 pyproject.toml -o requirements.lock

messages: setup  ## Collect the sentences of the code into locales/ (keeps the translations)
	$(BIN)/python -m locales update

missing: setup  ## Print the untranslated sentences as JSON; fill it and: .venv/bin/python -m locales fill it < filled.json
	@$(BIN)/python -m locales missing it

costs: setup  ## Count anew what acts cost in statements and requests; review what changes in tests/costs/costs.md
	BOTTEGA_WRITE_COSTS=1 $(BIN)/python -m pytest -n 0 tests/costs

bench: setup  ## Measure beside others and write docs/benchmarks.md (ONLY=burst one part, SCALE=0.1 or QUICK=1 smaller, into .bench)
	$(BIN)/python -m benchmarks $(ONLY) $(if $(SCALE),--scale $(SCALE)) $(if $(QUICK),--quick)
