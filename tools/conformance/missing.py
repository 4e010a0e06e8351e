"""Objects in place of what Stillflow lacks: harmless while a file is imported, refused after that.

A file of tests imports much that only some of its tests use. So what is missing is noticed when a
running test uses it, and a test that did never counts as passed.
"""

import contextlib
import inspect

# What a class body or a decorator's arguments may do with one.
_HARMLESS = {"__getitem__", "__mul__", "__add__", "__radd__", "__or__"}
_ARITHMETIC = ("add", "radd", "sub", "rsub", "mul", "rmul", "truediv", "rtruediv", "and", "or")
_COMPARISONS = ("eq", "ne", "lt", "gt", "le", "ge")
_CONVERSIONS = ("int", "float", "index", "array", "len")
_BLOCKS_AND_ITEMS = ("enter", "exit", "getitem", "setitem", "contains")


class MissingFeature(BaseException):
    """Not an Exception, so that `assertRaises(Exception)` does not take it for what it expects."""


class Notes:
    """What of the running test matters.

    Attributes:
      importing: whether a file is imported, so that nothing is used yet.
      missing: what it used that is not there.
      refused: what Stillflow itself said that it lacks.
      looks: how often it ran or asserted anything.
    """

    def __init__(self):
        self.importing = True
        self.begin()

    def begin(self):
        self.missing, self.refused, self.looks = [], [], 0

    def look(self):
        self.looks += 1

    @contextlib.contextmanager
    def during_import(self):
        before, self.importing = self.importing, True
        try:
            yield
        finally:
            self.importing = before

    def verdict(self, kind, why):
        """What counts of a test that ended so."""
        lacking = self.missing + self.refused
        if kind == "pass" and lacking:
            return "error", f"MISSING {lacking[0]}, used by a test that passed"
        if kind == "pass" and not self.looks:
            return "skip", "vacuous: nothing was run or asserted"
        if kind in ("fail", "error") and self.missing and "MISSING" not in why:
            return kind, f"MISSING {self.missing[0]}; {why}"
        return kind, why

    def use(self, name):
        self.missing.append(name)
        raise MissingFeature(f"MISSING {name}")


NOTES = Notes()


class Missing:
    """A name that Stillflow lacks."""

    def __init__(self, name):
        object.__setattr__(self, "_name", name)

    def __repr__(self):
        return f"<missing {self._name}>"

    def __hash__(self):
        return hash(self._name)

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return Missing(f"{self._name}.{name}")

    def __setattr__(self, name, value):
        if not NOTES.importing:
            NOTES.use(self._name)

    def __call__(self, *args, **kwargs):
        if not NOTES.importing:
            NOTES.use(self._name)
        decorates = len(args) == 1 and not kwargs
        if decorates and inspect.isfunction(args[0]):
            return _refused(self._name)
        if decorates and inspect.isclass(args[0]):
            return _refused_class(args[0], self._name)
        return Missing(f"{self._name}()")

    def __iter__(self):
        return iter(()) if NOTES.importing else NOTES.use(self._name)

    def __bool__(self):
        return False if NOTES.importing else NOTES.use(self._name)

    def __instancecheck__(self, instance):
        return False if NOTES.importing else NOTES.use(self._name)

    def __mro_entries__(self, bases):
        name = self._name

        def refuse(self, *args, **kwargs):
            NOTES.use(name)

        return (type("MissingBase", (), {"__init__": refuse}),)


def _refused(name):
    """A test, or a function, whose decorator is missing."""

    def refuse(*args, **kwargs):
        NOTES.use(name)

    return refuse


def _refused_class(cls, name):
    for test in [test for test in vars(cls) if test.startswith("test")]:
        setattr(cls, test, _refused(name))
    return cls


def _special(method):
    def refuse(self, *args):
        if NOTES.importing and method in _HARMLESS:
            return self
        return NOTES.use(self._name)

    return refuse


for _word in _ARITHMETIC + _COMPARISONS + _CONVERSIONS + _BLOCKS_AND_ITEMS:
    setattr(Missing, f"__{_word}__", _special(f"__{_word}__"))
