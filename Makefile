# Every task of the project. `make help` lists them; `make test` is the whole truth.

GO      ?= go
TOOL    := $(GO) tool -modfile=tools/go.mod
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
LDFLAGS := -s -w -X main.version=$(VERSION)

# The version comes from above; a clone that belongs to another user must build too.
export GOFLAGS := $(GOFLAGS) -buildvcs=false

.DEFAULT_GOAL := help
.PHONY: help build lean test lint fmt generate check-generated vulns deadcode race bench drill deps image clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

build: ## Build bin/heraut, with the engine for `heraut serve`
	$(GO) build -trimpath -ldflags '$(LDFLAGS)' -o bin/heraut ./cmd/heraut

lean: ## Build bin/heraut-lean, without the engine (for api and worker)
	$(GO) build -trimpath -tags lean -ldflags '$(LDFLAGS)' -o bin/heraut-lean ./cmd/heraut

test: deps lint ## Install what tests need, lint, run every test (what CI runs)
	$(GO) test -timeout 20m $(TESTFLAGS) ./...

lint: check-generated ## Check formatting, style, workflow determinism and generated files
	@files="$$($(TOOL) gofumpt -l .)"; \
	if [ -n "$$files" ]; then echo "not gofumpt-ed, run 'make fmt':"; echo "$$files"; exit 1; fi
	$(TOOL) golangci-lint run --allow-parallel-runners
	$(TOOL) workflowcheck $(if $(wildcard workflows/*.go),./workflows/...)
ifdef HERAUT_VULNDB
	$(MAKE) vulns
endif

fmt: ## Format every Go file with gofumpt
	$(TOOL) gofumpt -w .

generate: ## Write the API's Go code anew from api/openapi.yaml
	tools/generate.sh

check-generated: ## Fail when the API's Go code differs from api/openapi.yaml
	@tools/generate.sh --check

vulns: ## Look for known faults in modules; HERAUT_VULNDB names the database
	$(TOOL) govulncheck $(if $(HERAUT_VULNDB),-db $(HERAUT_VULNDB)) ./...

deadcode: ## List functions of ours that the program never calls
	@dead="$$($(TOOL) deadcode -filter '^heraut(/|$$)' ./cmd/heraut)"; \
	if [ -n "$$dead" ]; then echo "$$dead"; exit 1; fi

race: deps ## Run every test with the race detector (needs gcc)
	CGO_ENABLED=1 $(GO) test -race -timeout 60m $(TESTFLAGS) ./...

bench: ## Measure the program: SIZE=small, medium (default) or full, BENCH=names, BENCHFLAGS
	$(GO) run ./cmd/heraut bench $(BENCH) --size $(or $(SIZE),medium) $(BENCHFLAGS)
	$(if $(BENCH),,$(GO) test -run '^$$' -bench . -benchtime 3s ./store/mdmstore)

drill: deps ## Run the long drills: tests named TestDrill, at full length
	HERAUT_TEST_DRILL=1 $(GO) test -run '^TestDrill' -count=1 -v -timeout 120m $(TESTFLAGS) ./...

deps: ## Install the Debian packages that tests need (as root; else say which)
	@tools/deps.sh

image: ## Build the lean container image
	docker build --build-arg VERSION=$(VERSION) -t heraut:$(VERSION) .

clean: ## Remove what building leaves behind
	rm -rf bin
