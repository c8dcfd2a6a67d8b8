# Each target is the one way to do that thing:
#   make book                     install what is needed (once) and build the site
#   make serve                    show the site on localhost (PORT=8000)
#   make zip                      put the site into one file that works from disk (ZIP=dist/….zip)
#   make test                     test everything (PART=site: one part; WHAT=tests/test_models.py: one file)
#   make test-full                test also what takes long: every attack, wrong answer and page
#   make steady                   test three times while two processes compute, once in the background
#   make lesson NAME=PART/NAME    write the skeleton of a lesson (AFTER=PART/OTHER, WIDGET=1, EXERCISE=1)
#   make lessons [NAMES="…"]      execute lessons in a fresh kernel and store their outputs
#   make exercises [NAMES="…"]    generate the students' notebooks from the authors'
#   make bench [NAMES="…"]        measure, and record the figures in alexnet_lib/data/measured
#   make repository URL=…         point every link at a fork
#   make pins                     pin the newest versions that pyproject.toml allows
#   make clean                    remove what was built (not the virtual environment)
SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
.PHONY: book serve zip lint test test-full steady lesson lessons exercises bench repository pins clean venv

PORT ?= 8000
NAMES ?=
PART ?=
WHAT ?= tests
OPTIONS ?=
# How many processes share the tests: one more than there are cores, since each waits at times for
# its browser or for a sandbox; at most four.
JOBS ?= $(shell cores=$$(getconf _NPROCESSORS_ONLN); echo $$((cores < 4 ? cores + 1 : 4)))
# pins: requirements.txt. highest or lowest-direct: what pyproject.toml allows, newest or oldest.
RESOLUTION ?= pins
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed-$(RESOLUTION)
RUN_BOOK := $(BIN)/python tools/build_book.py build . -W --keep-going --quiet

book: venv
	@$(RUN_BOOK)
	@echo
	@echo "The book is built. Open:"
	@echo "  file://$(CURDIR)/_build/html/index.html"

serve: book
	@echo "The book is at http://localhost:$(PORT)/  (Ctrl-C ends)"
	@($(BIN)/python -m webbrowser "http://localhost:$(PORT)/" >/dev/null 2>&1 || true) &
	@$(BIN)/python -m http.server --bind 127.0.0.1 --directory _build/html $(PORT)

zip: book
	@$(BIN)/python tools/zip_site.py $(if $(ZIP),"$(ZIP)")

JAVASCRIPT := $(wildcard alexnet_lib/widgets/*.js book/_ext/static/*.js tools/skeletons/*.js tools/*.mjs tools/page_editor/*js)
lint: venv
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/codespell
	@$(BIN)/oxlint --quiet $(JAVASCRIPT)
	@$(BIN)/oxfmt --list-different $(JAVASCRIPT)

# Which tests a part has, tests/parts.py says; here is what comes before them.
BEFORE_lint-and-unit := lint
# pytest comes last, so that its summary is the last line. One thread each: if every process used
# every core, they would wait for one another.
test: venv $(foreach part,$(or $(PART),lint-and-unit),$(BEFORE_$(part)))
	@OMP_NUM_THREADS=1 PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest -n $(JOBS) $(addprefix --part=,$(PART)) $(OPTIONS) $(WHAT)

test-full: OPTIONS := --full
test-full: test

# In the background of a script Ctrl-C is ignored, and so it is in all that a job starts.
steady: venv
	@for i in 1 2; do $(BIN)/python -c 'while True: pass' & done; trap 'kill $$(jobs -p)' EXIT; \
	for i in 1 2 3; do $(MAKE) test; done; \
	setsid $(MAKE) test & wait $$!

lesson: venv
	@$(BIN)/python tools/new_lesson.py "$(NAME)" --after "$(AFTER)" $(if $(WIDGET),--widget) $(if $(EXERCISE),--exercise)

lessons: venv
	@$(BIN)/python tools/lessons.py $(NAMES)

exercises: venv
	@$(BIN)/python tools/exercises.py $(NAMES)

bench: $(if $(filter site practice,$(or $(NAMES),site)),book,venv)
	@for name in $(or $(NAMES),train_step pipeline from_jpeg scaling fashion kills lrn activations batch_size normalization dropout augmentation modify first_layer grading scratch page_networks practice site); do $(BIN)/python benchmarks/$$name.py --save; done

repository: venv
	@$(BIN)/python tools/repository.py "$(URL)"

pins: venv
	@echo "-e ." > requirements.txt.new
	@PATH="$(CURDIR)/$(BIN):$$PATH" uv pip compile --quiet pyproject.toml --extra test --universal \
	  --python-version 3.11 --no-header --no-annotate --upgrade -o - >> requirements.txt.new
	@mv requirements.txt.new requirements.txt

clean:
	@rm -rf _build dist build *.egg-info

venv: $(STAMP)

# The first Python of the versions we test; uv from the PATH, else into the environment.
$(STAMP): requirements.txt pyproject.toml
	@for python in $${PYTHON:-python3 python3.13 python3.12 python3.11}; do \
	  if $$python -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null; \
	  then found=$$python; break; fi; done; \
	if [ -z "$${found:-}" ]; then \
	  echo "The course needs Python 3.11, 3.12 or 3.13, and none was found. Install one, or name it: make book PYTHON=/path/to/python3.12" >&2; exit 2; fi; \
	if [ ! -x $(BIN)/python ] && ! $$found -m venv $(VENV) >$(VENV).log 2>&1; then \
	  cat $(VENV).log >&2; rm -rf $(VENV) $(VENV).log; \
	  echo "Python could not make a virtual environment. On Debian or Ubuntu: apt install python3-venv" >&2; exit 2; fi; \
	rm -f $(VENV).log
	@command -v uv >/dev/null || $(BIN)/python -m pip install --quiet uv
	@echo "Installing what the course needs into $(VENV) (PyTorch is large: minutes on a slow line) …"
	@rm -f $(VENV)/.installed-*
	@if [ $(RESOLUTION) = pins ]; then set -- -r requirements.txt; \
	else set -- --upgrade --resolution $(RESOLUTION) -e '.[test]'; fi; \
	PATH="$(CURDIR)/$(BIN):$$PATH" VIRTUAL_ENV=$(CURDIR)/$(VENV) uv pip install --quiet "$$@"
	@touch $@
