"""Vocabulary processors as pickles, written and read as data.

TensorFlow pickles the processor. Reading a pickle runs what it names, so this reads the same files
with a reader of its own, which builds the two classes, containers, texts and numbers, and no more.
"""

from __future__ import annotations

import collections
import pickletools
import struct
import sys
from collections.abc import Callable
from types import FunctionType
from typing import Any

from stillflow.learn.preprocessing import text
from stillflow.learn.preprocessing.vocabulary import CategoricalVocabulary

_HOME = "tensorflow.contrib.learn.python.learn.preprocessing"
_KNOWN: dict[tuple[str, str], Any] = {
    (f"{_HOME}.text", "VocabularyProcessor"): text.VocabularyProcessor,
    (f"{_HOME}.text", "tokenizer"): text.tokenizer,
    (f"{_HOME}.categorical_vocabulary", "CategoricalVocabulary"): CategoricalVocabulary,
    ("builtins", "int"): int,
    ("builtins", "long"): int,
    ("builtins", "object"): object,
    ("builtins", "list"): list,
    ("collections", "defaultdict"): collections.defaultdict,
    ("copyreg", "_reconstructor"): lambda cls, base, state: _new(cls),
}
_OLD_MODULES = {"__builtin__": "builtins", "copy_reg": "copyreg"}  # Python 2's
_CLASSES = (text.VocabularyProcessor, CategoricalVocabulary)
_NAMES = {value: name for name, value in reversed(_KNOWN.items())}


# Writing ------------------------------------------------------------------------------------------


def dumps(processor: text.VocabularyProcessor) -> bytes:
    """The processor as a pickle of protocol 3.

    Raises:
      TypeError: it holds what is neither text, number, container nor function of a module.
    """
    return b"\x80\x03" + _written(processor) + b"."


def _written(value: Any) -> bytes:
    if type(value) in _CLASSES:
        return _reference(type(value)) + b")\x81" + _written(vars(value)) + b"b"
    if isinstance(value, collections.defaultdict):
        whole = _reference(collections.defaultdict) + _reference(int) + b"\x85R"
        return whole + _items(value)
    if isinstance(value, dict):
        return b"}" + _items(value)
    if isinstance(value, list):
        return b"](" + b"".join(map(_written, value)) + b"e"
    if callable(value):
        return _reference(value)
    return _plain(value)


def _items(entries: dict) -> bytes:
    return b"(" + b"".join(_written(k) + _written(v) for k, v in entries.items()) + b"u"


def _plain(value: Any) -> bytes:
    """None, a truth value, a text or a number."""
    if value is None:
        return b"N"
    if isinstance(value, bool):
        return b"\x88" if value else b"\x89"
    if isinstance(value, str):
        encoded = value.encode("utf-8", "surrogatepass")
        return b"X" + struct.pack("<I", len(encoded)) + encoded
    if hasattr(value, "__index__"):
        return b"I%d\n" % value.__index__()
    if isinstance(value, float):
        return b"G" + struct.pack(">d", value)
    raise TypeError(
        f"A vocabulary with {value!r}, a {type(value).__name__}, cannot be saved."
        "\n  Texts and numbers can."
    )


def _reference(value: Any) -> bytes:
    known = _NAMES.get(value) if value.__hash__ else None
    module, name = known or (value.__module__, value.__qualname__)
    if "<" in name:
        raise TypeError(
            f"Can't pickle {value}: it is not found as {module}.{name}"
            "\n  Make the tokenizer a function of a module."
        )
    return f"c{module}\n{name}\n".encode()


# Reading ------------------------------------------------------------------------------------------


def loads(data: bytes) -> text.VocabularyProcessor:
    """The processor in a pickle of any protocol.

    Raises:
      ValueError: it is none, or names what is no part of one.
    """
    machine = _Machine()
    for opcode, argument, _ in pickletools.genops(data):
        machine.step(opcode.name, argument)
    (found,) = machine.stack
    if not isinstance(found, text.VocabularyProcessor):
        raise ValueError(f"The file holds a {type(found).__name__}, not a VocabularyProcessor.")
    return found


_CONSTANTS = {"NONE": None, "NEWTRUE": True, "NEWFALSE": False}
_IGNORED = {"PROTO", "FRAME", "STOP"}


