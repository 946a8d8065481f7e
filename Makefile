# Dibao 邸报. `make run` crawls and serves, `make test` checks everything; both set themselves up.

PYTHON ?= python3
PORT   ?= 8001
PAGES  ?= ../shared/realpages
JOBS   ?= auto
GOLD   ?= ../shared/gold
EVAL   ?= build/eval
BIN    := .venv/bin
READY  := .venv/.ready
TOOLS  := .venv/.tools

.PHONY: help install run demo serve test lint format eval quality bench clean

help:
	@echo "make run      set up, crawl the enabled districts and serve the archive on http://127.0.0.1:$(PORT)"
	@echo "make demo     the same job against a made-up district on this machine, in its own archive (demo/)"
	@echo "make serve    serve the archive without crawling"
	@echo "make test     set up, then lint, types and all tests"
	@echo "make install  only set up (.venv)"
	@echo "make eval     read PAGES=$(PAGES), describe GOLD=$(GOLD), and score both"
	@echo "make quality  write what is measured there into tests/quality.json, whose floors may only rise"
	@echo "make bench    speed and size as ratios (BENCH=--quick for a short run)"
	@echo "make lint     ruff and mypy;  make format  lets ruff mend what it can"
	@echo "make clean    remove the virtual environment, caches and the demo; never an archive"

install: $(READY)

$(READY): requirements.lock pyproject.toml
	@command -v $(PYTHON) >/dev/null || { echo "Python 3.11 or newer is needed; '$(PYTHON)' was not found. Name one with: make PYTHON=/path/to/python3.11" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; $(PYTHON) is $$($(PYTHON) -V 2>&1). Name another with: make PYTHON=python3.12" >&2; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv || { echo "The virtual environment could not be made. On Debian and Ubuntu: apt-get install python3-venv" >&2; rm -rf .venv; exit 1; }
	@echo "Setting up .venv (a minute or two, once) …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --requirement requirements.lock
	@PYTHONWARNINGS=ignore $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

$(TOOLS): $(READY) requirements-dev.lock
	@echo "Setting up the tests' tools (a minute or two, once) …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --requirement requirements-dev.lock
	@touch $@

run: install
	@$(BIN)/dibao run --port $(PORT)

demo: install
	@mkdir -p demo
	@$(BIN)/python -m tests.county --port 8765 & county=$$!; trap "kill $$county 2>/dev/null" EXIT; \
	$(BIN)/dibao --archive demo/archive.db run --districts tests/districts --port $(PORT)

serve: install
	@$(BIN)/dibao serve --port $(PORT)

test: lint
	$(BIN)/python -m pytest -n $(JOBS) --dist loadfile $(PYTEST)

lint: $(TOOLS)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(TOOLS)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

eval: $(TOOLS)
	@test -f $(PAGES)/manifest.tsv || { echo "$(PAGES) has no manifest.tsv; name a folder of pages with: make eval PAGES=DIR" >&2; exit 1; }
	@mkdir -p $(EVAL)
	$(BIN)/dibao parse --manifest $(PAGES)/manifest.tsv --pages $(PAGES)/pages > $(EVAL)/dibao.jsonl
	REALDATA=$(PAGES) $(BIN)/python $(PAGES)/score.py articles $(EVAL)/dibao.jsonl
	REALDATA=$(PAGES) $(BIN)/python $(PAGES)/score.py lists $(EVAL)/dibao.jsonl
	@test -f $(GOLD)/score.py || { echo "$(GOLD) has no score.py; name annotated texts with: make eval GOLD=DIR" >&2; exit 1; }
	$(BIN)/python -m tests.gold $(GOLD) > $(EVAL)/gold.jsonl
	$(BIN)/dibao describe $(EVAL)/gold.jsonl > $(EVAL)/facts.jsonl
	$(BIN)/python $(GOLD)/score.py --gold $(GOLD) --pred $(EVAL)/facts.jsonl

quality: $(TOOLS)
	$(BIN)/python -m tests.test_quality $(PAGES)
	@git diff --stat -- tests/quality.json

bench: $(TOOLS)
	$(BIN)/python -m bench $(BENCH)

clean:
	rm -rf .venv build demo *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
