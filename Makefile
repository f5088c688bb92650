# gongwen - see README.md. `make help` lists the targets.
#
# Targets for people look after missing packages first and then call make again for the work: nothing here may
# need pkg-config or a compiler while this file is being read.
CC ?= cc
BUILD ?= build
SHARED ?= ../shared
PREFIX ?= /usr/local
JOBS ?= $(shell nproc 2>/dev/null || echo 2)
PKGS = yaml-0.1 jansson zlib libdeflate libcrypto libarchive libxml-2.0
CFLAGS ?= -O2 -g
WARN = -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes -Wcast-qual -Wundef -Wwrite-strings -Wvla -Wformat=2
ifdef WERROR
WARN += -Werror
endif
SANITIZE = -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all

# Asked once, when the first recipe needs it.
PKG_CFLAGS = $(eval PKG_CFLAGS := $$(shell pkg-config --cflags $(PKGS)))$(PKG_CFLAGS)
PKG_LIBS = $(eval PKG_LIBS := $$(shell pkg-config --libs $(PKGS)))$(PKG_LIBS)
ALL_CFLAGS = -std=c11 -D_GNU_SOURCE -Iinclude $(WARN) $(PKG_CFLAGS) $(CFLAGS)
LIBS = $(PKG_LIBS) -lcsv -lm -pthread

SRC := $(sort $(shell find pipeline -name '*.c'))
LIB_OBJ := $(patsubst %.c,$(BUILD)/%.o,$(filter-out pipeline/main.c,$(SRC)))
UNIT := $(patsubst %.c,$(BUILD)/%,$(sort $(wildcard tests/unit/test_*.c)))

# The work goes to a make of its own, on all cores unless the caller has said how many.
AGAIN = $(MAKE) --no-print-directory $(if $(findstring jobserver,$(MAKEFLAGS)),,-j$(JOBS))
ASAN = BUILD=$(BUILD)/asan CFLAGS="$(SANITIZE)" WERROR=1
# V=1 shows the commands.
Q = $(if $(V),,@)
SAY = $(if $(V),@:,@echo)

.PHONY: build run check bench score asan fuzz encodings layers install clean help deps programs unit-programs codes-program fuzz-program fault-shim check-faults
.PHONY: check-cluster check-spark check-interop bench-peers bundle

build: ## build build/gongwen (BUILD=, CFLAGS=, WERROR=1, V=1)
	@tools/deps.sh build
	@$(AGAIN) programs

run: build ## build, run the default configuration on the bundled samples, show what came out
	@tools/first-run.sh $(BUILD)/gongwen

check: ## everything that must hold: warnings, layers, unit tests, golden files, errors, examples
	@tools/deps.sh check
	@$(AGAIN) WERROR=1 programs fault-shim
	@$(AGAIN) $(ASAN) programs unit-programs
	@tools/check.sh $(BUILD) $(BUILD)/asan

check-faults: ## every system call of a run failing, killed, or with a full disk; kills at random moments (SEED=1)
	@tools/deps.sh check
	@$(AGAIN) programs fault-shim
	@python3 tests/fault/faults.py --long --seed $(or $(SEED),1) $(BUILD)/gongwen $(BUILD)/tests/fault/shim.so

check-cluster: bundle ## the recipes of docs/cluster.md: GNU parallel, Slurm, Hadoop Streaming
	@tools/deps.sh cluster || true
	@tests/cluster/run.sh $(BUILD)/gongwen $(BUILD)/gongwen-bundle.tar.gz

check-spark: bundle ## the Spark job on a cluster of two workers, in an environment of its own (SPARK_VERSION=)
	@tools/deps.sh spark || true
	@tests/spark/run.sh $(BUILD)/gongwen $(BUILD)/gongwen-bundle.tar.gz

check-interop: build ## what outside tools say of a snapshot: validators, readers, archivers (from the network; skipped without)
	@tests/interop/run.sh $(BUILD)/gongwen

bench: build ## speed and memory on generated documents
	@LIBS="$(LIBS)" tests/bench/run.sh $(BUILD)/gongwen

bench-peers: build ## gongwen beside JioNLP, Recognizers-Text, LAC and jieba, in an environment of its own
	@tools/deps.sh peers || true
	@tests/bench/peers.sh $(BUILD)/gongwen

score: ## precision and recall on the bundled samples against their annotations
	@tools/deps.sh check
	@$(AGAIN) programs
	@tests/score.sh $(BUILD)/gongwen

.PHONY: rules-report
rules-report: ## how often each rule and cue fires, how often rightly, and each gold document without what only it confirms
	@tools/deps.sh check
	@$(AGAIN) programs
	@mkdir -p $(BUILD)
	@tests/rules-report.py $(BUILD)/gongwen config/pipeline.yaml --text tests/data/samples --text $(SHARED)/corpus \
	    --gold tests/data/gold --gold tests/data/seen --gold tests/data/blind --gold $(SHARED)/gold >$(BUILD)/rules-report.txt
	@sed -n '/^Each gold document/,$$p' $(BUILD)/rules-report.txt
	@echo; echo 'rules and cues, those that are wrong more often than right first: $(BUILD)/rules-report.txt'

.PHONY: counts
counts: build ## has it become slower? instructions counted by valgrind (UPDATE=1 writes them down)
	@tests/bench/instructions.py $(BUILD)/gongwen tests/bench/instructions.json $(if $(UPDATE),--update)

asan: ## build build/asan/gongwen with address and undefined-behaviour checks
	@tools/deps.sh build
	@$(AGAIN) $(ASAN) programs

