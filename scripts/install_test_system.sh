#!/bin/sh
# Installs what the tests need from the system: Chromium, PostgreSQL, and npm for the JavaScript. Where it cannot, it
# says so and goes on: the tests that need it are skipped.
has_chromium() {
    command -v chromium || command -v chromium-browser || command -v google-chrome
}
has_postgresql() {
    command -v initdb || ls /usr/lib/postgresql/*/bin/initdb
}

missing=""
has_chromium >/dev/null 2>&1 || missing="chromium"
has_postgresql >/dev/null 2>&1 || missing="$missing postgresql"
command -v npm >/dev/null 2>&1 || missing="$missing npm"
if [ -z "$missing" ]; then
    exit 0
fi

if ! command -v apt-get >/dev/null 2>&1; then
    echo "Missing:" $missing "and there is no apt-get to install with: the tests that need it will be skipped." >&2
    exit 0
fi
if [ "$(id -u)" = 0 ]; then
    as_root=""
elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
    as_root="sudo"
else
    echo "Missing, and only root can install it (apt-get install$missing): the tests that need it will be skipped." >&2
    exit 0
fi

echo "Installing for the tests:" $missing
$as_root apt-get update -qq
for package in $missing; do
    # The tests start PostgreSQL themselves, on a socket of their own: no cluster is made, nothing is left running.
    if [ "$package" = postgresql ]; then
        $as_root mkdir -p /etc/postgresql-common
        if [ ! -e /etc/postgresql-common/createcluster.conf ]; then
            echo "create_main_cluster = false" | $as_root tee /etc/postgresql-common/createcluster.conf >/dev/null
        fi
    fi
    if ! $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$package"; then
        echo "$package could not be installed: the tests that need it will be skipped." >&2
    fi
done
exit 0
