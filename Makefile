# samebytes. `make help` lists the targets.

VERSION := 0.1.0
PREFIX ?= /usr/local
DESTDIR ?=
ifeq ($(origin CC),default)
CC := gcc
endif
MODE ?= release
# What `make verify` asks: root gets Docker, a private one if none answers; anybody else the engine that works for him.
# VERIFY="--engine none" needs no engine.
VERIFY ?= $(if $(filter 0,$(shell id -u)),--engine docker)
# V=1 shows every command.
Q := $(if $(V),,@)
BUILD := build
# Objects of each mode and compiler stand apart, so that switching rebuilds nothing.
OBJECTS := $(BUILD)/objects/$(MODE)-$(notdir $(firstword $(CC)))

LIBEXECDIR ?= $(PREFIX)/libexec
# Objects that name LIBEXECDIR are made again when it changes by `make clean` alone.
CPPFLAGS_ALL = -D_GNU_SOURCE -DSAMEBYTES_VERSION='"$(VERSION)"' \
	-DSAMEBYTES_LIBEXEC='"$(LIBEXECDIR)/samebytes"' $(CPPFLAGS)
WARNINGS = -Wall -Wextra -Werror -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
	-Wpointer-arith -Wcast-qual -Wwrite-strings -Wformat=2 -Wno-format-nonliteral -Wvla \
	-Wundef -Wswitch-enum -Wold-style-definition -Wconversion -Wsign-conversion
# What guards jumps and returns is each machine's own; riscv64 has nothing yet.
MACHINE := $(shell $(CC) -dumpmachine 2>/dev/null)
BRANCHES = $(if $(filter x86_64-% i%86-%,$(MACHINE)),-fcf-protection)$(if \
	$(filter aarch64-%,$(MACHINE)),-mbranch-protection=standard)
HARDENING = -fstack-protector-strong -fPIE $(BRANCHES)
FLAGS_release = -O2 -D_FORTIFY_SOURCE=2 $(HARDENING)
FLAGS_debug = -O1 -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all
FLAGS_coverage = -O1 --coverage -DSAMEBYTES_COVERAGE
FLAGS_fuzz = -O1 -fno-omit-frame-pointer -fsanitize=address,undefined,fuzzer-no-link -fno-sanitize-recover=all
FLAGS_afl = -O1
LINK_release = -pie -Wl,-z,relro,-z,now,-z,noexecstack
FLAGS_static = $(FLAGS_release) -ffunction-sections -fdata-sections
LINK_static = -static-pie -s -Wl,-z,relro,-z,now,-z,noexecstack,--gc-sections
LINK_debug = -fsanitize=address,undefined
LINK_coverage = --coverage
CFLAGS_ALL = -std=c17 -g $(WARNINGS) $(FLAGS_$(MODE)) -ffile-prefix-map=$(CURDIR)/= $(CFLAGS)
# ISA-L inflates large layers where it is there; Debian has it as a shared library alone.
ISAL := $(if $(filter static,$(MODE)),,$(wildcard /usr/include/isa-l.h))
# Nettle's SHA-256 where libcrypto's is not wanted (LIBCRYPTO=).
LIBCRYPTO ?= yes
CPPFLAGS_ALL += $(if $(ISAL),-DSAMEBYTES_ISAL) $(if $(LIBCRYPTO),-DSAMEBYTES_LIBCRYPTO)
# Of the libraries that parse no input the few functions that are used are linked in: to load them whole takes longer
# than most runs do. Those that do come with the system, and its updates.
LDLIBS = -l:libnettle.a $(if $(LIBCRYPTO),-l:libcrypto.a) -l:libseccomp.a -lz -lzstd -llzma -lbz2 $(if $(ISAL),-lisal) -lm -lpthread

