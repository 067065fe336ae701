#!/bin/sh
# Installs what the browser tests need from the system: Chromium. Where it cannot, it says so and the tests go on without.
for name in chromium chromium-browser google-chrome; do
    if command -v "$name" >/dev/null 2>&1; then
        exit 0
    fi
done

if ! command -v apt-get >/dev/null 2>&1; then
    echo "Chromium is missing and there is no apt-get to install it with: the browser tests will be skipped." >&2
    exit 0
fi
if [ "$(id -u)" = 0 ]; then
    as_root=""
elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
    as_root="sudo"
else
    echo "Chromium is missing and only root can install it (apt-get install chromium): the browser tests will be skipped." >&2
    exit 0
fi

echo "Installing Chromium for the browser tests."
$as_root apt-get update -qq
if ! $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium; then
    echo "Chromium could not be installed: the browser tests will be skipped." >&2
fi
exit 0
