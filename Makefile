# Swiffuse: set up, try and test. Each target works as the only command after a clone, given a Swift 6.2+ toolchain.

SWIFT ?= swift
DOCC ?= docc
# One configuration for everything, so that demo and test share a build.
FLAGS := -c release
PACKAGES := libopenblas-dev libvulkan-dev libpng-dev libjpeg-dev zlib1g-dev dataset-fashion-mnist
# What makes it faster, where the distribution has it.
FASTER_PACKAGES := libdnnl-dev
# What tests use besides: a Vulkan driver for processors, the shader compiler and checker, and the validation layer.
TEST_PACKAGES := mesa-vulkan-drivers glslang-tools spirv-tools vulkan-validationlayers
SWIFFUSE := $(SWIFT) run $(FLAGS) --skip-build swiffuse
DEMO ?= demo
PREFIX ?= /usr/local

# Where the documentation goes, and the libraries that it covers.
DOCS ?= docs
LIBRARIES := Swiffuse SwiffuseTensor SwiffuseCPU SwiffuseVulkan SwiffuseNN SwiffuseIO SwiffuseDiffusion SwiffuseTraining SwiffuseEvaluation \
	SwiffuseTesting SwiffuseCommands SwiffuseInception SwiffuseJiT SwiffuseDiT SwiffuseDeCo SwiffusePixNerd SwiffusePerceptual

.PHONY: all setup build demo test docs reference fuzz install uninstall clean

all: build

# Installs the Debian/Ubuntu packages that are missing; does nothing when all are there.
setup:
	@missing=""; \
	for package in $(PACKAGES); do \
		dpkg-query -W -f='$${db:Status-Status}' $$package 2>/dev/null | grep -qx installed || missing="$$missing $$package"; \
	done; \
	if [ -n "$$missing" ]; then \
		command -v apt-get >/dev/null || { echo "setup: please install the equivalents of:$$missing" >&2; exit 1; }; \
		if [ "$$(id -u)" = 0 ]; then sudo=""; else sudo="sudo"; fi; \
		echo "setup: installing$$missing"; \
		$$sudo apt-get update -q && $$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -q -y $$missing || exit 1; \
	fi; \
	for package in $(FASTER_PACKAGES); do \
		dpkg-query -W -f='$${db:Status-Status}' $$package 2>/dev/null | grep -qx installed && continue; \
		apt-cache policy $$package 2>/dev/null | grep -q 'Candidate: [0-9]' || continue; \
		if [ "$$(id -u)" = 0 ]; then sudo=""; else sudo="sudo"; fi; \
		$$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -q -y $$package || \
			echo "setup: $$package could not be installed; everything works without it, matrix products are slower"; \
	done
	@command -v $(SWIFT) >/dev/null || { echo "setup: no Swift toolchain found; see https://www.swift.org/install" >&2; exit 1; }

build: setup
	$(SWIFT) build $(FLAGS) --product swiffuse

# Trains a small JiT on Fashion-MNIST and draws a grid of pictures: $(DEMO)/samples.png
demo: build
	$(SWIFFUSE) train fashion-mnist --out $(DEMO) --overwrite
	$(SWIFFUSE) sample $(DEMO) --count 100 --grid $(DEMO)/samples.png
	@echo "demo: look at $(DEMO)/samples.png"

test: PACKAGES += $(TEST_PACKAGES)
test: setup
	$(SWIFT) test $(FLAGS) --disable-testable-imports

# The page that lists what recipes can say; a test compares it with what the program prints.
reference: build
	$(SWIFFUSE) components --reference --sources . > .build/reference.md
	mv .build/reference.md Sources/Swiffuse/Swiffuse.docc/RecipeReference.md

# The articles and every public symbol, as pages for any web server: python3 -m http.server -d $(DOCS)
docs: build
	@rm -rf .build/docs $(DOCS); mkdir -p .build/docs; set -e; \
	bin=$$($(SWIFT) build $(FLAGS) --show-bin-path); maps=""; \
	for map in $$bin/*.build/module.modulemap Sources/CZlib/module.modulemap \
		.build/checkouts/Yams/Sources/CYaml/include/module.modulemap; do maps="$$maps -Xcc -fmodule-map-file=$$map"; done; \
	for library in $(LIBRARIES); do \
		symbols=.build/docs/$$library-symbols; mkdir $$symbols; echo "docs: $$library"; \
		$(SWIFT) symbolgraph-extract -module-name $$library -I $$bin/Modules $$maps -minimum-access-level public \
			-target $$(uname -m)-unknown-linux-gnu -output-dir $$symbols; \
		catalog=Sources/$$library/$$library.docc; checks=--warnings-as-errors; \
		test -d $$catalog || { catalog=""; checks="--diagnostic-level error"; }; \
		$(DOCC) convert $$catalog $$checks --additional-symbol-graph-dir $$symbols --fallback-display-name $$library \
			--fallback-bundle-identifier $$library --output-path .build/docs/$$library.doccarchive; \
	done; \
	$(DOCC) merge .build/docs/*.doccarchive --synthesized-landing-page-name Swiffuse --output-path $(DOCS); \
	echo "docs: look at $(DOCS)/documentation/swiffuse"

# Ten thousand damaged files of every format; the C code alone also under the sanitizers.
fuzz: setup
	mkdir -p .build-fuzz
	$(CC) -g -O1 -fsanitize=address,undefined -fno-sanitize-recover=all -ISources/CImages/include Sources/CImages/*.c \
		Tests/Sanitizers/fuzz_images.c -lpng -ljpeg -lz -o .build-fuzz/fuzz_images
	.build-fuzz/fuzz_images 10000 Tests/NoDevice/IO/Fixtures/png.safetensors Tests/NoDevice/IO/Fixtures/jpeg.safetensors
	SWIFFUSE_FUZZ_ROUNDS=10000 $(SWIFT) test $(FLAGS) --disable-testable-imports --filter FuzzTests

# The program and its shell completions, below $(DESTDIR)$(PREFIX).
install: build
	install -D -m 755 "$$($(SWIFT) build $(FLAGS) --show-bin-path)/swiffuse" $(DESTDIR)$(PREFIX)/bin/swiffuse
	@set -e; for shell in bash:share/bash-completion/completions/swiffuse zsh:share/zsh/site-functions/_swiffuse \
		fish:share/fish/vendor_completions.d/swiffuse.fish; do \
		file=$(DESTDIR)$(PREFIX)/$${shell#*:}; mkdir -p "$$(dirname $$file)"; \
		$(DESTDIR)$(PREFIX)/bin/swiffuse --generate-completion-script $${shell%%:*} > $$file; \
	done; echo "install: swiffuse is in $(DESTDIR)$(PREFIX)/bin, completions are in $(DESTDIR)$(PREFIX)/share"

uninstall:
	rm -f $(DESTDIR)$(PREFIX)/bin/swiffuse $(DESTDIR)$(PREFIX)/share/bash-completion/completions/swiffuse \
		$(DESTDIR)$(PREFIX)/share/zsh/site-functions/_swiffuse $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/swiffuse.fish

clean:
	rm -rf .build $(DEMO) $(DOCS)
