# Swiffuse: set up, try and test. Each target works as the only command after a clone, given a Swift 6.2+ toolchain.

SWIFT ?= swift
# One configuration for everything, so that demo and test share a build.
FLAGS := -c release
PACKAGES := libopenblas-dev libpng-dev zlib1g-dev dataset-fashion-mnist
SWIFFUSE := $(SWIFT) run $(FLAGS) --skip-build swiffuse
DEMO ?= demo

.PHONY: all setup build demo test clean

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

test: setup
	$(SWIFT) test $(FLAGS) --disable-testable-imports

clean:
	rm -rf .build $(DEMO)