class _Machine:
    """The stack on which a pickle builds a value."""

    def __init__(self) -> None:
        self.stack: list[Any] = []
        self._marks: list[int] = []
        self._memo: dict[int, Any] = {}

    def step(self, name: str, argument: Any) -> None:
        if name in _IGNORED:
            return
        if name in _CONSTANTS:
            self.stack.append(_CONSTANTS[name])
        elif name in _STEPS:
            _STEPS[name](self, argument)
        elif isinstance(argument, (str, bytes, int, float)) and "EXT" not in name:
            self.stack.append(argument)
        else:
            raise ValueError(f"A vocabulary processor has no {name} in its pickle.")

    def _above_mark(self) -> list[Any]:
        start = self._marks.pop()
        found = self.stack[start:]
        del self.stack[start:]
        return found

    def _last(self, count: int) -> list[Any]:
        found = self.stack[len(self.stack) - count :]
        del self.stack[len(self.stack) - count :]
        return found

    def mark(self, _: Any) -> None:
        self._marks.append(len(self.stack))

    def put(self, index: Any) -> None:
        self._memo[len(self._memo) if index is None else index] = self.stack[-1]

    def get(self, index: int) -> None:
        self.stack.append(self._memo[index])

    def name(self, both: str | None) -> None:
        module, name = both.split(" ", 1) if both else self._last(2)
        self.stack.append(_named(_OLD_MODULES.get(module, module), name))

    def call(self, _: Any) -> None:
        function, arguments = self._last(2)
        if function not in _CALLED:
            raise ValueError(f"A vocabulary processor's pickle must not call {function!r}.")
        self.stack.append(function(*arguments))

    def new(self, _: Any) -> None:
        cls, _arguments = self._last(2)
        self.stack.append(_new(cls))

    def set_state(self, _: Any) -> None:
        state = self.stack.pop()
        vars(self.stack[-1]).update(state)

    def set_items(self, values: list[Any]) -> None:
        self.stack[-1].update(zip(values[::2], values[1::2], strict=True))


def _named(module: str, name: str) -> Any:
    if (module, name) in _KNOWN:
        return _KNOWN[module, name]
    found = getattr(sys.modules.get(module), name, None)
    is_own = isinstance(found, FunctionType) and module.split(".")[0] not in sys.stdlib_module_names
    if is_own or (module == "__main__" and isinstance(found, FunctionType)):
        return found
    raise ValueError(
        f"A vocabulary processor's file names {module}.{name}, which is no function of a module "
        "that the program has imported.\n  Import the module of the tokenizer before restore()."
    )


def _new(cls: Any) -> Any:
    if cls not in _CLASSES:
        raise ValueError(f"A vocabulary processor's pickle must not make {cls!r}.")
    return object.__new__(cls)


_CALLED = (_KNOWN["collections", "defaultdict"], _KNOWN["copyreg", "_reconstructor"])
_STEPS: dict[str, Callable[[_Machine, Any], Any]] = {
    "MARK": _Machine.mark,
    **dict.fromkeys(("PUT", "BINPUT", "LONG_BINPUT", "MEMOIZE"), _Machine.put),
    **dict.fromkeys(("GET", "BINGET", "LONG_BINGET"), _Machine.get),
    **dict.fromkeys(("GLOBAL", "STACK_GLOBAL"), _Machine.name),
    "REDUCE": _Machine.call,
    "NEWOBJ": _Machine.new,
    "BUILD": _Machine.set_state,
    "EMPTY_DICT": lambda machine, _: machine.stack.append({}),
    "EMPTY_LIST": lambda machine, _: machine.stack.append([]),
    "EMPTY_TUPLE": lambda machine, _: machine.stack.append(()),
    "TUPLE1": lambda machine, _: machine.stack.append(tuple(machine._last(1))),
    "TUPLE2": lambda machine, _: machine.stack.append(tuple(machine._last(2))),
    "TUPLE3": lambda machine, _: machine.stack.append(tuple(machine._last(3))),
    "TUPLE": lambda machine, _: machine.stack.append(tuple(machine._above_mark())),
    "LIST": lambda machine, _: machine.stack.append(machine._above_mark()),
    "DICT": lambda machine, _: machine.stack.append(
        dict(zip(*[iter(machine._above_mark())] * 2, strict=True))
    ),
    "APPEND": lambda machine, _: (value := machine._last(1), machine.stack[-1].extend(value)),
    "APPENDS": lambda machine, _: (v := machine._above_mark(), machine.stack[-1].extend(v)),
    "SETITEM": lambda machine, _: machine.set_items(machine._last(2)),
    "SETITEMS": lambda machine, _: machine.set_items(machine._above_mark()),
}
