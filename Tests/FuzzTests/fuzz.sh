#!/bin/sh
# fuzz.sh BINARY SECONDS [READER…]: SECONDS for each reader. What crashes it, hangs or takes a gigabyte is kept in .build/fuzz/found.
set -eu
binary=$1 seconds=$2
shift 2
here=$(dirname "$0")
[ $# -gt 0 ] || set -- $("$binary")
for reader in "$@"; do
    work=.build/fuzz/corpus/$reader
    mkdir -p "$work" .build/fuzz/found
    echo "$reader"
    READER=$reader ASAN_OPTIONS=detect_leaks=0:allocator_may_return_null=1 SWIFT_BACKTRACE=enable=no \
        "$binary" "$work" "$here/Corpus/$reader" -max_total_time="$seconds" -max_len=65536 -timeout=10 -rss_limit_mb=1200 \
        -malloc_limit_mb=1000 -artifact_prefix=".build/fuzz/found/$reader-" -print_final_stats=1 -verbosity=0
done
