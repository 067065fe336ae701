#!/bin/sh
# Makes the README's figures again: figures.sh DATA [WEIGHTS]
# DATA holds test/Rain100L, test/Rain100H and train/clean. Writes JSON to docs/figures/ and prints the tables.
set -eu
data=$1
weights=${2:-weights/fast}
python=${PYTHON:-.venv/bin/python}
mkdir -p docs/figures
for name in Rain100L Rain100H; do
    "$python" -m core evaluate --data "$data/test/$name" --weights "$weights" --generator gs --protocol all \
        --dtype float32 --json "docs/figures/$name.json"
done
"$python" -m core evaluate --clean "$data/train/clean" --held-out 50 --weights "$weights" --generator gs \
    --dtype float32 --json docs/figures/clean.json
