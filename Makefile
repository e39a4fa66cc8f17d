# Swiffuse: set up, try and test. Each target works as the only command after a clone, given a Swift 6.2+ toolchain.

SWIFT ?= swift
# One configuration for everything, so that demo and test share a build.
FLAGS := -c release
PACKAGES := libopenblas-dev libvulkan-dev mesa-vulkan-drivers libpng-dev libjpeg-dev zlib1g-dev dataset-fashion-mnist
# What tests use beside: shader compiler and checker, and Vulkan's validation layer.
TEST_PACKAGES := glslang-tools spirv-tools vulkan-validationlayers
SWIFFUSE := $(SWIFT) run $(FLAGS) --skip-build swiffuse
DEMO ?= demo
PREFIX ?= /usr/local

.PHONY: all setup build demo test fuzz install uninstall clean

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
		$$sudo apt-get update -q && $$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -q -y $$missing; \
	fi
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
	rm -rf .build $(DEMO)
