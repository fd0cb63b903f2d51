# One profile (release) for the job, the tests and CI: polars and typst are compiled once.
CARGO := cargo
BIN   := target/release/trialpress
STUDY := fixtures/studies/ln-msc-il2
# All studies of `make report`; each package is a folder of its own below OUT.
BATCH := $(STUDY) fixtures/studies/sle-three-arm
OUT   := out
# The first look at the flagship: the day of the twentieth week-24 assessment that decides the primary outcome, of 40 planned;
# accrual still goes on.
CUTOFF := 2024-12-28
KEY   := $(OUT)/dsmb/keys/ln-msc-il2.key
TARGET := $(CURDIR)/target
ifdef CARGO_TARGET_DIR
TARGET := $(CARGO_TARGET_DIR)
BIN    := $(CARGO_TARGET_DIR)/release/trialpress
endif

# The binary to hand on has the same bytes from every folder: paths of this machine are written as others, by the Rust
# compiler and by that of the C parts, and nothing is taken from an earlier build. It names its commit, with a `+` if the
# source was changed since.
HOME_OF_CARGO := $(or $(CARGO_HOME),$(HOME)/.cargo)
REMAP  := --remap-path-prefix=$(HOME_OF_CARGO)=/cargo --remap-path-prefix=$(TARGET)=/target --remap-path-prefix=$(CURDIR)=/trialpress
REMAP_C := -ffile-prefix-map=$(HOME_OF_CARGO)=/cargo -ffile-prefix-map=$(TARGET)=/target -ffile-prefix-map=$(CURDIR)=/trialpress
COMMIT ?= $(shell git rev-parse HEAD 2>/dev/null || echo unknown commit)$(shell git diff --quiet HEAD 2>/dev/null || echo +)

.PHONY: help report dsmb pilot test check bench fixtures reference dist clean

help: ## print this
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /	/' | expand -t 12

report: ## the reports of the flagship study and of the one with three arms, in one batch (prints the paths of the PDFs last)
	@$(CARGO) build --release --locked --quiet --bin trialpress
	@$(BIN) run $(BATCH) --out $(OUT)

dsmb: ## the reports to the board of the flagship study at its first look; key of the codes and ledger of looks are begun once and stay
	@$(CARGO) build --release --locked --quiet --bin trialpress
	@test -f $(KEY) || { mkdir -p $(dir $(KEY)) && $(BIN) key new $(STUDY) --out $(KEY) --quiet; }
	@$(BIN) run $(STUDY) --report dsmb-open --report dsmb-closed --report dsmb-closed-unmasked --cutoff $(CUTOFF) --key $(KEY) \
	  --ledger $(OUT)/dsmb/monitoring.ledger --out $(OUT)/dsmb

pilot: ## the report of CDISC Pilot 01, from the public data in ../shared
	@$(CARGO) build --release --locked --quiet --bin trialpress
	@$(BIN) run fixtures/studies/cdisc-pilot01 --out out/cdisc-pilot01

test: ## all tests; first what must not compile: code that would see a participant's arm where it may not
	$(CARGO) test --release --locked --doc
	$(CARGO) test --release --locked --lib --tests

check: ## formatting and lints, warnings as errors
	$(CARGO) fmt --check
	$(CARGO) clippy --release --locked --all-targets -- --deny warnings

bench: ## wall, processor time and memory of each stage for 40, 1,000 and 20,000 participants, then times of the statistics
	$(CARGO) bench --locked --bench pipeline --bench tables --bench statistics

fixtures: ## simulate the flagship data again (the bytes are the same) and lock them
	$(CARGO) run --release --locked --example simulate -- $(STUDY)/data --latent $(STUDY)/latent.csv
	$(CARGO) run --release --locked --bin trialpress -- lock $(STUDY) --date 2026-11-20

reference: ## runs what R can of the golden cases again and prints the differences
	@python3 fixtures/reference/scripts/rerun.py

dist: ## the binary to hand on, the same bytes from every folder (prints its SHA-256 last)
	@RUSTFLAGS="$(REMAP)" CFLAGS="$(REMAP_C)" CARGO_INCREMENTAL=0 LC_ALL=C TZ=UTC \
	  TRIALPRESS_COMMIT="$(COMMIT)" TRIALPRESS_PROFILE=dist TRIALPRESS_COMPILER="$$(rustc --version)" \
	  $(CARGO) build --profile dist --locked --quiet --bin trialpress
	@sha256sum "$(TARGET)/dist/trialpress"

clean: ## remove what was built and written
	$(CARGO) clean
	rm -rf out
