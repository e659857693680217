# Every target says what it does: `make help`.
PYTHON ?= python3
BIN := .venv/bin
UV := $(BIN)/uv
JOBS ?= 2

.DEFAULT_GOAL := help
.PHONY: help install lock demo test test-slow consumers pages check format docs site base-image harbor bench efficacy efficacy-quick nightly clean

help:  ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

.venv/.installed: pyproject.toml requirements/dev.txt
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	test -x $(UV) || $(BIN)/python -m pip install --quiet --disable-pip-version-check "uv>=0.9"
	$(UV) pip install --quiet --python $(BIN)/python --require-hashes -r requirements/dev.txt
	$(UV) pip install --quiet --python $(BIN)/python --no-deps --editable .
	mkdir -p .venv/typed && ln -sfn ../.. .venv/typed/rpsdg  # where mypy finds the package under its own name
	touch $@

install: .venv/.installed  ## put rpsdg and everything it needs into .venv

lock:  ## resolve requirements/*.txt anew, with hashes and without index addresses
	$(UV) pip compile --quiet --universal --generate-hashes --no-emit-index-url pyproject.toml -o requirements/run.txt
	$(UV) pip compile --quiet --universal --generate-hashes --no-emit-index-url --extra dev pyproject.toml -o requirements/dev.txt

demo: install  ## turn a real PyPI package into at least 20 confirmed bug-fix traces and show one
	$(BIN)/rpsdg demo --jobs $(JOBS)

test: install  ## run the tests, but for the slowest (uses Docker if an engine answers, the local sandbox otherwise)
	$(BIN)/python -m pytest -n $(JOBS) --dist loadfile -m "not slow and not consumer and not pages"

test-slow: install  ## run the tests that `make test` leaves out
	$(BIN)/python -m pytest -n $(JOBS) --dist loadfile -m "slow and not consumer"

consumers: install  ## hand exports to the programs they are for (TRL, SWE-bench, verifiers …), in environments of their own
	$(BIN)/python -m pytest -m consumer tests/corpora/exports/consumers tests/experiments

pages: install  ## test the pages of `rpsdg view` in a real Chromium (Debian: chromium, or RPSDG_CHROMIUM names one)
	$(BIN)/python -m pytest -n $(JOBS) --dist load -m pages tests/runs/view

check: install  ## lint, formatting, types, and generated files that must be up to date
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	MYPYPATH=.venv/typed $(BIN)/mypy -p rpsdg
	PYTHONPATH=.venv/typed $(BIN)/lint-imports --no-logo
	MYPYPATH=.venv/typed:docs/examples/kinematics $(BIN)/mypy --explicit-package-bases $$(git ls-files 'docs/examples/kinematics/*.py')
	$(BIN)/python -m rpsdg.traces.schema --check docs/trace.schema.json
	$(BIN)/python -m rpsdg.runs.catalogue --check docs/catalogue.md
	$(BIN)/python -m rpsdg.runs.math_catalogue --check docs/mathematics.md
	$(BIN)/python -m rpsdg.math_domains.skeletons --check math_domains/skeletons.json
	$(BIN)/python -m benchmarks.difficulty_page --check docs/difficulty.md
	$(BIN)/python -m rpsdg.sandbox.hostile_cases --check docs/hostile.md
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict

format:  ## format the sources
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format .

docs: install  ## regenerate what docs/ takes from the code
	$(BIN)/python -m rpsdg.traces.schema docs/trace.schema.json
	$(BIN)/python -m rpsdg.runs.catalogue docs/catalogue.md
	$(BIN)/python -m rpsdg.math_domains.skeletons math_domains/skeletons.json
	$(BIN)/python -m rpsdg.runs.math_catalogue docs/mathematics.md
	$(BIN)/python -m benchmarks.difficulty_page docs/difficulty.md
	$(BIN)/python -m rpsdg.sandbox.hostile_cases docs/hostile.md

site: install  ## build the documentation as a site into ./site
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict

base-image:  ## make a Docker base image from Debian packages, without any image registry (needs root and mmdebstrap)
	.ci/base-image

harbor: install  ## what Harbor makes of exported tasks: solved by the recorded fix, and by nothing else
	.ci/docker-plugins
	$(BIN)/python -m benchmarks.harbor_trials --tasks 4 --cheats 8

bench: install  ## run every benchmark, a quick version each
	$(BIN)/python -m benchmarks all --quick

EXPERIMENTS = "$$($(BIN)/python -m benchmarks.consumer_home experiments)" -m rpsdg.experiments --jobs $(JOBS)

efficacy: install  ## train small models on our data and on less, and write docs/efficacy.md of it (six hours on two cores; goes on where it stopped)
	$(EXPERIMENTS)

efficacy-quick: install  ## the same at small sizes, in half an hour, into docs/efficacy-quick.md
	$(EXPERIMENTS) --quick

nightly: install  ## the large bars: many interrupted runs, writers killed at 200 moments, runs at 60, all of the standard library, both sandboxes on three packages, every Python there is, every package of the starter manifest, refreshes after commits and kills, levels beside a repair search, mathematics audited by SymPy, its splits, a million answers to grade
	RPSDG_INTERRUPTS=6 $(BIN)/python -m pytest tests/runs/test_interrupt.py
	RPSDG_KILLS=100 $(BIN)/python -m pytest tests/corpora/test_kills.py --timeout 3600
	RPSDG_KILLS=30 $(BIN)/python -m pytest tests/runs/test_resume.py --timeout 3600
	RPSDG_STDLIB_MODULES=600 RPSDG_STDLIB_MOVES=20 $(BIN)/python -m pytest tests/mutators/test_rules.py --timeout 3600
	RPSDG_HOSTILE_ALONE=1 $(BIN)/python -m pytest tests/sandbox/test_conformance.py tests/sandbox/test_hostile_builds.py
	$(BIN)/python -m benchmarks agreement
	$(BIN)/python -m benchmarks pythons
	$(BIN)/python -m benchmarks harvest --data nightly/harvest
	$(BIN)/python -m benchmarks starter --data nightly/starter
	$(BIN)/python -m benchmarks refresh --data nightly/refresh --git https://github.com/tkem/cachetools https://github.com/pytoolz/toolz https://github.com/mahmoud/boltons https://github.com/more-itertools/more-itertools
	$(BIN)/python -m benchmarks refresh_kills --kills 100
	$(BIN)/python -m benchmarks levels
	$(BIN)/rpsdg math --count 40 --wrong-steps 0.3 --out nightly/mathematics
	$(BIN)/rpsdg verify nightly/mathematics --audit 3000 --audit-solver 150 --jobs $(JOBS)
	$(BIN)/python -m benchmarks splits
	$(BIN)/python -m benchmarks grader_fuzz --inputs 1000000
	.ci/docker-plugins
	$(BIN)/python -m benchmarks.harbor_trials --tasks 10 nightly/harvest/*
	$(BIN)/rpsdg export nightly/harvest/toolz --to harbor --out nightly/tasks --limit 20 --force
	$(BIN)/python -m benchmarks.audit_leaks nightly/tasks

clean:  ## remove what the other targets made
	rm -rf .venv .consumers .efficacy site build dist demo *.egg-info .import_linter_cache .mypy_cache .pytest_cache .ruff_cache .hypothesis