LIB_SOURCES := $(sort $(wildcard src/*/*.c))
PROGRAM_SOURCES := $(sort $(wildcard verify/*.c verify/*/*.c))
UNIT_SOURCES := $(sort $(wildcard tests/unit/*_test.c))
LIB_OBJECTS := $(LIB_SOURCES:%.c=$(OBJECTS)/%.o)
PROGRAM_OBJECTS := $(PROGRAM_SOURCES:%.c=$(OBJECTS)/%.o)
UNIT_PROGRAMS := $(UNIT_SOURCES:tests/unit/%.c=$(OBJECTS)/unit/%)
LIBRARY := $(OBJECTS)/libsamebytes.a
PROGRAM := $(BUILD)/samebytes$(if $(filter release,$(MODE)),,-$(MODE))

.PHONY: help release build debug static verify audit test test-static unit lint install uninstall clean deps \
	engines-upstream newcomers machines deps-machines smallest smallest-search bench deps-bench toolchains toolchains-doc deps-toolchains story deps-story suites encoders engines engines-doc bounds fuzz fuzz-quick fuzz-differential engines-crafted coverage deps-fuzz deps-verify deps-test deps-lint deps-browser deps-suites

help:
	@echo 'make verify   rebuild the image of this folder natively and with Docker, and compare'
	@echo 'make audit    the published image of 2018, explained to the last byte'
	@echo 'make test     unit tests and the tests of the command line, with a real engine'
	@echo 'make build    build/samebytes, and ./t assembled from asm/t.asm'
	@echo 'make engines  the founding image on Docker 20.10 to 28, Podman and Buildah of four Debian'
	@echo '              releases (root; some 4 GB below ~/.cache), the tests with them, a table'
	@echo 'make engines-upstream  the same tests with the newest Docker engine, built with Go'
	@echo 'make newcomers  make verify and make test on fresh Debian 12, 13 and sid (RELEASES=trixie)'
	@echo 'make machines static programs for arm64, riscv64, musl and the newest glibc, tested (MACHINES=musl)'
	@echo 'make release  static programs for amd64, arm64 and riscv64, twice, byte for byte equal, in build/release'
	@echo 'make encoders the Go compressors that facts of compressed layers need'
	@echo 'make debug    build/samebytes-debug, with sanitizers'
	@echo 'make static   build/samebytes-static, one static program'
	@echo 'make fuzz     every parser under libFuzzer, MINUTES=1 each; AFL=1: AFL++ as well'
	@echo 'make engines-crafted  crafted archives, random images and mutants, shown to engines (SAMPLE=30: a few)'
	@echo 'make fuzz-differential, test-static, coverage: see docs/security.md'
	@echo 'make toolchains  the image by every assembler, archiver, compressor and Debian release'
	@echo 'make smallest  the smallest archives of examples/smallest, made again of what is written down'
	@echo 'make smallest-search  CLASS=portable SECONDS=600 SEED=1: for smaller ones'
	@echo 'make story    the steps of 2018, claimed against measured, into docs/story.md'
	@echo 'make bench    how fast, against other programs (RUNS=7, BENCH="small big")'
	@echo 'make bounds   what bombs, deep and long inputs cost'
	@echo 'make lint     clang-tidy, cppcheck, clang-format, shellcheck, layers'
	@echo 'make install  to $$(DESTDIR)$$(PREFIX), PREFIX=$(PREFIX)'
	@echo 'make clean    remove what was built'
	@echo
	@echo 'verify, test and build install what is missing from Debian packages;'
	@echo 'DEPS=no only names it, and stops.'

build: deps
	@$(MAKE) --no-print-directory -s $(PROGRAM) t

debug: deps
	@$(MAKE) --no-print-directory -s MODE=debug $(BUILD)/samebytes-debug t

# One program that needs nothing of the machine but the tools it runs.
static: deps
	@$(MAKE) --no-print-directory -s MODE=static $(BUILD)/samebytes-static t

deps:
	@tools/deps.sh build
deps-verify:
	@tools/deps.sh build $(if $(findstring --engine none,$(VERIFY)),,$(if $(filter 0,$(shell id -u)),engine,rootless))
deps-test:
	@tools/deps.sh build engine test
deps-lint:
	@tools/deps.sh build lint
deps-toolchains:
	@tools/deps.sh build toolchains
deps-story:
	@tools/deps.sh build engine story
deps-bench:
	@tools/deps.sh build bench
deps-browser:
	@tools/deps.sh browser
deps-machines:
	@tools/deps.sh build engine test suites machines
deps-suites:
	@tools/deps.sh build engine test suites

# Root file systems of other Debian releases, with their engines; what is there already stays.
suites: deps-suites
	@tools/engines/suite.sh make bullseye bookworm trixie sid

encoders: deps-suites
	@tools/encoders/build.sh $(BUILD)/encoders

# Tests first, so that it ends with every engine's row.
engines: encoders
	@$(MAKE) --no-print-directory -s $(PROGRAM) t
	@tools/engines/suite.sh make bullseye bookworm || true
	@tests/run.sh tests/engines/suites/*.bats; status=$$?; \
		tools/engines/table.sh $(BUILD)/engines.json && exit $$status

# The Docker engine that its makers released last, where Go is: minutes of compiling, once.
engines-upstream: encoders
	@$(MAKE) --no-print-directory -s $(PROGRAM) t
	@tests/run.sh tests/engines/upstream/*.bats

# The founding image by every assembler, archiver and compressor, and by those of other Debian releases (make suites).
SUITES_FOLDER = $${SAMEBYTES_SUITES:-$${XDG_CACHE_HOME:-$$HOME/.cache}/samebytes/suites}
toolchains: deps-toolchains
	@$(MAKE) --no-print-directory -s $(PROGRAM)
	@export PYTHONDONTWRITEBYTECODE=1 && tests/run.sh tests/toolchains/*.bats; status=$$?; \
		python3 tools/toolchains/matrix.py $(PROGRAM) $(BUILD)/toolchains.json >$(BUILD)/toolchains.md && \
		python3 tools/toolchains/releases.py "$(SUITES_FOLDER)" $(BUILD)/releases.json >>$(BUILD)/toolchains.md || status=1; \
		cat $(BUILD)/toolchains.md; exit $$status

# The smallest archives, of what is written down in src/smallest/found; seconds.
smallest: deps
	@$(MAKE) --no-print-directory -s $(PROGRAM)
	@tools/smallest/make.sh $(PROGRAM)

# Searches for smaller ones, from what is written down; as long as it is told to.
CLASS ?= portable
SECONDS ?= 600
SEED ?= 1
SEARCH_SOURCES := $(wildcard tools/smallest/*.c) $(filter src/smallest/%,$(LIB_SOURCES))
smallest-search: deps
	@$(MAKE) --no-print-directory -s $(LIBRARY)
	@$(CC) $(CPPFLAGS_ALL) -Isrc -std=c17 -O3 -o $(BUILD)/smallest-search $(SEARCH_SOURCES) $(LIBRARY) $(LDLIBS)
	@$(BUILD)/smallest-search $(CLASS) --seconds $(SECONDS) --seed $(SEED) >$(BUILD)/$(CLASS).def
	@echo 'to keep it: cp $(BUILD)/$(CLASS).def src/smallest/found && make smallest'

# The article's own steps, claimed against measured; docs/story.md gets what was.
story: deps-story
	@$(MAKE) --no-print-directory -s $(PROGRAM)
	@tools/story/run.sh $(PROGRAM) "$(SUITES_FOLDER)" $(BUILD)/story.json >$(BUILD)/story.md && cat $(BUILD)/story.md
	@sed -i '/^<!-- measured -->/,/^<!-- end -->/{//!d}' docs/story.md
	@sed -i '/^<!-- measured -->/r $(BUILD)/story.md' docs/story.md

# The measured part of docs/toolchains.md, from the last `make toolchains`.
toolchains-doc: $(BUILD)/toolchains.md
	@sed -i '/^<!-- measured -->/,/^<!-- end -->/{//!d}' docs/toolchains.md
	@sed -i '/^<!-- measured -->/r $<' docs/toolchains.md

# Against other programs that do the same work; images from Debian packages, some 6 GB on the disk. Not a test: what
# it prints is for reading, and it fails only where an answer is wrong.
BENCH ?= small big 10000000 100000000 1000000000 10000000000
BENCH_DIR ?= $(HOME)/.cache/samebytes/bench
RUNS ?= 7
PEERS ?= small big
bench: deps-bench
	@$(MAKE) --no-print-directory -s $(PROGRAM)
	@mkdir -p $(BENCH_DIR) && python3 tools/bench/images.py $(BENCH_DIR) $(BENCH)
	@PEERS="$(PEERS)" RESULT=$(BUILD)/bench.json PLOT=$(BUILD)/performance.svg PYTHONDONTWRITEBYTECODE=1 \
		python3 tools/bench/bench.py $(PROGRAM) $(BENCH_DIR) $(RUNS) $(BENCH)

# Crafted archives shown to real engines: what they load is what this program says, or it refuses. SAMPLE=N takes
# a few; all take half an hour.
ALIKE = docker-20.10.24-buildkit/owners-1-1 docker-20.10.24-classic/config-1-1 docker-26.1.5-buildkit/layers-1-1
ENGINES_CRAFTED ?= bookworm:docker sid:docker sid:docker:containerd bookworm:podman sid:podman bookworm:skopeo sid:skopeo
engines-crafted: deps-suites
	@$(MAKE) --no-print-directory -s $(PROGRAM)
	@python3 tests/corpus/hostile.py $(BUILD)/crafted
	@python3 tests/corpus/engines.py $(PROGRAM) tools/engines/suite.sh $(if $(SAMPLE),--sample $(SAMPLE)) $(BUILD)/crafted \
		$(if $(SAMEBYTES_CORPUS),$(SAMEBYTES_CORPUS)/hostile/dev) -- $(ENGINES_CRAFTED)
	@python3 tests/corpus/alike.py $(PROGRAM) tools/engines/suite.sh --images $(or $(SAMPLE),200) --mutants $(or $(SAMPLE),200) \
		--crafted $(BUILD)/crafted $(if $(SAMEBYTES_CORPUS),--crafted $(SAMEBYTES_CORPUS)/hostile/dev) \
		$(if $(SAMEBYTES_CORPUS),$(patsubst %,--archive $(SAMEBYTES_CORPUS)/fixtures/engines/%.tar.xz,$(ALIKE))) -- \
		$(filter-out %:skopeo,$(ENGINES_CRAFTED))

# The measured part of docs/engines.md, from the last `make engines`.
engines-doc: $(BUILD)/engines.json
	@sed -i '/^<!-- measured -->/,/^<!-- end -->/{//!d}' docs/engines.md
	@tools/engines/report.py markdown $< >$(BUILD)/engines.md
	@sed -i '/^<!-- measured -->/r $(BUILD)/engines.md' docs/engines.md
	@tools/engines/report.py plot $< >docs/engines.svg

verify: deps-verify
	@$(MAKE) --no-print-directory -s $(PROGRAM) t
	$(PROGRAM) verify $(VERIFY) --assemble t=asm/t.asm --image t --max-size 1000 .

audit: deps
	@$(MAKE) --no-print-directory -s $(PROGRAM)
	$(PROGRAM) audit --source . --assemble t=asm/t.asm tests/fixtures/published/ian-miell-2018.b64

# Static programs for other machines and C libraries, through the tests of the command line (TESTS="cli/build" takes a few).
MACHINES ?= sid musl arm64 riscv64
release: deps-machines
	@tools/release/make.sh $(if $(filter command,$(firstword $(origin MACHINES))),$(MACHINES))

machines: deps-machines
	@tools/machines/build.sh $(MACHINES)
	@tests/machines/run.sh $(MACHINES)

# The two commands of README.md on fresh machines.
RELEASES ?= bookworm trixie sid
newcomers: deps-suites
	@tests/newcomers/run.sh $(RELEASES)

test: deps-test
	@$(MAKE) --no-print-directory -s $(PROGRAM) t
	@tests/run.sh

# Which lines of src/ the tests run: at least 90 of 100, or it fails; 85 where the recorded archives are not there.
coverage: deps-test
	@tools/deps.sh coverage
	@$(MAKE) --no-print-directory -s MODE=coverage $(BUILD)/samebytes-coverage t
	@find $(BUILD)/objects/coverage-* -name '*.gcda' -delete
	@$(MAKE) --no-print-directory MODE=coverage unit >$(BUILD)/coverage.log
	@SAMEBYTES=$(CURDIR)/$(BUILD)/samebytes-coverage tests/run.sh $(wildcard tests/cli/*.bats) >>$(BUILD)/coverage.log; \
		tail -n 1 $(BUILD)/coverage.log
	@gcovr --root . --filter src/ --fail-under-line $(if $(SAMEBYTES_CORPUS),90,85) --output $(BUILD)/coverage.txt \
		$(BUILD)/objects/coverage-$(notdir $(firstword $(CC))); status=$$?; cat $(BUILD)/coverage.txt; exit $$status

# The static program through the tests of the command line.
test-static: deps-test
	@$(MAKE) --no-print-directory -s $(PROGRAM) t
	@$(MAKE) --no-print-directory -s MODE=static $(BUILD)/samebytes-static
	@SAMEBYTES=$(CURDIR)/$(BUILD)/samebytes-static tests/run.sh $(wildcard tests/cli/*.bats)

lint: deps-lint
	@tests/lint/run.sh

t: asm/t.asm
	nasm -f bin -o $@ $<
	chmod 775 $@

$(PROGRAM): $(PROGRAM_OBJECTS) $(LIBRARY)
	@mkdir -p $(@D)
	@$(if $(V),,echo "  CC  $@")
	$(Q)$(CC) $(CFLAGS_ALL) $(LINK_$(MODE)) $(LDFLAGS) -o $@ $^ $(LDLIBS)

$(LIBRARY): $(LIB_OBJECTS)
	@rm -f $@
	$(Q)$(AR) rcsD $@ $^

$(OBJECTS)/src/%.o: src/%.c
	@mkdir -p $(@D)
	@$(if $(V),,echo "  CC  $@")
	$(Q)$(CC) $(CPPFLAGS_ALL) -Isrc $(CFLAGS_ALL) -MMD -MP -c -o $@ $<

$(OBJECTS)/verify/%.o: verify/%.c
	@mkdir -p $(@D)
	@$(if $(V),,echo "  CC  $@")
	$(Q)$(CC) $(CPPFLAGS_ALL) -Isrc -Iverify $(CFLAGS_ALL) -MMD -MP -c -o $@ $<

$(OBJECTS)/unit/%: tests/unit/%.c $(LIBRARY)
	@mkdir -p $(@D)
	@$(if $(V),,echo "  CC  $@")
	$(Q)$(CC) $(CPPFLAGS_ALL) -Isrc -Itests/unit $(CFLAGS_ALL) $(LINK_$(MODE)) -MMD -MP -o $@ $< $(LIBRARY) $(LDLIBS)

# Libraries that tests load into the program: systems that fail, parsers that were taken over.
$(BUILD)/preload/%.so: tests/preload/%.c
	@mkdir -p $(@D)
	$(Q)$(CC) -std=gnu17 -O1 -Wall -Wextra -Isrc -Iverify -fPIC -shared -o $@ $< -ldl

# Fuzz targets: the library and one file, with clang's libFuzzer, and the same with AFL++.
FUZZ_FLAGS = -std=c17 -g -O1 -fno-omit-frame-pointer $(CPPFLAGS_ALL) -Isrc -Itests/fuzz
FUZZ_SANITIZERS = -fsanitize=address,undefined -fno-sanitize-recover=all
$(BUILD)/fuzz/%: tests/fuzz/%_fuzz.c tests/fuzz/fuzz.c $(LIB_SOURCES)
	@mkdir -p $(@D)
	@$(MAKE) --no-print-directory -s CC=clang MODE=fuzz $(BUILD)/objects/fuzz-clang/libsamebytes.a
	$(Q)clang $(FUZZ_FLAGS) $(FUZZ_SANITIZERS) -fsanitize=fuzzer -o $@ $< tests/fuzz/fuzz.c \
		$(BUILD)/objects/fuzz-clang/libsamebytes.a $(LDLIBS)
$(BUILD)/fuzz/%-afl: tests/fuzz/%_fuzz.c tests/fuzz/fuzz.c $(LIB_SOURCES)
	@mkdir -p $(@D)
	@AFL_QUIET=1 $(MAKE) --no-print-directory -s CC=afl-clang-fast MODE=afl $(BUILD)/objects/afl-afl-clang-fast/libsamebytes.a
	$(Q)AFL_QUIET=1 afl-clang-fast $(FUZZ_FLAGS) -fsanitize=fuzzer -o $@ $< tests/fuzz/fuzz.c \
		$(BUILD)/objects/afl-afl-clang-fast/libsamebytes.a $(LDLIBS)
.PRECIOUS: $(BUILD)/fuzz/%

# Other programs read what this one reads: make fuzz-differential MINUTES=10
$(BUILD)/fuzz/list: tests/fuzz/list.c $(LIBRARY)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS_ALL) -Isrc $(CFLAGS_ALL) $(LINK_$(MODE)) -o $@ $< $(LIBRARY) $(LDLIBS)
fuzz-differential: deps-fuzz
	@$(MAKE) --no-print-directory -s $(BUILD)/fuzz/list
	@python3 tests/fuzz/differential.py $(BUILD)/fuzz/list $$(($(MINUTES) * 60)) $(BUILD)/fuzz/differential.found

# make fuzz MINUTES=10 TARGETS="tar json" AFL=1
MINUTES ?= 1
fuzz: deps-fuzz
	@$(MAKE) --no-print-directory -s $(PROGRAM)
	@AFL=$(AFL) tests/fuzz/run.sh $$(($(MINUTES) * 60)) $(TARGETS)
fuzz-quick: deps-fuzz
	@$(MAKE) --no-print-directory -s $(PROGRAM)
	@$(MAKE) --no-print-directory -s $(BUILD)/fuzz/list
	@python3 tests/fuzz/differential.py $(BUILD)/fuzz/list 10 $(BUILD)/fuzz/differential.found
	@tests/fuzz/run.sh 10 $(TARGETS)
deps-fuzz:
	@tools/deps.sh build test fuzz

# Inputs that want much of a reader; what each costs.
bounds: deps-test
	@$(MAKE) --no-print-directory -s $(PROGRAM)
	@folder=$$(mktemp -d) && trap 'rm -rf "$$folder"' EXIT && python3 tests/corpus/bounds.py $(PROGRAM) "$$folder"

unit: $(UNIT_PROGRAMS)
	@for program in $(UNIT_PROGRAMS); do echo "# $$(basename $$program)"; $$program || exit 1; done

# What the test scripts ask for.
print-%:
	@echo '$($*)'

install: deps
	@$(MAKE) --no-print-directory -s $(PROGRAM)
	install -D -m 755 $(PROGRAM) $(DESTDIR)$(PREFIX)/bin/samebytes
	install -D -m 755 -t $(DESTDIR)$(LIBEXECDIR)/samebytes tools/engines/suite.sh tools/engines/runtime.sh
	[ ! -d $(BUILD)/encoders ] || install -D -m 755 -t $(DESTDIR)$(LIBEXECDIR)/samebytes $(BUILD)/encoders/*
	install -D -m 644 docs/samebytes.1 $(DESTDIR)$(PREFIX)/share/man/man1/samebytes.1

uninstall:
	rm -rf $(DESTDIR)$(LIBEXECDIR)/samebytes
	rm -f $(DESTDIR)$(PREFIX)/bin/samebytes $(DESTDIR)$(PREFIX)/share/man/man1/samebytes.1

clean:
	rm -rf $(BUILD) t

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
