"""``python -m topics``: the command line."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line and leave with its exit code."""
    try:
        from topics.cli import run

        sys.exit(run())
    except KeyboardInterrupt:  # before the command began, or after it ended
        sys.stderr.write("topics: stopped\n")
        sys.exit(130)


if __name__ == "__main__":
    main()
