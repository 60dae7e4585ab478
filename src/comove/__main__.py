"""``python -m comove``: the command line."""

from comove.apps.cli import main

if __name__ == "__main__":
    main()
