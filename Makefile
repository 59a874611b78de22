# Everything a newcomer needs: `make demo` and `make test`. Both set up .venv first.

VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
BENCH_INSTALLED := $(VENV)/.installed-bench
DEMO := runs/demo

# The first of these that is Python 3.11, 3.12 or 3.13.
FITS := import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))
ifndef PYTHON
PYTHON := $(shell for p in python3 python3.12 python3.13 python3.11 python; do \
	$$p -c '$(FITS)' >/dev/null 2>&1 && { echo $$p; break; }; done)
endif

# Where the public datasets that some tests replay and fit are kept, if they are: those tests are skipped without.
ifneq ($(wildcard ../shared/data),)
export TURNSTILE_DATA ?= $(abspath ../shared/data)
endif

.PHONY: help demo test lint site verify bench clean
.DEFAULT_GOAL := help

help:  ## what can be made
	@sed -n 's/^\([a-z]*\):.*## /\1|/p' $(MAKEFILE_LIST) | awk -F'|' '{ printf "make %-8s %s\n", $$1, $$2 }'

# The sample is an hour of chat, 5.5 requests a second, so it is served by models that answer in seconds, and the
# network learns fast: every session is audited, and a fifth of the traffic tries models that are not trusted yet.
# The study has few seeds and a short horizon: it shows what a finding looks like, and most remain undecided.
demo: $(INSTALLED)  ## replay a sample trace, then run a small study: tables, figures and findings
	@mkdir -p $(DEMO)
	@$(BIN)/python -c "from pathlib import Path; from scenarios.demo import write_sample; write_sample(Path('$(DEMO)/sample.csv.gz'))"
	@$(BIN)/turnstile run developers=none demand=trace demand.path=$(DEMO)/sample.csv.gz \
		population.tokens_per_s=50 population.ttft_s=0.5 population.slots=20 \
		evidence.audit=1 router.sandbox_share=0.2 \
		'hydra.run.dir=$(DEMO)/$${now:%Y-%m-%d_%H-%M-%S-%f}'
	@$(BIN)/turnstile study tightening_standards --seeds 3 --out $(DEMO)/tightening_standards horizon_days=100

test: $(INSTALLED)  ## the fast, exact tests
	$(BIN)/python -m pytest -m "not long" -n auto --dist loadscope --no-loadscope-reorder $(PYTEST_ARGS)

lint: $(INSTALLED)  ## ruff
	$(BIN)/ruff check .

site: $(INSTALLED)  ## docs as a static site, in docs/_build/site
	$(BIN)/python -m sphinx -W --keep-going -q -d docs/_build/doctrees docs docs/_build/site
	@echo docs/_build/site/index.html

verify: $(INSTALLED)  ## the statistical suite with its plots
	$(BIN)/turnstile verify

bench: $(BENCH_INSTALLED)  ## speed and memory, against other simulators too
	$(BIN)/turnstile bench

clean:  ## remove .venv and caches, not results
	rm -rf $(VENV) .pytest_cache .ruff_cache .hypothesis

$(INSTALLED): pyproject.toml constraints.txt
	@$(if $(PYTHON),,echo "Turnstile needs Python 3.11, 3.12 or 3.13, and none is on the PATH." \
		"Name one: make PYTHON=/path/to/python3.12" >&2; exit 1;) \
	$(PYTHON) -c '$(FITS)' || { echo "$(PYTHON) is not Python 3.11, 3.12 or 3.13, which Turnstile needs." >&2; exit 1; }; \
	$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { echo "$(PYTHON) has no venv module with pip:" \
		"install it (Debian, Ubuntu: apt install python3-venv), or name another: make PYTHON=..." >&2; exit 1; }; \
	$(BIN)/python -c '$(FITS)' 2>/dev/null || $(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[test,lint,docs]'
	@touch $@

$(BENCH_INSTALLED): $(INSTALLED)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[bench]'
	@touch $@
