#!/bin/sh
# Makes the README's figures again: figures.sh DATA [WEIGHTS]
# DATA holds test/Rain100L, test/Rain100H, test/NTURain-a1, train/clean, train/streaks, train/rain800,
# train/real, train/RainTrainL, train/clips and curation. Writes to docs/figures/ and prints the tables. Peers are
# measured on real photos too where DERAIN_PEERS says where their weights are.
set -eu
data=$1
weights=${2:-weights/fast}
python=${PYTHON:-.venv/bin/python}
mkdir -p docs/figures
for name in Rain100L Rain100H; do
    "$python" -m core evaluate --data "$data/test/$name" --weights "$weights" --generator gr --protocol all \
        --dtype float32 --json "docs/figures/$name-gr.json"
    "$python" -m core evaluate --data "$data/test/$name" --weights "$weights" --generator gs --protocol all \
        --dtype float32 --json "docs/figures/$name.json"
    "$python" -m core evaluate --data "$data/test/$name" --weights "$weights" --generator gs --protocol all \
        --dtype float32 --self-ensemble --json "docs/figures/$name-self-ensemble.json"
done
"$python" -m core evaluate --data "$data/test/NTURain-a1" --weights "$weights" --generator gr --protocol all \
    --dtype float32 --json docs/figures/NTURain-a1-gr.json
for generator in gs gr; do
    "$python" -m core evaluate --clean "$data/train/clean" --held-out 50 --weights "$weights" --generator $generator \
        --dtype float32 --json "docs/figures/clean-$generator.json"
done
"$python" -m core validate --config configs/flagship.yaml --data-root "$data/train" --weights "$weights" \
    --json docs/figures/held-out.json
"$python" -m core validate --config configs/any-rain.yaml --data-root "$data/train" --weights "$weights" \
    --json docs/figures/any-rain.json
methods=ours:gs,ours:gr
if [ -n "${DERAIN_PEERS:-}" ]; then
    methods=$methods,prenet:Rain1400,ddn,sirr
fi
"$python" -m core real-rain --data "$data/train/real/SIRR-Data" --only datasets/manifests/sirr-data-held-out.txt \
    --weights "$weights" --methods "$methods" --csv docs/figures/real-rain.csv
"$python" -m core real-rain --data "$data/train/real/more" --only datasets/manifests/real-more-held-out.txt \
    --weights "$weights" --methods "$methods" --csv docs/figures/real-more.csv
"$python" -m core real-rain --clips "$data/train/clips/street.mp4" "$data/train/clips/parking" --every 16 \
    --weights "$weights" --methods ours:gs,ours:gr --csv docs/figures/clips.csv
"$python" -m core dry --data-root "$data" --weights "$weights" --methods ours:gs,ours:gr \
    --csv docs/figures/dry-photos.csv
