# The only commands to learn: run, test, check. `make help` lists the rest.

PYTHON ?= python3
HOST ?= 127.0.0.1
PORT ?= 8000
export HOST PORT

PY = .venv/bin/python

.PHONY: help run demo-reset test check bench chaos fuzz assets types words lock clean

help:  ## this list
	@sed -n 's/^\([a-z-]*\):.*## /  make \1	/p' Makefile | expand -t 20

run:  ## serve a demonstration day on http://127.0.0.1:8000 (HOST= and PORT= for a hall's network)
	@PYTHON=$(PYTHON) .ci/python requirements.txt
	@exec $(PY) manage.py serve --demo

demo-reset:  ## forget everything that was said, voted and written in the demonstration
	rm -rf data/db.sqlite3 data/db.sqlite3-wal data/db.sqlite3-shm data/media data/seals

test: .tools  ## every test, browser stories included
	@. .ci/node && node_modules/.bin/esbuild --version > /dev/null && npm test --silent
	@. .ci/node && $(PY) -m pytest --numprocesses auto --dist loadfile --no-loadscope-reorder $(ARGS)

check: .tools  ## style, types, import arrows, and generated files that are fresh
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy
	@. .ci/node && node_modules/.bin/tsc --noEmit
	$(PY) -m pytest -q tests/test_architecture.py
	$(PY) manage.py makemigrations --check --dry-run
	$(PY) manage.py types --check
	$(PY) manage.py words --check
	@. .ci/node && node static/build.mjs && git diff --exit-code --stat -- static/dist

bench:  ## what a room costs, beside others (N=P1 for one number, N=scale for ever larger rooms)
	@PYTHON=$(PYTHON) .ci/python requirements-test.txt
	@. .ci/node && $(PY) -m bench $(N)

chaos: .tools  ## every fault at full size, a quarter of an hour (CHAOS=0.1 for a tenth, SEED= for the same again)
	@. .ci/node && $(PY) -m tests.faults

fuzz: .tools  ## a million hostile updates of the minutes (FUZZ= for another number, SEED= for the same again)
	@. .ci/node && $(PY) -m tests.realtime.fuzz

assets: .tools  ## build the browser's bundle into static/dist
	@. .ci/node && node static/build.mjs

types: .tools  ## write what the browser and the docs know of records and commands
	$(PY) manage.py types

words: .tools  ## gather the sentences of the interface, and compile their translations
	$(PY) manage.py words

lock: .tools  ## choose the versions of the dependencies anew
	.ci/lock

clean:  ## remove what was installed and built here, but no data
	rm -rf .venv node_modules bench/build bench/node_modules .mypy_cache .ruff_cache .pytest_cache .hypothesis

.PHONY: .tools
.tools:
	@PYTHON=$(PYTHON) .ci/python requirements-test.txt
	@.ci/browser
	@.ci/postgres
	@.ci/strace
	@.ci/nginx
	@.ci/pandoc
	@. .ci/node && .ci/node_modules