fuzz: ## spoiled input against every decoder and reader, half of the time each by itself, with address checks (SEED=1 FOR=60 seconds, TARGET=gb18030)
	@tools/deps.sh build
	@$(AGAIN) $(ASAN) fuzz-program
	@$(BUILD)/asan/tests/fuzz/targets -s $(or $(SEED),1) -t $$(($(or $(FOR),60) / 2)) $(if $(TARGET),-T $(TARGET)) $(FUZZ_SEEDS)
	@mkdir -p $(BUILD)/fuzz
	@for kind in html docx pdf markdown; do \
		python3 tests/formats/make.py $$kind tests/data/gold/docs/work-plan.txt $(BUILD)/fuzz/work-plan.$$kind; \
		python3 tests/formats/make.py $$kind tests/formats/tasks.txt $(BUILD)/fuzz/tasks.$$kind; done
	@$(BUILD)/asan/tests/fuzz/fuzz -s $(or $(SEED),1) -t $$(($(or $(FOR),60) / 2)) config/pipeline.yaml $(FUZZ_SEEDS) \
		$(addprefix $(BUILD)/fuzz/work-plan.,html docx pdf markdown) $(addprefix $(BUILD)/fuzz/tasks.,html docx pdf markdown)

encodings: ## the decoders code by code against iconv and Python, detection against uchardet, chardet, charset-normalizer
	@tools/deps.sh check
	@$(AGAIN) programs codes-program
	@tests/encodings/peers.sh $(BUILD)

.PHONY: docs
docs: build ## make anew what is made from the program's own tables: pages in docs/, JSON Schemas in schemas/
	@tools/make-docs.sh $(BUILD)/gongwen

layers: ## includes go one way only
	@tools/layers.sh

install: build ## install under PREFIX (default /usr/local; DESTDIR= is honoured)
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/gongwen
	install -m 755 $(BUILD)/gongwen $(DESTDIR)$(PREFIX)/bin/gongwen
	cp -R config schemas $(DESTDIR)$(PREFIX)/share/gongwen/
	tools/installed-config.sh config/pipeline.yaml >$(DESTDIR)$(PREFIX)/share/gongwen/config/pipeline.yaml

bundle: build ## build/gongwen-bundle.tar.gz: the program with libraries and configuration, for the workers of a cluster (CONFIG=)
	@$(AGAIN) $(BUILD)/bundle/gongwen
	@tools/bundle.sh $(BUILD)/bundle/gongwen $(BUILD)/gongwen-bundle.tar.gz $(or $(CONFIG),config)

clean: ## remove what was built (snapshots in output/ stay)
	rm -rf $(BUILD)

help: ## this list
	@sed -n 's/^\([a-z-]*\):.* ## /\1\t/p' Makefile | sort | awk -F '\t' '{printf "  make %-13s %s\n", $$1, $$2}'

deps: ## look for missing packages, install them where that is possible
	@tools/deps.sh check

programs: $(BUILD)/gongwen

unit-programs: $(UNIT) codes-program $(BUILD)/tests/fuzz/targets

codes-program: $(BUILD)/tests/encodings/codes

$(BUILD)/tests/encodings/codes: tests/encodings/codes.c $(BUILD)/libgongwen.a
	$(SAY) "  TEST  $<"
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) -MMD -MP -o $@ $< $(BUILD)/libgongwen.a $(LIBS)

fault-shim: $(BUILD)/tests/fault/shim.so

$(BUILD)/tests/fault/shim.so: tests/fault/shim.c
	$(SAY) "  SHIM  $@"
	@mkdir -p $(@D)
	$(Q)$(CC) -std=c11 -D_GNU_SOURCE $(filter-out -Wmissing-prototypes,$(WARN)) -O2 -shared -fPIC -o $@ $< -ldl

FUZZ_SEEDS = $(wildcard tests/data/samples/* tests/data/gold/docs/*)
fuzz-program: $(BUILD)/tests/fuzz/fuzz $(BUILD)/tests/fuzz/targets

$(BUILD)/tests/fuzz/fuzz: tests/fuzz/fuzz.c tests/fuzz/mutate.c
$(BUILD)/tests/fuzz/targets: $(addprefix tests/fuzz/,targets.c decoder_targets.c reader_targets.c mutate.c)

$(BUILD)/tests/fuzz/%: $(wildcard tests/fuzz/*.h) $(BUILD)/libgongwen.a
	$(SAY) "  FUZZ  $@"
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $(filter %.c,$^) $(BUILD)/libgongwen.a $(LIBS)

$(BUILD)/gongwen: $(BUILD)/pipeline/main.o $(BUILD)/libgongwen.a
	$(SAY) "  LINK  $@"
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS)

# Its libraries lie beside it, those that its libraries need too (which a runpath would not find).
$(BUILD)/bundle/gongwen: $(BUILD)/pipeline/main.o $(BUILD)/libgongwen.a
	$(SAY) "  LINK  $@"
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) -Wl,--disable-new-dtags,-rpath,'$$ORIGIN/../lib' -o $@ $^ $(LIBS)

$(BUILD)/libgongwen.a: $(LIB_OBJ)
	$(SAY) "  AR    $@"
	$(Q)rm -f $@ && ar qcs $@ $^

$(BUILD)/%.o: %.c
	$(SAY) "  CC    $<"
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

# one cmocka program a file in tests/unit
$(BUILD)/tests/unit/%: tests/unit/%.c $(BUILD)/libgongwen.a
	$(SAY) "  TEST  $<"
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) -Wno-missing-prototypes -MMD -MP -o $@ $< $(BUILD)/libgongwen.a $(LIBS) -lcmocka

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
