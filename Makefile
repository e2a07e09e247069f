# make demo: a trained sample project in ./demo;  make test: every test;  make fast: renders all, trains nothing.
# make thorough: what takes too long for every change, each network with each task and backend among it (an hour).
# make lowest: the tests of trained networks with the oldest packages that pyproject.toml allows.
# make lint: checks format, style and types, as test and fast do first;  make format: formats.
# make docs: the pages of docs/ as a site, on this machine.
# make bench: measures speed, for docs/benchmarks.md (an hour, on a machine that does nothing else).
PYTHON ?= python3
DEMO ?= demo
FAMILY ?= separable-cnn
LOWEST ?= tests/test_train.py tests/test_tables.py tests/test_columns.py tests/test_predict.py tests/test_resume.py tests/test_export.py
BIN := .venv/bin

.PHONY: help docs demo test fast thorough lowest bench lint format lock clean
help:
	@grep -h '^# make' Makefile

# One environment for everything, from the versions in requirements.lock.
.venv/installed: requirements.lock
	$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14) and "Python 3.11 to 3.13 is needed: make PYTHON=python3.12 ...")'
	rm -rf .venv && $(PYTHON) -m venv .venv
	sed -n '/^uv==/,/# via/p' requirements.lock > .venv/uv.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r .venv/uv.txt
	@# Compiled: otherwise the first import of Keras takes several times as long.
	VIRTUAL_ENV="$(CURDIR)/.venv" $(BIN)/uv pip install --compile-bytecode --require-hashes -r requirements.lock
	@touch $@

demo: .venv/installed
	@test ! -e $(DEMO) || { echo "$(DEMO) is there already: remove it, or choose another: make demo DEMO=name"; exit 1; }
	$(BIN)/copier copy --trust --defaults --vcs-ref HEAD -d family=$(FAMILY) "$(CURDIR)" $(DEMO)

test: .venv/installed lint
	$(BIN)/python -m pytest -n 2 --dist worksteal

fast: .venv/installed lint
	$(BIN)/python -m pytest -n 2 --dist worksteal tests/test_render.py tests/test_answers.py

thorough: .venv/installed
	HOSTILE=300 $(BIN)/python -m pytest -n 2 --dist worksteal -m thorough

# What resolves here alone is as old as allowed; what the packages need themselves is the newest.
lowest: .venv/installed
	test -d .venv-lowest || $(PYTHON) -m venv .venv-lowest
	$(BIN)/uv pip compile --quiet pyproject.toml --group dev --generate-hashes --resolution lowest-direct --python .venv-lowest -o .venv-lowest/requirements.txt
	VIRTUAL_ENV="$(CURDIR)/.venv-lowest" $(BIN)/uv pip install --compile-bytecode --require-hashes -r .venv-lowest/requirements.txt
	.venv-lowest/bin/python -m pytest -n 2 --dist worksteal $(LOWEST)

bench: .venv/installed
	$(BIN)/python benchmarks/training.py
	$(BIN)/python benchmarks/commands.py
	$(BIN)/python benchmarks/growth.py

lint: .venv/installed
	$(BIN)/black --check . && $(BIN)/ruff check .
	$(BIN)/mypy

format: .venv/installed
	$(BIN)/black --quiet . && $(BIN)/ruff check --quiet --fix .

docs: .venv/installed
	$(BIN)/mkdocs serve

lock: .venv/installed
	$(BIN)/uv pip compile --quiet pyproject.toml --group dev --universal --generate-hashes --upgrade --no-header --no-emit-index-url -o requirements.lock

clean:
	rm -rf .venv .venv-lowest $(DEMO)
