"""What programs printed, as numbers, and two such rows compared."""

import math
import re

MISSING = re.compile(r"(tf\.[\w.]+) is in TensorFlow 1\.15 but not yet in Stillflow")
NO_MODULE = re.compile(r"No module named '(tensorflow[\w.]*)'")
ERROR = re.compile(r"^[\w.]*(?:Error|Exception|Exit|Interrupt)\b")
NUMBER = r"([-+]?(?:\d+\.?\d*(?:[eE][-+]?\d+)?|\.\d+|nan|inf))"


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
    text = "\n".join(lines)
    if lacking := MISSING.findall(text) or NO_MODULE.findall(text):
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


def told(difference):
    """How far apart two rows are, for a table."""
    return "equal" if difference == 0 else f"{difference:.1g}"
