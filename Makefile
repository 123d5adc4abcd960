# Inside the LSTM. `make help` lists the targets; each one makes .venv first if need be.

PYTHON ?= python3
VENV ?= .venv
PORT ?= 8000
HOST ?= 127.0.0.1
JOBS ?= 2
NB ?=
ARGS ?=
UPGRADE ?=
LAB_FLAGS ?=

BIN := $(VENV)/bin
# What the environment has: enough to build, to run notebooks as well, or everything.
BOOK := $(VENV)/.made-book
LAB := $(VENV)/.made-lab
TEST := $(VENV)/.made-test

# The same digits on every machine: see tools/determinism.env.
include tools/determinism.env
export $(shell sed -n 's/^\([A-Z_][A-Z_0-9]*\)=.*/\1/p' tools/determinism.env)
export PIP_DISABLE_PIP_VERSION_CHECK = 1
# pip refuses rather than install into your system's Python, whatever happens to the environment.
export PIP_REQUIRE_VIRTUALENV = 1

# One lock for all Pythons and systems, with hashes and without addresses.
UV = PATH="$$PATH:$(abspath $(BIN))" uv
LOCK = $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-annotate --custom-compile-command "make lock" $(UPGRADE)

.DEFAULT_GOAL := help
.PHONY: help venv book book-en serve lite test test-lib test-page test-site pdf test-pdf dist refresh experiments reproduce bench bench-site lab lab-zh lint format lock clean distclean

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1	\2/p' Makefile | expand -t 20

venv: $(TEST) ## make the virtual environment .venv with all that any command needs
	@echo "$(VENV) is ready: $$($(BIN)/python --version)"

$(VENV)/.made-%: requirements/%.txt pyproject.toml
	@command -v "$(PYTHON)" >/dev/null || { echo "error: $(PYTHON) not found: install Python 3.11 to 3.14, or make PYTHON=/path/to/python" >&2; exit 1; }
	@"$(PYTHON)" tools/check_python.py
	@"$(PYTHON)" tools/make_venv.py "$(VENV)" $*

book: $(BOOK) ## build the website, English and Chinese, into _build/html
	@$(BIN)/python -m tools.editions

book-en: $(BOOK) ## build the English edition alone
	@$(BIN)/python -m tools.editions en

serve: book ## build the website and serve it on this machine: PORT=8000, HOST=0.0.0.0 for others as well
	@$(BIN)/python -m tools.serve --port $(PORT) --host $(HOST)

lite: $(BOOK) ## build the notebooks as JupyterLite, 55 MB that run in a browser, and serve them
	@$(BIN)/python -m tools.lite
	@$(BIN)/python -m tools.serve --site lite --port $(PORT) --host $(HOST)

test: $(TEST) book ## build with warnings as errors, then run all tests and all notebooks: ARGS="-k gates"
	@$(BIN)/python -m pytest -q -n $(JOBS) --dist loadfile $(ARGS)

test-lib: $(TEST) ## the quick half of the tests, without the site: ARGS="-k gates"
	@$(BIN)/python -m pytest -q -n $(JOBS) --dist loadfile -m "not slow" tests/library tests/exercises tests/reproduce $(ARGS)

test-page: $(TEST) book ## run all cells and answers as the page runs them, 20 minutes: ARGS="-k gates"
	@$(BIN)/python -m pytest -q -s tests/in_page $(ARGS)

test-site: $(TEST) ## build, then check every page in a browser (Chromium): ARGS="-k search"
	@$(BIN)/python -m tools.browser
	@$(MAKE) --no-print-directory book
	@rm -rf _build/screenshots
	@$(BIN)/python -m pytest -q -n $(JOBS) tests/site $(ARGS)
	@echo "screenshots, prints and lists of requests: _build/screenshots"

pdf: book ## print both editions, each as one PDF, into _build/paper (Chromium)
	@$(BIN)/python -m tools.on_paper

test-pdf: $(TEST) pdf ## print, then check pages, outline, fonts, links and margins
	@$(BIN)/python -m pytest -q tests/paper $(ARGS)

