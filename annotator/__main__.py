"""`python -m annotator …`: hands the command line to annotator.cli."""

import sys

from annotator.cli import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
