# make            the same as make check
# make check      format, vet, staticcheck, import rules, unit tests; some minutes, needs Go and gcc
# make test       everything the project promises: installs the peers to test against, then check, interop, fuzzing
# make help       all targets

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := check

GO          ?= go
STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.2

# How long one package's tests may take. FUZZTIME is how long each fuzz target runs: a duration, or runs, as in
# 30000x. make test counts runs, for a duration that ends in the middle of one is now and then called a failure.
TIMEOUT     ?= 30m

# Packages that need no foreign peer, the slowest first, so that the others run beside it. Evaluated when a recipe runs,
# so after the peers are installed.
UNIT = ./cmd/otrbot ./otr $(shell $(GO) list ./... | grep -v -e /interop -e '/cmd/otrbot$$' -e '/otr$$')

.PHONY: check format vet lint unit test peers interop narrow fuzz packages bench bench-bot bench-web soak ctcheck help

## check: format, vet, staticcheck, import rules, unit tests under the race detector
check: format vet lint unit

format:
	@unformatted=$$(gofmt -l .); if [ -n "$$unformatted" ]; then echo "not formatted by gofmt:" $$unformatted >&2; exit 1; fi

vet:
	$(GO) vet ./...
	$(GO) vet -tags ctcheck ./otr/internal/group
	$(GO) vet -tags soak ./interop/libotr
	cd tools && $(GO) vet ./...

lint:
	$(GO) run $(STATICCHECK) ./...
	cd tools && $(GO) run $(STATICCHECK) ./...

# The race detector needs a C compiler. SQLite, which is C translated to Go and has locks of its own, runs without its
# instruments: they would make it ten times slower.
unit:
	@command -v gcc >/dev/null || { echo "no gcc: the race detector needs one (Debian: apt-get install gcc libc6-dev)" >&2; exit 1; }
	$(GO) test -race -gcflags='modernc.org/...=-race=false' -timeout $(TIMEOUT) $(UNIT)
	cd tools && $(GO) test -timeout $(TIMEOUT) ./...

## test: install the peers, then check, 32-bit tests, interop and every fuzz target for FUZZTIME (30000x)
test:
	scripts/install-peers
	$(MAKE) check
	$(MAKE) narrow
	$(MAKE) interop
	$(MAKE) fuzz FUZZTIME=$(or $(FUZZTIME),30000x)

## peers: install what the tests talk to (Debian packages)
peers:
	scripts/install-peers

# libotr's tests take longest, and go first, so that all others run beside them.
## interop: tests against libotr, XMPP servers and chat clients; needs the peers. Ends with the matrix of clients
interop:
	$(GO) test -timeout $(TIMEOUT) ./interop/libotr $$($(GO) list ./interop/... | grep -v -e /interop/clients -e '/interop/libotr$$')
	$(GO) test -v -timeout $(TIMEOUT) ./interop/clients

# Lengths and counters behave differently where int has 32 bits, and other processors take the path without assembly.
## narrow: the tests of parsers and arithmetic without assembly, and compiled for a 32-bit processor
narrow:
	$(GO) test -tags purego -timeout $(TIMEOUT) ./otr/internal/group ./otr/internal/wire
	GOARCH=386 CGO_ENABLED=0 $(GO) test -timeout $(TIMEOUT) ./otr/internal/...

## fuzz: every fuzz target for FUZZTIME (1m)
fuzz:
	scripts/fuzz $(or $(FUZZTIME),1m)

# tools is a module of its own: what it needs never gets into the program.
## packages: otrbot as .deb and OCI image, with a bill of materials and checksums, in dist/
packages:
	cd tools && $(GO) run ./release

## bench: the table of work units, ours and libotr's, in one run
bench: peers
	$(GO) run ./interop/bench

## bench-bot: lessons a second, CPU and memory of the bot with up to 5,000 learners; some minutes, needs Prosody
bench-bot: peers
	$(GO) run ./interop/benchbot

## bench-web: 2,000 launches from a course within a minute, beside lessons; some minutes, needs Prosody
bench-web: peers
	$(GO) run ./interop/benchbot -launches 2000

## soak: the long versions of interop and random walks; hours
soak: peers
	$(GO) test -tags soak -run TestSoak -timeout 0 -v ./interop/libotr
	$(GO) test -timeout 0 -v -run TestWalks ./otr -soak

## ctcheck: statistical timing test of the arithmetic; on a quiet machine, a quarter of an hour
ctcheck:
	$(GO) test -tags ctcheck -run TestConstantTime -timeout 0 -v ./otr/internal/group

help:
	@sed -n 's/^## /  make /p' Makefile
