# gongwen - see README.md. `make help` lists the targets.
CC ?= cc
BUILD ?= build
PKGS = yaml-0.1 jansson zlib libcrypto
CFLAGS ?= -O2 -g
WARN = -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes -Wcast-qual -Wundef -Wwrite-strings -Wvla -Wformat=2
ALL_CFLAGS = -std=c11 -D_GNU_SOURCE -Iinclude $(WARN) $(shell pkg-config --cflags $(PKGS)) $(CFLAGS)
LIBS = $(shell pkg-config --libs $(PKGS)) -lcsv -lm -pthread

SRC := $(sort $(shell find pipeline -name '*.c'))
LIB_OBJ := $(patsubst %.c,$(BUILD)/%.o,$(filter-out pipeline/main.c,$(SRC)))

.PHONY: build
build: $(BUILD)/gongwen

$(BUILD)/gongwen: $(BUILD)/pipeline/main.o $(BUILD)/libgongwen.a
	$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS)

$(BUILD)/libgongwen.a: $(LIB_OBJ)
	rm -f $@ && ar rcs $@ $^

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

# one cmocka program a file in tests/unit
$(BUILD)/tests/unit/%: tests/unit/%.c $(BUILD)/libgongwen.a
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -Wno-missing-prototypes -MMD -MP -o $@ $< $(BUILD)/libgongwen.a $(LIBS) -lcmocka

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
