"""What a case is, and the suites that hold them."""

import collections
import importlib


#: `fn(tf, *tensors)` returns what to fetch; `inputs` are the arrays behind `tensors`.
#: `grad` is False where only the value is of interest (special values, no gradient in reach).
#: `rtol` and `atol` replace the default tolerance, for the reason given in `why`.
class Case(collections.namedtuple("Case", "id fn inputs grad rtol atol why")):
    __slots__ = ()
    # By identity: arrays neither hash nor compare as one.
    __hash__ = object.__hash__
    __eq__ = object.__eq__


RTOL, ATOL = 1e-5, 1e-6


def internal_module(tf, name):
    """TensorFlow's module below `tensorflow` of that name, in TensorFlow and here."""
    if tf.__name__ == "stillflow":
        internals = importlib.import_module("stillflow.environment.internals")
        return internals.internal_module(name)
    return importlib.import_module("tensorflow." + name)


class Suite(list):
    """The cases of one family, in order, with distinct ids; `name` is its golden file's."""

    def __init__(self, name):
        super().__init__()
        self.name = name
        self._ids = set()

    def case(self, id, fn, *inputs, grad=True, rtol=RTOL, atol=ATOL, why=""):
        """Adds a case. Raises ValueError on a repeated id, or a tolerance without a reason."""
        if id in self._ids:
            raise ValueError(f"two cases are called {id!r} in suite {self.name!r}")
        if (rtol, atol) != (RTOL, ATOL) and not why:
            raise ValueError(f"case {id!r} must say why its tolerance differs")
        self._ids.add(id)
        self.append(Case(id, fn, inputs, grad, rtol, atol, why))


def lookup(tf, path):
    """The symbol that `path` ("nn.relu") names below `tf`."""
    for name in path.split("."):
        tf = getattr(tf, name)
    return tf
