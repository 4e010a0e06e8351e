"""What programs printed, as numbers, and two such rows compared."""

import math
import re

MISSING = re.compile(r"(tf\.[\w.]+) is in TensorFlow 1\.15 but not yet in Stillflow")
ERROR = re.compile(r"^[\w.]*(?:Error|Exception|Exit|Interrupt)\b")
NUMBER = r"([-+]?(?:\d+\.?\d*(?:[eE][-+]?\d+)?|\.\d+|nan|inf))"
BEGIN, END = "<!-- repositories -->", "<!-- /repositories -->"
HEAD = [
    "| repository | what runs | numbers | last here | in TensorFlow 1.15 | apart | seconds |",
    "| --- | --- | --- | --- | --- | --- | --- |",
]


def numbers(lines, patterns):
    """The numbers that `lines` show, in order; `#` in a pattern stands for one."""
    compiled = [re.compile(pattern.replace("#", NUMBER)) for pattern in patterns]
    found = []
    for line in lines:
        for pattern in compiled:
            for match in pattern.finditer(line):
                found += [float(number) for number in match.groups()]
    return found


def reason(lines):
    """Why a program ended: the name that it lacks, or the error's line."""
    if lacking := MISSING.findall("\n".join(lines)):
        return f"lacks {lacking[-1]}"
    errors = [line for line in lines if ERROR.match(line)]
    return errors[-1][:120] if errors else "ended with an error code"


def apart(ours, theirs):
    """The largest difference of two rows of numbers, relative to what they are around."""
    pairs = zip(ours, theirs, strict=False)
    return max((distance(a, b) for a, b in pairs), default=math.nan)


def distance(a, b):
    if math.isnan(a) or math.isnan(b) or math.isinf(a) or math.isinf(b):
        return 0.0 if str(a) == str(b) else math.inf
    return abs(a - b) / max(abs(a), abs(b), 1e-3)


def row(name, recipe, result):
    """A repository's line of the table; None where it ran nowhere."""
    here, there = result.get("here"), result.get("there")
    if all(side is None or side["failed"] for side in (here, there)):
        return None
    cells = [recipe.get("title", name), recipe["what"]]
    if here is None or here["failed"]:
        return line([*cells, "", here["failed"] if here else "", last(there), "", ""])
    both = there is not None and not there["failed"]
    difference = compared(here, there, recipe) if both else ""
    seconds = f"{here['seconds']:.0f} : {there['seconds']:.0f}" if both else ""
    return line([*cells, len(here["numbers"]), last(here), last(there), difference, seconds])


def compared(here, there, recipe):
    """How far apart the numbers are, and why."""
    counts = len(here["numbers"]), len(there["numbers"])
    if counts[0] != counts[1] and "until" not in recipe:
        return f"{counts[0]} numbers : {counts[1]}"
    difference = apart(here["numbers"], there["numbers"])
    said = "equal" if difference == 0 else f"{difference:.1g}"
    return f"{said}: {recipe['note']}" if "note" in recipe else said


def last(side):
    """The last number that a side printed, or why there is none."""
    if side is None:
        return ""
    if side["failed"]:
        return side["failed"]
    return f"{side['numbers'][-1]:.6g}" if side["numbers"] else ""


def line(cells):
    return "| " + " | ".join(str(cell).replace("|", "/") for cell in cells) + " |"


def write(page, rows):
    """Puts the table between the markers of `page`."""
    text = page.read_text("utf-8")
    before, rest = text.split(BEGIN)
    _, after = rest.split(END)
    page.write_text("\n".join([before + BEGIN, *HEAD, *rows, END + after]), "utf-8")
