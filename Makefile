# One profile (release) for the job, the tests and CI: polars and typst are compiled once.
CARGO := cargo
BIN   := target/release/trialpress
STUDY := fixtures/studies/ln-msc-il2
# All studies of `make report`; each package is a folder of its own below OUT.
BATCH := $(STUDY) fixtures/studies/sle-three-arm
OUT   := out
ifdef CARGO_TARGET_DIR
BIN   := $(CARGO_TARGET_DIR)/release/trialpress
endif

.PHONY: help report pilot test check bench fixtures clean

help: ## print this
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /	/' | expand -t 12

report: ## the reports of the flagship study and of the one with three arms, in one batch (prints the paths of the PDFs last)
	@$(CARGO) build --release --locked --quiet --bin trialpress
	@$(BIN) run $(BATCH) --out $(OUT)

pilot: ## the report of CDISC Pilot 01, from the public data in ../shared
	@$(CARGO) build --release --locked --quiet --bin trialpress
	@$(BIN) run fixtures/studies/cdisc-pilot01 --out out/cdisc-pilot01

test: ## all tests
	$(CARGO) test --release --locked --lib --tests

check: ## formatting and lints, warnings as errors
	$(CARGO) fmt --check
	$(CARGO) clippy --release --locked --all-targets -- --deny warnings

bench: ## wall, processor time and memory of each stage for 40, 1,000 and 20,000 participants
	$(CARGO) bench --locked --bench pipeline

fixtures: ## simulate the flagship data again (the bytes are the same) and lock them
	$(CARGO) run --release --locked --example simulate -- $(STUDY)/data --latent $(STUDY)/latent.csv
	$(CARGO) run --release --locked --bin trialpress -- lock $(STUDY) --date 2026-11-20

clean: ## remove what was built and written
	$(CARGO) clean
	rm -rf out
