# make demo     the walk from data to formula without a screen; writes demo.html
# make test     every test: Python, TypeScript, real browsers
# make stress   every promise of SECURITY.md all the way (under an hour on two cores); writes stress.json
# make lab      JupyterLab on the first notebook
# make bench B=main_job ARGS="--seeds 3"     one benchmark; its last line is one JSON object
# make picture  the README's picture, taken anew in JupyterLab
# make build    the front end, into kanwidget/static
# make check    formatting, types, and who may import whom
# make matrix   wheel and source archive in empty environments, beside lowest, Colab's and newest versions; logs in dist
# make clean    back to a fresh checkout
#
# Everything that a command needs is set up first, once, inside this folder. What has to be there already:
# Python >= 3.11, Node >= 20, make, and a package manager (for Chromium, which only `make test` and `make stress` need).

TORCH ?= torch==2.13.0
WORKERS ?= 2
B ?=
ARGS ?=

MAKEFLAGS += --no-builtin-rules --no-print-directory
.DELETE_ON_ERROR:
.SUFFIXES:

export PIP_DISABLE_PIP_VERSION_CHECK := 1
# An editable install would build the bundle again, with `npm install`; it is built below.
export SKIP_JUPYTER_BUILDER := 1
PIP_INSTALL := -m pip install -qq

BUNDLE := kanwidget/static/widget.js
BUNDLE_SOURCES := $(shell find js \( -name node_modules -o -name test -o -name dev \) -prune -o -type f -print)
BENCHMARKS := $(patsubst benchmarks/requirements/%.txt,%,$(wildcard benchmarks/requirements/*.txt))
BROWSER_BENCHMARKS := page widget
AS_ROOT := $(if $(filter 0,$(shell id -u)),--allow-root)
# What waits for the network goes beside what computes.
SIDE_BY_SIDE := --jobs=4 --output-sync=line --keep-going
IN_WORKERS := -n $(WORKERS)
ONE_THREAD := OMP_NUM_THREADS=1 MKL_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 VECLIB_MAXIMUM_THREADS=1

.PHONY: demo test test-python test-js test-browser stress lab bench picture build matrix check check-style check-types check-imports check-js needs chromium set-up clean

demo: needs .venv/.ready-demo
	@.venv/bin/python -m kanwidget.demo

test: needs
	@$(MAKE) $(SIDE_BY_SIDE) set-up test-js
	@$(MAKE) --keep-going test-python test-browser

test-python: needs .venv/.ready-test
	$(ONE_THREAD) .venv/bin/python -m pytest -m "not browser" $(IN_WORKERS) --dist worksteal --timeout 300 --durations 10

test-js: needs js/node_modules/.ready
	cd js && npm test --silent

test-browser: needs .venv/.ready-test .hosts/colab/.ready chromium
	.venv/bin/python -m pytest -m browser $(IN_WORKERS) --dist loadfile --timeout 300 --durations 10 tests/browser

stress: needs .venv/.ready-test chromium
	@$(ONE_THREAD) .venv/bin/python -m tests.stress $(ARGS)

lab: needs .venv/.ready-lab
	.venv/bin/jupyter lab $(AS_ROOT) notebooks/01_hello_kan.ipynb

bench: needs $(if $(filter $(B),$(BENCHMARKS)),.bench/$(B)/.ready) $(if $(filter $(B),$(BROWSER_BENCHMARKS)),chromium)
	$(if $(filter $(B),$(BENCHMARKS)),,@echo "kanwidget: name a benchmark: make bench B=... ($(BENCHMARKS))" >&2; exit 2)
	@$(if $(filter $(B),$(BROWSER_BENCHMARKS)),,$(ONE_THREAD)) .bench/$(B)/bin/python -m benchmarks.$(B) $(ARGS) --json

picture: needs .venv/.ready-test chromium
	@.venv/bin/python -m tests.browser.picture

build: needs $(BUNDLE)

matrix: needs $(BUNDLE) .venv/.ready-test
	@.venv/bin/python tools/matrix.py --torch "$(TORCH)" $(ARGS)

check: check-style check-types check-imports check-js

check-style: needs .venv/.ready-test
	.venv/bin/ruff check --quiet
	.venv/bin/ruff format --check --quiet

check-types: needs .venv/.ready-test
	.venv/bin/mypy

check-imports: needs .venv/.ready-test
	.venv/bin/lint-imports --no-logo

check-js: needs js/node_modules/.ready
	cd js && npm run --silent check

clean:
	rm -rf .venv .hosts .bench dist js/node_modules kanwidget/static screenshots demo.html stress.json

# Setting up. A file .ready says that a folder was completed; it is older than what it was made from when that changed.

set-up: needs .venv/.ready-test .hosts/colab/.ready js/node_modules/.ready chromium

needs:
	@tools/need python >/dev/null
	@tools/need node

chromium:
	@tools/need chromium

js/node_modules/.ready: js/package.json js/package-lock.json
	@tools/need node
	@echo "Installing the Node packages"
	@cd js && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

$(BUNDLE): js/node_modules/.ready $(BUNDLE_SOURCES)
	@echo "Building the bundle"
	@cd js && npm run --silent build
	@touch $@

.PRECIOUS: %/.torch
%/.torch:
	@echo "Installing PyTorch into $*"
	@python=$$(tools/need python) && "$$python" -m venv $*
	@$*/bin/python $(PIP_INSTALL) "$(TORCH)"
	@touch $@

.venv/.ready-demo: EXTRA =
.venv/.ready-lab: EXTRA = [lab]
.venv/.ready-test: EXTRA = [test]
.venv/.ready-%: .venv/.torch pyproject.toml | $(BUNDLE)
	@echo "Installing kanwidget$(EXTRA) into .venv"
	@.venv/bin/python $(PIP_INSTALL) -e ".$(EXTRA)"
	@touch $@

.hosts/colab/.ready: .hosts/colab/.torch tests/browser/hosts/colab.txt pyproject.toml | $(BUNDLE)
	@echo "Installing classic Notebook with Colab's versions into .hosts/colab"
	@.hosts/colab/bin/python $(PIP_INSTALL) -e . -r tests/browser/hosts/colab.txt
	@touch $@

.bench/%/.ready: benchmarks/requirements/%.txt pyproject.toml .bench/%/.torch | $(BUNDLE)
	@echo "Installing the benchmark's environment into .bench/$*"
	@.bench/$*/bin/python $(PIP_INSTALL) -e . -r $<
	@touch $@
