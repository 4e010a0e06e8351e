"""`tf.raw_ops`: for each op type, a function of keyword arguments that builds one node.

Its names are the op types that are declared, so it has no stub; the first one that is asked for
loads all declarations.
"""

from typing import Any

from stillflow.api import _missing


def __getattr__(name: str) -> Any:
    if name.startswith("_") and name != "__all__":
        raise _missing.missing("raw_ops", name)
    from stillflow.ops import raw

    if name == "__all__":
        return __dir__()
    try:
        return raw.keyword_only(name)
    except KeyError:
        raise _missing.missing("raw_ops", name) from None


def __dir__() -> list[str]:
    from stillflow.ops.families import all_ops

    return sorted(all_ops())
