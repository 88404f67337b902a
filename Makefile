# make demo: everything from a bare Debian 12 with Swift to the main job on real models. make test: all tests.

PREFIX ?= /usr/local
DESTDIR ?=
SWIFT ?= swift
# The runtime inside the binary: it starts in half the time, and needs no Swift where it runs.
RELEASE = -c release --static-swift-stdlib

# What martlet is built from and runs with; what its tests need besides.
PACKAGES = libgit2-dev libyaml-dev zlib1g-dev libzstd-dev libsnappy-dev liblz4-dev pkg-config git python3 curl \
	ca-certificates openssh-client gnupg
TEST_PACKAGES = $(PACKAGES) python3-jsonschema python3-yaml libxml2-utils tzdata procps openssl cmark-gfm \
	openssh-server nginx-light fcgiwrap git-lfs prometheus

# Those whose tests take longest come first, so that two at a time end together.
LONG = ControlLoop martlet Data
ROOMS = $(LONG) $(filter-out $(LONG),$(patsubst Tests/%Tests,%,$(wildcard Tests/*Tests)))
SOURCES = Package.swift Sources Tests Benchmarks
BINARY = .build/release/martlet
COMPLETIONS = .build/completions

.PHONY: demo build test lint format install completions bench race fuzz test-servers test-samples assets packages test-packages \
	$(ROOMS:%=test-%)

demo: build
	$(BINARY) demo

build: packages
	$(SWIFT) build $(RELEASE) --product martlet

# Within a room one test at a time: one that waits for a server or a killed process must not wait for a thousand others.
test: test-packages
	$(SWIFT) build --build-tests
	$(MAKE) --jobs=2 --output-sync=target $(ROOMS:%=test-%)

# One room, as it was built last; not by `swift test`, of which two at a time get in each other's way.
$(ROOMS:%=test-%): test-%:
	$$($(SWIFT) build --show-bin-path)/martletPackageTests.xctest --testing-library swift-testing --no-parallel \
		--filter "^$*Tests\."

# The house rules: format, and what Tests/LayoutTests holds.
lint:
	$(SWIFT) format lint --strict --recursive --configuration .swift-format $(SOURCES)
	$(SWIFT) test --filter LayoutTests

format:
	$(SWIFT) format --in-place --recursive --configuration .swift-format $(SOURCES)

completions: build
	mkdir -p $(COMPLETIONS)
	for shell in bash zsh fish; do \
		$(BINARY) --generate-completion-script $$shell > $(COMPLETIONS)/martlet.$$shell || exit 1; \
	done

install: completions
	$(SWIFT) build $(RELEASE) --product martlet-web
	install -D $(BINARY) $(DESTDIR)$(PREFIX)/bin/martlet
	install -D $(BINARY)-web $(DESTDIR)$(PREFIX)/bin/martlet-web
	install -D -m 644 $(COMPLETIONS)/martlet.bash $(DESTDIR)$(PREFIX)/share/bash-completion/completions/martlet
	install -D -m 644 $(COMPLETIONS)/martlet.zsh $(DESTDIR)$(PREFIX)/share/zsh/site-functions/_martlet
	install -D -m 644 $(COMPLETIONS)/martlet.fish $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/martlet.fish
	install -D -m 644 manifests/systemd/martlet.service $(DESTDIR)$(PREFIX)/share/martlet/martlet.service

# The running loop on generated repositories, then tables beside other programs; takes a while, and six gigabytes below .build.
bench: packages
	@sh .ci/packages python3-venv
	$(SWIFT) build $(RELEASE)
	python3 Benchmarks/run.py .build/release/martlet .build/release/LoopBenchmark .build/bench
	python3 Benchmarks/merges.py .build/release/martlet .build/bench/merges
	python3 Benchmarks/data.py .build/release/martlet .build/bench/tables

# Thirty people and two controllers on one branch at the same time, for so many seconds.
RACE_SECONDS ?= 60
race: test-packages
	$(SWIFT) build --build-tests
	MARTLET_RACE_SECONDS=$(RACE_SECONDS) $(SWIFT) test --skip-build --no-parallel --filter '^martletTests\.RequestRaceTests'

# Bytes that libFuzzer makes up for each reader, so many seconds each; the corpus of Tests/FuzzTests is where it starts.
FUZZ_SECONDS ?= 120
fuzz: export MARTLET_FUZZ = 1
fuzz: packages
	$(SWIFT) build -c release --scratch-path .build/fuzz --product ReaderFuzzer -Xswiftc -enable-testing \
		-Xswiftc -sanitize=address -Xswiftc -sanitize-coverage=edge,inline-8bit-counters,pc-table,trace-cmp \
		-Xlinker $$(clang -print-resource-dir)/lib/linux/libclang_rt.fuzzer_no_main-$$(uname -m).a -Xlinker -lstdc++
	Tests/FuzzTests/fuzz.sh .build/fuzz/release/ReaderFuzzer $(FUZZ_SECONDS)

# Against servers and programs that are too large for every run: MLServer with scikit-learn, DVC, Mermaid, and pre-commit, from PyPI; Slurm.
test-servers: test-packages
	python3 -m venv .build/servers
	.build/servers/bin/pip install --quiet mlserver mlserver-sklearn dvc mermaidx pre-commit
	@sh .ci/packages slurmctld slurmd slurm-client munge
	$(SWIFT) build --build-tests
	MARTLET_SLURM=1 $(SWIFT) test --skip-build --filter RealSlurmTests
	MARTLET_MLSERVER=$(CURDIR)/.build/servers/bin $(SWIFT) test --skip-build --filter RealServerTests
	MARTLET_DVC=$(CURDIR)/.build/servers/bin/dvc $(SWIFT) test --skip-build --filter RealPointerTests
	MARTLET_MERMAID=$(CURDIR)/.build/servers/bin/mermaidx $(SWIFT) test --skip-build --filter CommentPictureTests
	MARTLET_PRE_COMMIT=$(CURDIR)/.build/servers/bin/pre-commit $(SWIFT) test --skip-build --filter PreCommitFrameworkTests

# The scorecards of the credit-risk samples, which are GPL data and no part of the project: SAMPLES is the folder that has credit-risk.
test-samples: test-packages
	test -d "$(SAMPLES)/credit-risk"
	MARTLET_SAMPLES="$(SAMPLES)" $(SWIFT) test --filter CreditRiskScoreTests

# After adding or removing a file in manifests/starter or manifests/demo.
assets:
	sh manifests/embed.sh

packages:
	@sh .ci/packages $(PACKAGES)

test-packages:
	@sh .ci/packages $(TEST_PACKAGES)
