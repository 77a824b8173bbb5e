# From a bare Debian with python3 (3.11 or newer) and make to PDFs: `make keys`.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.installed
BENCH  := .venv-bench
TEX    := texlive-latex-extra lmodern

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help keys gallery test check bench clean tex

help:    ## this list
	@sed -n 's/^\([a-z]*\):[^#]*## /  make \1\t/p' Makefile | expand -t 16

keys: $(READY) tex    ## build the solution keys into build/, after installing what is missing
	"$(BIN)/derive" build

gallery: $(READY) tex    ## docs/gallery.pdf: one page of derivations a family
	"$(BIN)/python" docs/gallery.py

test: $(READY) tex    ## run the tests
	"$(BIN)/python" -m pytest -q -n auto

check: $(READY) tex    ## what CI runs: format, lint, types, tests
	"$(BIN)/ruff" format --check .
	"$(BIN)/ruff" check .
	"$(BIN)/mypy"
	@$(MAKE) --no-print-directory test

bench: $(READY)    ## measure; docs/benchmarks.md compares with SymPy and tensorgrad, installed into a venv of its own
	"$(BIN)/python" benchmarks/run.py
	"$(BIN)/python" benchmarks/mutants.py --write
	@test -x "$(BENCH)/bin/python" || "$(PYTHON)" -m venv "$(BENCH)"
	"$(BENCH)/bin/python" -m pip install --quiet --disable-pip-version-check --editable '.[bench]'
	"$(BENCH)/bin/python" benchmarks/derivatives.py

clean:    ## remove what was built; the venv stays
	rm -rf build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis

# $(call apt,packages): install Debian packages, or say what to run where that is not ours to do.
define apt
	if ! command -v apt-get >/dev/null; then \
	  echo "Please install what these Debian packages hold, then run make again: $(1)" >&2; exit 1; fi; \
	if [ "$$(id -u)" = 0 ]; then as=; elif command -v sudo >/dev/null; then as=sudo; else \
	  echo "Not root and no sudo. Run this as root, then make again:" >&2; \
	  echo "  apt-get update && apt-get install -y --no-install-recommends $(1)" >&2; exit 1; fi; \
	$$as apt-get update && \
	$$as env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $(1)
endef

# A venv that a broken attempt left without pip is made anew.
$(READY): pyproject.toml
	@command -v "$(PYTHON)" >/dev/null || { $(call apt,python3 python3-venv); }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "$(PYTHON) is too old: derive needs Python 3.11 or newer (make PYTHON=python3.12 ...)" >&2; exit 1; }
	@"$(PYTHON)" -c 'import ensurepip, venv' 2>/dev/null || { $(call apt,$(notdir $(PYTHON))-venv); }
	@"$(BIN)/python" -m pip --version >/dev/null 2>&1 || { rm -rf "$(VENV)" && "$(PYTHON)" -m venv "$(VENV)"; }
	"$(BIN)/python" -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch "$(READY)"

tex:
	@{ command -v pdflatex && kpsewhich exam.cls && kpsewhich tcolorbox.sty && kpsewhich lmodern.sty; } >/dev/null 2>&1 \
	  || { $(call apt,$(TEX)); }
