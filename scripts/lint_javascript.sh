#!/bin/sh
# Checks the project's JavaScript with biome, which `make` has npm install at the version of package-lock.json. Where that
# could not be, it says so and goes on; with CI=true that fails.
cd "$(dirname "$0")/.." || exit 1
biome=node_modules/.bin/biome
if [ ! -x "$biome" ] || ! command -v node >/dev/null 2>&1; then
    echo "The JavaScript is not checked: npm, or what it installs, is missing." >&2
    [ "${CI:-}" != true ]
    exit
fi
exec "$biome" lint --error-on-warnings
