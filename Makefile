# make run: use it. make test: test it. Nothing else is needed; README has the rest.
PYTHON ?= python3
BIN := .venv/bin
.DEFAULT_GOAL := help
.PHONY: help run test crawl mutants screens bench pins

help:
	@echo "make run      start everything and say where it is (PORT=8000); Ctrl-C stops it"
	@echo "make test     every test (ARGS='tests/rules -k deadline' for some)"
	@echo "make crawl    every URL asked by everyone, not by one person for each answer"
	@echo "make mutants  take each rule's guarding line away and see its test fail"
	@echo "make screens  a picture of every page and PDF, in screens/"
	@echo "make bench    pages against a bare one, and against a tenth of the data"
	@echo "make pins     choose the newest versions that requirements*.in allow"

run:
	@$(PYTHON) dps/embedded/install.py run
	@exec $(BIN)/python -m dps.embedded run

test:
	@$(PYTHON) dps/embedded/install.py test
	$(BIN)/python -m ruff check .
	$(BIN)/lint-imports
	$(BIN)/python -m mypy
	@exec $(BIN)/python -m dps.embedded with -- $(BIN)/python -m pytest -n 2 $(ARGS)

crawl:
	@CRAWL=1 $(MAKE) test ARGS=tests/access

mutants screens:
	@$(PYTHON) dps/embedded/install.py test
	@exec $(BIN)/python -m dps.embedded with -- $(BIN)/python -m tests.$@ $(ARGS)

bench:
	@$(PYTHON) dps/embedded/install.py test
	@exec $(BIN)/python -m dps.embedded with -- $(BIN)/python -m bench.pages

pins:
	@$(PYTHON) dps/embedded/install.py test
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/python -m uv pip compile -q --upgrade --generate-hashes --no-annotate --no-header \
		--python-version 3.11 requirements.in -o requirements.txt
	$(BIN)/python -m uv pip compile -q --upgrade --generate-hashes --no-annotate --no-header \
		--python-version 3.11 -c requirements.txt requirements-dev.in -o requirements-dev.txt
