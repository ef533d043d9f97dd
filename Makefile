.DEFAULT_GOAL := help
SHELL := /bin/bash

help:  ## Say what can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-8s %s\n", $$1, $$2}'

setup:  ## Install what is needed (Debian packages)
	@scripts/setup.sh

build: setup  ## Build the programs
	swift build

demo: build  ## Walk through stock and price files, from an SFTP server into a sandbox shop (DEMO_HOST_KEY=rsa: one that has RSA keys only)
	@scripts/demo.sh

console: build  ## Play the demo, then serve its shop and the operators' console on this machine, until Ctrl-C
	@$(if $(filter bench,$(MAKECMDGOALS)),:,scripts/console.sh)

test: build  ## Run every test
	@scripts/test.sh

quick: setup  ## Run the tests of the core, without the network targets
	TALLYMAN_CORE=1 swift test --scratch-path .build/core --parallel

browser: build  ## Play the console's stories in a real browser (installs chromium)
	@scripts/browser.sh

screenshots: build  ## Take the console's pictures for the README
	@scripts/browser.sh --screenshots

soak: setup  ## Play histories of the simulated world (MINUTES=n or COUNT=n, FROM=seed)
	@scripts/soak.sh

story: setup  ## Play one history again and tell it (SEED=n)
	@scripts/story.sh

sanitize: setup  ## Run the suites of Endpoints, Formats and StateStore under AddressSanitizer and ThreadSanitizer
	@scripts/sanitize.sh

fuzz: setup  ## Drive the readers with hostile bytes, a minute each (FUZZ_SECONDS)
	@scripts/fuzz.sh

mutants: setup  ## Take guards of the program away, one at a time, and see whether a test notices (ONLY=word)
	@scripts/mutants.py $(ONLY)

release: setup  ## Build the program as it is shipped
	@scripts/release.sh

deb: setup  ## Make the Debian package
	@scripts/deb.sh

units: deb  ## Start the package's units under a systemd of their own (root, namespaces)
	@scripts/units.sh

upgrade: deb  ## Play the upgrade page from an older package (PREVIOUS=FILE) and back, under a running service
	@scripts/upgrade.sh

bench: setup  ## Measure beside scripts and ideals (release build): all, or parts: make bench shop
	@scripts/bench.sh $(filter $(BENCHES) console,$(MAKECMDGOALS))

# Parts of the bench by name; without it they are nothing to make.
BENCHES := main reading sftp shop backlog
$(BENCHES):
	@$(if $(filter bench,$(MAKECMDGOALS)),:,echo "make bench $@ measures this part" >&2; exit 2)

check: build  ## Formatting, generated references, forbidden constructs
	@scripts/check.sh

format:  ## Lay out all Swift as .swift-format says
	swift format --in-place --recursive --parallel Package.swift Sources Tests Fuzz

docs: build  ## Write the references that are made from the program
	@$$(swift build --show-bin-path)/tallyman docs .

golden: build  ## Write the golden folders anew; read the difference
	@scripts/golden.sh

.PHONY: help setup build demo console browser screenshots test quick soak story sanitize fuzz mutants release deb units upgrade bench check format docs golden $(BENCHES)