dist: $(TEST) ## build wheel and sdist into dist/, and do the exercises in a clean environment
	@rm -rf dist
	@$(UV) build --quiet
	@$(BIN)/python -m twine check --strict dist/*
	@"$(PYTHON)" tools/try_install.py dist/*.whl

refresh: $(TEST) ## run the notebooks again and store their outputs: NB=chapters/03_gates.ipynb
	@$(BIN)/python -m tools.refresh $(NB) $(ARGS)

experiments: $(LAB) ## run the long sweeps of the chapters again, a few hours: ARGS="--task flights"
	@$(BIN)/python experiments/sweep.py --jobs $(JOBS) $(ARGS)
	@$(BIN)/python experiments/trained_cells.py
	@$(BIN)/python -m experiments.parallel --jobs $(JOBS)
	@$(BIN)/python -m experiments.recipe
	@$(BIN)/python -m experiments.broken
	@$(BIN)/python -m experiments.real_data
	@$(BIN)/python -m experiments.variants
	@$(BIN)/python -m experiments.recall

bench: $(TEST) ## time one layer beside its peers, memory, long sequences, about 8 minutes
	@$(BIN)/python -m benchmarks.speed
	@$(BIN)/python -m benchmarks.scale
	@$(BIN)/python -m benchmarks.memory
	@$(BIN)/python -m benchmarks.scan
	@$(BIN)/python -m benchmarks.attention
	@$(BIN)/python -m benchmarks.lengths

bench-site: $(TEST) ## measure every page beside a default Jupyter Book's, an hour: ARGS="--runs 1"
	@$(MAKE) --no-print-directory book
	@$(BIN)/python -m benchmarks.site $(ARGS)

# At work by hand, progress bars are welcome: only stored outputs do without.
reproduce: $(LAB) ## run the experiments of 1997 again, or go on with them: ARGS="--table 7 --trials 10"
	@env -u TQDM_DISABLE $(BIN)/python -m lstm_lib.reproduce --jobs $(JOBS) $(ARGS)

lab: $(LAB) ## open JupyterLab on the chapters
	@env -u TQDM_DISABLE $(BIN)/python -m jupyterlab $(LAB_FLAGS) chapters

lab-zh: $(LAB) ## open JupyterLab on the Chinese notebooks (中文), in zh/
	@$(BIN)/python -m tools.chinese_lab
	@env -u TQDM_DISABLE LSTM_BOOK_LANG=zh_CN $(BIN)/python -m jupyterlab $(LAB_FLAGS) zh

lint: $(TEST) ## check code, types and notebooks
	@$(BIN)/python -m ruff check
	@$(BIN)/python -m ruff format --check
	@$(BIN)/python -m mypy
	@$(BIN)/python -m tools.notebook_lint

format: $(TEST) ## format code and notebooks
	@$(BIN)/python -m ruff check --fix
	@$(BIN)/python -m ruff format

# Versions that are in the files and still fit are kept: UPGRADE=--upgrade takes the newest.
lock: $(BOOK) ## choose versions in requirements/ for what pyproject.toml names: UPGRADE=--upgrade
	@$(LOCK) --extra tensorflow --extra plot --extra reproduce \
		--group book --group lab --group test pyproject.toml -o requirements/test.txt >/dev/null
	@$(LOCK) -c requirements/test.txt --extra tensorflow --extra plot --extra reproduce \
		--group book --group lab pyproject.toml -o requirements/lab.txt >/dev/null
	@$(LOCK) -c requirements/test.txt --group book pyproject.toml -o requirements/book.txt >/dev/null
	@$(LOCK) --group uv -o requirements/uv.txt >/dev/null
	@echo "requirements: $$(grep -c == requirements/test.txt) packages. Now: make test"

clean: ## remove what was built
	@rm -rf _build dist .pytest_cache .ruff_cache .hypothesis *.egg-info
	@find chapters reference lstm_lib tests tools benchmarks \( -name __pycache__ -o -name .ipynb_checkpoints \) \
		-prune -exec rm -rf {} + 2>/dev/null || true

distclean: clean ## remove the virtual environment and the files of Python in the page as well
	@rm -rf "$(VENV)" "$(VENV).lock" .pyodide
