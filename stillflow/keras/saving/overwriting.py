"""Whether a file that exists is written anew, which the person at the terminal may be asked."""

from __future__ import annotations

import os


def ask_to_proceed_with_overwrite(filepath: str) -> bool:
    """Asks until the answer is y or n; whether it was y."""
    answer = input(f"[WARNING] {filepath} already exists - overwrite? [y/n]").strip().lower()
    while answer not in ("y", "n"):
        answer = input('Enter "y" (overwrite) or "n" (cancel).').strip().lower()
    if answer == "n":
        return False
    print("[TIP] Next time specify overwrite=True!")
    return True


def may_write(filepath: str, overwrite: bool) -> bool:
    """Whether to write a file: it is not there, or `overwrite` or a person says so."""
    return overwrite or not os.path.isfile(filepath) or ask_to_proceed_with_overwrite(filepath)
