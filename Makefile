# make run: the whole service on http://127.0.0.1:8000    make test: the tests
# Everything goes into .venv/ (packages) and var/ (data); nothing outside this folder is touched.

.DEFAULT_GOAL := help
SHELL := /bin/sh
PYTHON ?= python3
BIN := .venv/bin
# matplotlib's list of fonts, which it would keep in the home folder.
export MPLCONFIGDIR := $(CURDIR)/var/cache/matplotlib

.PHONY: help run demo test lint format bench translations lock clean
help:
	@echo "make run     set up, then start the service on http://127.0.0.1:8000"
	@echo "make demo    the same, with courses full of graded work to look at"
	@echo "make test    set up, then run the tests"
	@echo "make lint    ruff, mypy and the contracts of the three floors"
	@echo "make bench   speed, as ratios against named baselines"
	@echo "make clean   remove what make set up, and the data"

run: .venv/ready-to-run
	@$(BIN)/python tools/bundle_editor.py || true
	@exec $(BIN)/grader serve $(ARGS)

# Made and graded the first time, in var/demo: minutes; served at once from then on.
demo: .venv/ready-to-run
	@$(BIN)/python tools/bundle_editor.py || true
	@exec $(BIN)/grader demo $(ARGS)

# Twice as many tests at once as there are processors, as many of them wait. Those of a file run in
# one process: they share what is set up for them, and so do some files (tests/distribution.py).
# Each process reads all files, so what it makes of them is kept (PYTHONDONTWRITEBYTECODE is left
# empty), and a plugin that none of them uses stays away. One file alone: .venv/bin/pytest tests/unit/...
TOGETHER := --numprocesses=logical --maxprocesses=8 --dist=loadfile --no-loadscope-reorder \
  -p no:schemathesis

test: .venv/ready-to-test
	@tools/need-browser
	@$(BIN)/python tools/bundle_editor.py
	@OPENBLAS_NUM_THREADS=1 PYTHONDONTWRITEBYTECODE= exec $(BIN)/pytest $(TOGETHER) $(ARGS)

lint: .venv/ready-to-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/mypy tests benchmarks
	$(BIN)/lint-imports

format: .venv/ready-to-test
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: .venv/ready-to-test
	@exec $(BIN)/python -m benchmarks

# The sentences of the pages, for translators (docs/translating.md):
# grader/web/translations/CODE/LC_MESSAGES/messages.po, compiled beside it to messages.mo.
TRANSLATIONS := grader/web/translations
SENTENCES := var/sentences.pot
translations: .venv/ready-to-test
	@mkdir -p $(dir $(SENTENCES))
	$(BIN)/pybabel --quiet extract -F pyproject.toml -k lazy_gettext -c Translators: \
	  --no-location --omit-header --sort-output -o $(SENTENCES) .
	$(BIN)/pybabel --quiet update --no-fuzzy-matching --ignore-obsolete \
	  --ignore-pot-creation-date -i $(SENTENCES) -d $(TRANSLATIONS)
	$(BIN)/pybabel --quiet compile -d $(TRANSLATIONS)

# New versions within the bounds of pyproject.toml.
lock: .venv/ready-to-test
	$(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-header --quiet --upgrade --group build -o requirements.lock
	$(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-header --quiet --upgrade --group dev -c requirements.lock \
	  -o requirements-dev.lock

clean:
	rm -rf .venv var grader/web/static/built

.venv/ready-to-run: requirements.lock pyproject.toml tools/set-up
	@PYTHON="$(PYTHON)" tools/set-up requirements.lock
	@touch $@

.venv/ready-to-test: requirements-dev.lock pyproject.toml tools/set-up
	@PYTHON="$(PYTHON)" tools/set-up requirements-dev.lock
	@touch $@ .venv/ready-to-run
