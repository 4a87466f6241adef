#!/bin/sh
# What the adapters here need, on Debian: all of them, or those that are named. Run from the top of the repository.
set -eu
cd "$(dirname "$0")"
as_root=$([ "$(id -u)" = 0 ] || echo sudo)
for one in "${@:-all}"; do
    case $one in all | fann)
        $as_root apt-get install -y --no-install-recommends libfann-dev
        cc -O2 -I . -o fann/fann fann/net.c -lfann -lm
    esac
    case $one in all | rnnet) $as_root apt-get install -y --no-install-recommends r-cran-nnet r-cran-jsonlite ; esac
    case $one in all | npm) npm install --prefix . --no-audit --no-fund ; esac
done
