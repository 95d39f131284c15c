"""Lets python -m spinegui start the program."""

import sys

from spinegui.cli import main

if __name__ == "__main__":
    sys.exit(main())
