#!/bin/sh
# Makes a virtual environment: make_venv.sh PYTHON FOLDER. Leaves no half-made folder behind.
python=$1
folder=$2

if ! version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null); then
    echo "No Python runs as '$python': install Python 3.10, 3.11 or 3.12, or name one, as in: make demo PYTHON=python3.11" >&2
    exit 1
fi
case $version in
3.10 | 3.11 | 3.12) ;;
*)
    echo "'$python' is Python $version, but 3.10, 3.11 or 3.12 is needed: name one, as in: make demo PYTHON=python3.11" >&2
    exit 1
    ;;
esac
if ! "$python" -m venv "$folder"; then
    rm -rf "$folder"
    echo "'$python' could not make the virtual environment $folder (on Debian and Ubuntu its package python3-venv is needed)." >&2
    exit 1
fi
