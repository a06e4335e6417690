# kojiwatch: `make test` checks everything, `make build` builds the daemon.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.NOTPARALLEL:
.ONESHELL:
.PHONY: help test deps lint vulnerabilities licences outdated tests unit race fuzz fuzz-short screens integration brokers systems stack-test release release-test package-test bench bench-estimates pgo soak broker fmt build clean FORCE

# The release of Go that go.mod names, also where only another one is installed.
export GOTOOLCHAIN ?= auto

# In the order of what fails most often, and soonest.
STAGES := deps lint vulnerabilities licences tests fuzz-short systems
FUZZTIME ?= 10s
SOAKTIME ?= 1h
GOTESTFLAGS ?=
# Integration tests run with the race detector, the daemon too: RACE= for without.
RACE ?= -race

GOTEST := .cache/gotest
# The profile for the compiler would have every package compiled once more.
PLAIN := -pgo=off
# The linter vets all code, too.
TESTS = $(GOTEST) $(EXCUSE) $(PLAIN) -vet=off -count=1 -shuffle=on
# Of tests with a broker those in parallel mostly wait, so there may be more of them than processors.
BROKER := -tags=integration -parallel=4 -timeout=45m
PACKAGE_TEST := go run $(PLAIN) ./dev/rabbitmq dev/package-test
# Prints where the linter is, for modules other than this one too.
LINTER := go tool -modfile=dev/tools/go.mod -n golangci-lint
# Where a broker is given and none installed, tests that stop theirs can't run.
EXCUSE := $(if $(KOJIWATCH_TEST_AMQP_URL),-skip-reason='needs a rabbitmq-server of its own')

help: ## list the targets (the default)
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

test: ## install what is missing and run every check, as CI does
	for stage in $(STAGES); do
		begun=$$SECONDS
		$(MAKE) --no-print-directory $$stage
		echo "make $$stage took $$((SECONDS - begun)) s"
	done

deps: ## install the programs that the checks need (apt, npm)
	dev/deps
	dev/axe >/dev/null

lint: ## go vet and more by golangci-lint, shellcheck, the systemd unit, the alert rules
	linter=$$($(LINTER))
	export GOFLAGS="$${GOFLAGS:-} $(PLAIN)"
	$$linter run ./...
	(cd integration/container && $$linter run ./...)
	shellcheck .ci/run examples/rebuild/rebuild deploy/packages/{deb,rpm}/* $$(grep -rlE --exclude-dir=tools '^#!.*\bbash$$' dev)
	dev/check-unit
	promtool check rules deploy/prometheus/kojiwatch.rules.yml >/dev/null
	promtool test rules deploy/prometheus/kojiwatch.rules.test.yml

vulnerabilities: ## govulncheck, with the newest database that the module proxy has
	dev/check-vulnerabilities

licences: ## see that what is linked in is under a licence that dev/licences allows
	dev/check-licences

outdated: ## list direct dependencies of which there is a newer release
	@go list -m -u -f '{{if and (not .Indirect) .Update}}{{.Path}} {{.Version}}: {{.Update.Version}}{{end}}' all

# Both at once, since those with a broker mostly wait: they begin first, and all is
# compiled and run once. What they leave of the processor makes ready what comes next.
tests: deps $(GOTEST) ## race and integration in one
	exec dev/meanwhile 'nice -n 19 dev/prepare' $(TESTS) $(RACE) $(BROKER) $(GOTESTFLAGS) ./integration/... ./...

unit: $(GOTEST) ## tests that need nothing else, in a hurry
	exec $(TESTS) -timeout=5m $(GOTESTFLAGS) ./...

race: $(GOTEST) ## all of them under the race detector
	exec $(TESTS) -race -timeout=10m $(GOTESTFLAGS) ./...

fuzz: ## fuzz every parser for FUZZTIME (10s) each
	dev/fuzz $(FUZZTIME)

fuzz-short:
	dev/fuzz 2s 150

integration: $(GOTEST) ## tests of the daemon with a real RabbitMQ
	packages=$$(dev/tagged-packages integration)
	exec $(TESTS) $(RACE) $(BROKER) $(GOTESTFLAGS) $$packages

brokers: deps $(GOTEST) ## the tests in which brokers differ, with RabbitMQ 3 and 4 in containers
	if [[ $${KOJIWATCH_TEST_AMQP_URL:-} ]]; then
		echo 'A broker is given: it is the one that the tests are for.'
		exit 0
	fi
	exec dev/with-docker dev/brokers

# They mostly wait, for brokers and systems to start.
systems: deps $(GOTEST) ## brokers, stack-test and package-test beside each other
	containers=(dev/meanwhile dev/stack-test dev/brokers)
	[[ -z $${KOJIWATCH_TEST_AMQP_URL:-} ]] || containers=(dev/stack-test)
	exec dev/meanwhile '$(PACKAGE_TEST)' dev/with-docker "$${containers[@]}"

stack-test: deps ## bring the development stack up in containers, and down again
	exec dev/with-docker dev/stack-test

release: ## make archives, packages, bills of materials and checksums for amd64 and arm64 in dist/
	dev/release

release-test: ## make a release twice, in different places, and compare (COLD=cold: compile all anew)
	dev/release-test $(COLD)

package-test: deps ## install, run, upgrade and remove the packages on bare systems, as root
	exec $(PACKAGE_TEST)

bench-estimates: ## compare estimates with their peers and an oracle, on simulated build systems
	go run $(PLAIN) ./dev/estimates $(ESTIMATES)

bench: ## benchmarks of the packages, then of the daemon from broker to sink and to the live board
	go test -tags=integration -run='^$$' -bench=. -benchmem ./...
	go run ./dev/bench
	go run ./dev/bench -board -rounds 2

pgo: ## profile the daemon anew for the compiler (cmd/kojiwatch/default.pgo)
	go run ./dev/bench -profile cmd/kojiwatch/default.pgo -messages 200000

soak: $(GOTEST) ## the daemon under load and faults at random for SOAKTIME (1h)
	export KOJIWATCH_SOAK=$(SOAKTIME)
	exec $(GOTEST) -race $(PLAIN) -tags=integration -run='^TestSoak$$' -count=1 -timeout=0 $(GOTESTFLAGS) ./integration

screens: ## record what terminals of 60, 80 and 120 columns show, and make the pictures in docs/images (with Chromium)
	go test $(PLAIN) ./cmd/kojiwatch -run TestScreens -update
	TZ=UTC go run $(PLAIN) ./dev/screens

broker: ## run a private RabbitMQ until Ctrl-C, to try things on
	go run ./dev/rabbitmq

fmt: ## format the code
	$$($(LINTER)) fmt ./...

build: ## build the daemon into bin/
	go build -trimpath -o bin/ ./cmd/kojiwatch

clean: ## remove what was built here
	rm -rf bin dist .cache

$(GOTEST): FORCE
	@go build -buildvcs=false -o $@ ./dev/gotest
