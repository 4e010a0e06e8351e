"""`distutils.util`: words for true and false."""

_TRUE = ("y", "yes", "t", "true", "on", "1")
_FALSE = ("n", "no", "f", "false", "off", "0")


def strtobool(val: str) -> int:
    """1 for a word that says yes, 0 for one that says no; ValueError for others."""
    word = val.lower()
    if word in _TRUE:
        return 1
    if word in _FALSE:
        return 0
    raise ValueError(f"invalid truth value {word!r}")
