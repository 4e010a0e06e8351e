"""Makes an entry of CHANGELOG.md of the files in `changes/`, and removes them.

    python tools/release.py 0.2.0

The version of pyproject.toml is not touched: it is of the same commit, by hand.
"""

import argparse
import datetime
import re
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
KINDS = {"added": "Added", "changed": "Changed", "fixed": "Fixed"}
NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*\.(added|changed|fixed)\.md")
FIRST_ENTRY = re.compile(r"^## ", re.MULTILINE)


def fragments(folder: Path) -> dict[str, list[str]]:
    """{kind: texts} of the files in a folder, in the order of their names.

    Raises:
      ValueError: one has a name of another form, is empty, or is more than a paragraph.
    """
    found: dict[str, list[str]] = {kind: [] for kind in KINDS}
    for path in sorted(folder.iterdir()):
        if path.name == "README.md":
            continue
        named, text = NAME.fullmatch(path.name), path.read_text("utf-8").strip()
        if named is None:
            raise ValueError(f"{path.name}: The name is not NAME.KIND.md, {', '.join(KINDS)}.")
        if not text.endswith(".") or "\n\n" in text or text.startswith(("-", "#", "*")):
            raise ValueError(f"{path.name}: It must be one paragraph of whole sentences.")
        found[named[1]].append(" ".join(text.split()))
    return found


def entry(version: str, day: datetime.date, found: dict[str, list[str]]) -> str:
    """The entry of a version, as Markdown."""
    lines = [f"## {version} ({day.isoformat()})"]
    for kind, title in KINDS.items():
        if found[kind]:
            lines += ["", f"### {title}", "", *(f"- {text}" for text in found[kind])]
    return "\n".join(lines) + "\n"


def with_entry(changelog: str, new: str) -> str:
    """The changelog with a new entry before the others."""
    before = FIRST_ENTRY.search(changelog)
    at = before.start() if before else len(changelog)
    return f"{changelog[:at].rstrip()}\n\n{new}\n{changelog[at:]}".rstrip() + "\n"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("version")
    version = parser.parse_args().version
    folder, changelog = ROOT / "changes", ROOT / "CHANGELOG.md"
    try:
        found = fragments(folder)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 1
    if not any(found.values()):
        print("There is nothing in changes/.", file=sys.stderr)
        return 1
    text = changelog.read_text("utf-8")
    if f"## {version} (" in text:
        print(f"CHANGELOG.md has an entry of {version} already.", file=sys.stderr)
        return 1
    new = entry(version, datetime.datetime.now(datetime.UTC).date(), found)
    changelog.write_text(with_entry(text, new), "utf-8")
    for path in folder.iterdir():
        if path.name != "README.md":
            path.unlink()
    return 0


if __name__ == "__main__":
    sys.exit(main())
