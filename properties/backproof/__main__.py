"""`python -m backproof`: the command line, where its script is not on the path."""

import sys

from backproof.cli import main

if __name__ == "__main__":
    sys.exit(main())
