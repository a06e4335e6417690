# kojiwatch: `make test` checks everything, `make build` builds the daemon.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.NOTPARALLEL:
.ONESHELL:
.PHONY: help test deps lint vulnerabilities licences outdated tests unit race fuzz fuzz-short screens integration brokers systems stack-test release release-test package-test bench bench-estimates pgo soak broker fmt build clean FORCE

# Use the release of Go in go.mod, even if another one is installed.
export GOTOOLCHAIN ?= auto

# Stages that fail often and early come first.
STAGES := deps lint vulnerabilities licences tests fuzz-short systems
FUZZTIME ?= 10s
SOAKTIME ?= 1h
GOTESTFLAGS ?=
# Integration tests and the daemon run with the race detector; RACE= turns it off.
RACE ?= -race

GOTEST := .cache/gotest
# With the profile, the compiler would compile every package once more.
PLAIN := -pgo=off
# The linter runs vet, too.
TESTS = $(GOTEST) $(EXCUSE) $(PLAIN) -vet=off -count=1 -shuffle=on
# Parallel tests with a broker mostly wait, so there may be more of them than processors.
BROKER := -tags=integration -parallel=4 -timeout=45m
PACKAGE_TEST := go run $(PLAIN) ./dev/rabbitmq dev/package-test
# Prints the path of the linter, which also checks another module.
LINTER := go tool -modfile=dev/tools/go.mod -n golangci-lint
# If a broker is given and none is installed, tests that stop their broker cannot run.
EXCUSE := $(if $(KOJIWATCH_TEST_AMQP_URL),-skip-reason='needs a rabbitmq-server of its own')

help: ## list the targets (the default)
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

test: ## install missing programs and run every check, as CI does
	for stage in $(STAGES); do
		begun=$$SECONDS
		$(MAKE) --no-print-directory $$stage
		echo "make $$stage took $$((SECONDS - begun)) s"
	done

deps: ## install the programs that the checks need (apt, npm)
	dev/deps
	dev/axe >/dev/null

lint: ## run golangci-lint and shellcheck, check the systemd unit and the alert rules
	linter=$$($(LINTER))
	export GOFLAGS="$${GOFLAGS:-} $(PLAIN)"
	$$linter run ./...
	(cd integration/container && $$linter run ./...)
	shellcheck .ci/run examples/rebuild/rebuild deploy/packages/{deb,rpm}/* $$(grep -rlE --exclude-dir=tools '^#!.*\bbash$$' dev)
	dev/check-unit
	promtool check rules deploy/prometheus/kojiwatch.rules.yml >/dev/null
	promtool test rules deploy/prometheus/kojiwatch.rules.test.yml

vulnerabilities: ## run govulncheck with the newest database of the module proxy
	dev/check-vulnerabilities

licences: ## check that all dependencies have a licence that dev/licences allows
	dev/check-licences

outdated: ## list direct dependencies that have a newer release
	@go list -m -u -f '{{if and (not .Indirect) .Update}}{{.Path}} {{.Version}}: {{.Update.Version}}{{end}}' all

# Tests with a broker mostly wait, so they start first, and all tests are compiled and run
# once. Meanwhile, idle processor time prepares the next stages.
tests: deps $(GOTEST) ## run unit and integration tests together
	exec dev/meanwhile 'nice -n 19 dev/prepare' $(TESTS) $(RACE) $(BROKER) $(GOTESTFLAGS) ./integration/... ./...

unit: $(GOTEST) ## run the unit tests, which need only Go
	exec $(TESTS) -timeout=5m $(GOTESTFLAGS) ./...

race: $(GOTEST) ## run the unit tests with the race detector
	exec $(TESTS) -race -timeout=10m $(GOTESTFLAGS) ./...

fuzz: ## fuzz every parser for FUZZTIME (10s) each
	dev/fuzz $(FUZZTIME)

fuzz-short:
	dev/fuzz 2s 150

integration: $(GOTEST) ## run the integration tests with a real RabbitMQ
	packages=$$(dev/tagged-packages integration)
	exec $(TESTS) $(RACE) $(BROKER) $(GOTESTFLAGS) $$packages

brokers: deps $(GOTEST) ## run the tests that depend on the broker with RabbitMQ 3 and 4 in containers
	if [[ $${KOJIWATCH_TEST_AMQP_URL:-} ]]; then
		echo 'KOJIWATCH_TEST_AMQP_URL is set: tests run only with that broker.'
		exit 0
	fi
	exec dev/with-docker dev/brokers

# These mostly wait until brokers and systems have started.
systems: deps $(GOTEST) ## run brokers, stack-test and package-test in parallel
	containers=(dev/meanwhile dev/stack-test dev/brokers)
	[[ -z $${KOJIWATCH_TEST_AMQP_URL:-} ]] || containers=(dev/stack-test)
	exec dev/meanwhile '$(PACKAGE_TEST)' dev/with-docker "$${containers[@]}"

stack-test: deps ## start, test and stop the development stack in containers
	exec dev/with-docker dev/stack-test

release: ## build archives, packages, bills of materials and checksums for amd64 and arm64 in dist/
	dev/release

release-test: ## build a release twice in different places and compare (COLD=cold: compile everything again)
	dev/release-test $(COLD)

package-test: deps ## install, run, upgrade and remove the packages on bare systems (needs root)
	exec $(PACKAGE_TEST)

bench-estimates: ## compare estimates with other methods and an oracle on simulated build systems
	go run $(PLAIN) ./dev/estimates $(ESTIMATES)

bench: ## run the benchmarks of the packages, then of the daemon from broker to sink and to the live board, and of the command wait
	go test -tags=integration -run='^$$' -bench=. -benchmem ./...
	go run ./dev/bench
	go run ./dev/bench -board -rounds 2
	go run ./dev/bench -board -browser -rounds 1
	go run ./dev/bench -wait 50 -rounds 2

pgo: ## update the daemon's profile for the compiler (cmd/kojiwatch/default.pgo)
	go run ./dev/bench -tasks -profile cmd/kojiwatch/default.pgo -messages 200000

soak: $(GOTEST) ## run the daemon under load with random faults for SOAKTIME (1h)
	export KOJIWATCH_SOAK=$(SOAKTIME)
	exec $(GOTEST) -race $(PLAIN) -tags=integration -run='^TestSoak$$' -count=1 -timeout=0 $(GOTESTFLAGS) ./integration

screens: ## record the output on terminals of 60, 80 and 120 columns, and draw the pictures in docs/images (with Chromium)
	go test $(PLAIN) ./cmd/kojiwatch -run TestScreens -update
	TZ=UTC go run $(PLAIN) ./dev/screens

broker: ## run a private RabbitMQ for experiments until Ctrl-C
	go run ./dev/rabbitmq

fmt: ## format the code
	$$($(LINTER)) fmt ./...

build: ## build the daemon into bin/
	go build -trimpath -o bin/ ./cmd/kojiwatch

clean: ## remove build results
	rm -rf bin dist .cache

$(GOTEST): FORCE
	@go build -buildvcs=false -o $@ ./dev/gotest
