# Inside the LSTM. `make help` lists the targets; each one makes .venv first if need be.

PYTHON ?= python3
VENV ?= .venv
PORT ?= 8000
HOST ?= 127.0.0.1
JOBS ?= 2
NB ?=
ARGS ?=
LAB_FLAGS ?=

BIN := $(VENV)/bin
STAMP := $(VENV)/.made

# The same digits on every machine: see tools/determinism.env.
include tools/determinism.env
export $(shell sed -n 's/^\([A-Z_][A-Z_0-9]*\)=.*/\1/p' tools/determinism.env)
export PIP_DISABLE_PIP_VERSION_CHECK = 1
# pip refuses rather than install into your system's Python, whatever happens to the environment.
export PIP_REQUIRE_VIRTUALENV = 1

.DEFAULT_GOAL := help
.PHONY: help venv book book-en serve lite test test-lib test-page test-site refresh experiments reproduce bench bench-site lab lab-zh lint format lock clean distclean

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1	\2/p' Makefile | expand -t 20

venv: $(STAMP) ## make the virtual environment .venv from requirements.txt
	@echo "$(VENV) is ready: $$($(BIN)/python --version)"

$(STAMP): requirements.txt pyproject.toml
	@command -v "$(PYTHON)" >/dev/null || { echo "error: $(PYTHON) not found: install Python 3.11, 3.12 or 3.13, or make PYTHON=/path/to/python" >&2; exit 1; }
	@"$(PYTHON)" tools/check_python.py
	@"$(PYTHON)" tools/make_venv.py "$(VENV)"

book: $(STAMP) ## build the website, English and Chinese, into _build/html
	@$(BIN)/python -m tools.editions

book-en: $(STAMP) ## build the English edition alone
	@$(BIN)/python -m tools.editions en

serve: book ## build the website and serve it on this machine: PORT=8000, HOST=0.0.0.0 for others as well
	@$(BIN)/python -m tools.serve --port $(PORT) --host $(HOST)

lite: $(STAMP) ## build the notebooks as JupyterLite, 55 MB that run in a browser, and serve them
	@$(BIN)/python -m tools.lite
	@$(BIN)/python -m tools.serve --site lite --port $(PORT) --host $(HOST)

test: book ## build with warnings as errors, then run all tests and all notebooks: ARGS="-k gates"
	@$(BIN)/python -m pytest -q -n $(JOBS) --dist loadfile $(ARGS)

test-lib: $(STAMP) ## the quick half of the tests, without the site: ARGS="-k gates"
	@$(BIN)/python -m pytest -q -n $(JOBS) --dist loadfile -m "not slow" tests/library tests/exercises tests/reproduce $(ARGS)

test-page: book ## run all cells and answers as the page runs them, 20 minutes: ARGS="-k gates"
	@$(BIN)/python -m pytest -q -s tests/in_page $(ARGS)

test-site: $(STAMP) ## build, then check every page in a browser (Chromium): ARGS="-k search"
	@$(BIN)/python -m tools.browser
	@$(MAKE) --no-print-directory book
	@rm -rf _build/screenshots
	@$(BIN)/python -m pytest -q -n $(JOBS) tests/site $(ARGS)
	@echo "screenshots, prints and lists of requests: _build/screenshots"

refresh: $(STAMP) ## run the notebooks again and store their outputs: NB=chapters/03_gates.ipynb
	@$(BIN)/python -m tools.refresh $(NB) $(ARGS)

experiments: $(STAMP) ## run the long sweeps of the chapters again, about 45 minutes: ARGS="--task flights"
	@$(BIN)/python experiments/sweep.py --jobs $(JOBS) $(ARGS)
	@$(BIN)/python experiments/trained_cells.py
	@$(BIN)/python experiments/parallel.py --jobs $(JOBS)
	@$(BIN)/python -m experiments.variants
	@$(BIN)/python -m experiments.recall

bench: $(STAMP) ## time one layer beside its peers, memory, long sequences, about 8 minutes
	@$(BIN)/python -m benchmarks.speed
	@$(BIN)/python -m benchmarks.scale
	@$(BIN)/python -m benchmarks.memory
	@$(BIN)/python -m benchmarks.scan
	@$(BIN)/python -m benchmarks.attention
	@$(BIN)/python -m benchmarks.lengths

bench-site: $(STAMP) ## measure every page beside a default Jupyter Book's, an hour: ARGS="--runs 1"
	@$(MAKE) --no-print-directory book
	@$(BIN)/python -m benchmarks.site $(ARGS)

# At work by hand, progress bars are welcome: only stored outputs do without.
reproduce: $(STAMP) ## run the experiments of 1997 again, or go on with them: ARGS="--table 7 --trials 10"
	@env -u TQDM_DISABLE $(BIN)/python -m lstm_lib.reproduce --jobs $(JOBS) $(ARGS)

lab: $(STAMP) ## open JupyterLab on the chapters
	@env -u TQDM_DISABLE $(BIN)/python -m jupyterlab $(LAB_FLAGS) chapters

lab-zh: $(STAMP) ## open JupyterLab on the Chinese notebooks (中文), in zh/
	@$(BIN)/python -m tools.chinese_lab
	@env -u TQDM_DISABLE LSTM_BOOK_LANG=zh_CN $(BIN)/python -m jupyterlab $(LAB_FLAGS) zh

lint: $(STAMP) ## check code, types and notebooks
	@$(BIN)/python -m ruff check
	@$(BIN)/python -m ruff format --check
	@$(BIN)/python -m mypy
	@$(BIN)/python -m tools.notebook_lint

format: $(STAMP) ## format code and notebooks
	@$(BIN)/python -m ruff check --fix
	@$(BIN)/python -m ruff format

lock: ## choose new versions for requirements.txt (with Python 3.11, the oldest)
	@"$(PYTHON)" -m tools.lock

clean: ## remove what was built
	@rm -rf _build .pytest_cache .ruff_cache .hypothesis *.egg-info
	@find chapters reference lstm_lib tests tools benchmarks \( -name __pycache__ -o -name .ipynb_checkpoints \) \
		-prune -exec rm -rf {} + 2>/dev/null || true

distclean: clean ## remove the virtual environment and the files of Python in the page as well
	@rm -rf "$(VENV)" "$(VENV).lock" .pyodide
