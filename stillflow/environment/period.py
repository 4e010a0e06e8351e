"""Names that Python, NumPy, Pillow and matplotlib have dropped since TensorFlow 1.x programs were
written, each supplied to its module when that module is imported, and only where it is lacking.

Three tables say what is supplied; the rest of the file is how. Whole modules that are gone are in
`dropped`, what arrays could do is in `arrays`. What cannot be given back this way (NumPy 2's
promotion rules) stays as it is today.
"""

from __future__ import annotations

import collections.abc
import errno
import functools
import importlib
import math
import operator
import sys
import warnings
from contextlib import suppress
from types import ModuleType
from typing import Any

from stillflow.environment import arrays, dropped, old_messages, promotion, scalars
from stillflow.environment.on_import import when_imported

# {module: {dropped name: what the same module calls it today}}
RENAMED: dict[str, dict[str, str]] = {
    "numpy": {
        "float_": "float64",
        "complex_": "complex128",
        "cfloat": "complex128",
        "singlecomplex": "complex64",
        "longfloat": "longdouble",
        "clongfloat": "clongdouble",
        "longcomplex": "clongdouble",
        "string_": "bytes_",
        "unicode_": "str_",
        "bool8": "bool_",
        "int0": "intp",
        "uint0": "uintp",
        "object0": "object_",
        "str0": "str_",
        "bytes0": "bytes_",
        "void0": "void",
        "typeDict": "sctypeDict",
        "Inf": "inf",
        "Infinity": "inf",
        "PINF": "inf",
        "infty": "inf",
        "NaN": "nan",
        "NAN": "nan",
        "product": "prod",
        "cumproduct": "cumprod",
        "alltrue": "all",
        "sometrue": "any",
        "round_": "round",
        "row_stack": "vstack",
        "lib.pad": "pad",
        "trapz": "trapezoid",
        "mat": "asmatrix",
        "AxisError": "exceptions.AxisError",
        "ComplexWarning": "exceptions.ComplexWarning",
        "RankWarning": "exceptions.RankWarning",
        "VisibleDeprecationWarning": "exceptions.VisibleDeprecationWarning",
    },
    "PIL.Image": {"ANTIALIAS": "LANCZOS", "LINEAR": "BILINEAR", "CUBIC": "BICUBIC"},
    "base64": {"encodestring": "encodebytes", "decodestring": "decodebytes"},
    "threading": {"Thread.isAlive": "Thread.is_alive"},
    "time": {"clock": "perf_counter" if sys.platform == "win32" else "process_time"},
    "unittest": {
        "TestCase.assertEquals": "TestCase.assertEqual",
        "TestCase.assertNotEquals": "TestCase.assertNotEqual",
        "TestCase.assertAlmostEquals": "TestCase.assertAlmostEqual",
        "TestCase.assertRegexpMatches": "TestCase.assertRegex",
        "TestCase.assertRaisesRegexp": "TestCase.assertRaisesRegex",
        "TestCase.assert_": "TestCase.assertTrue",
    },
    "collections": {name: f"abc.{name}" for name in collections.abc.__all__},
}


def _getargspec(func):
    """`inspect.getargspec` of Python 3.7: names and defaults of a function without keyword-only
    parameters or annotations; those of Stillflow's functions TensorFlow's did not have."""
    import inspect
    from collections import namedtuple

    spec = inspect.getfullargspec(func)
    is_ours = getattr(func, "__module__", "").startswith("stillflow.")
    if (spec.kwonlyargs or spec.annotations) and not is_ours:
        raise ValueError(
            "Function has keyword-only parameters or annotations, use inspect.signature() "
            "API which can support them"
        )
    kind = namedtuple("ArgSpec", "args varargs keywords defaults")
    return kind(spec.args, spec.varargs, spec.varkw, spec.defaults)


def _in1d(ar1, ar2, assume_unique=False, invert=False):
    import numpy as np

    return np.isin(np.ravel(ar1), ar2, assume_unique=assume_unique, invert=invert)


def _asfarray(a, dtype=float):
    import numpy as np

    return np.asarray(a, dtype=dtype if np.issubdtype(dtype, np.inexact) else float)


def _find_common_type(array_types, scalar_types):
    """The type that arrays of some types and scalars of others took together in NumPy 1."""
    import numpy as np

    arrays = _first_that_holds([np.dtype(t) for t in array_types])
    scalars = _first_that_holds([np.dtype(t) for t in scalar_types])
    if arrays is None or scalars is None:
        return scalars if arrays is None else arrays
    if arrays.kind not in _KINDS or scalars.kind not in _KINDS:
        return None
    if _KINDS.index(scalars.kind) <= _KINDS.index(arrays.kind):
        return arrays  # scalars of the arrays' kind do not count
    if np.can_cast(arrays, scalars):
        return scalars
    return _first_that_holds([scalars, arrays], start=scalars.char)


_KINDS = "buifcSUVOMm"
_LADDER = "?bBhHiIlLqQefdgFDGO"


def _first_that_holds(types, start="?"):
    """The only type; else the first of NumPy's, from `start` on, that holds all of them."""
    import numpy as np

    if len(types) < 2:
        return types[0] if types else None
    rest = _LADDER[_LADDER.find(start) :] if start in _LADDER else ""
    return next((t for t in map(np.dtype, rest) if all(np.can_cast(u, t) for u in types)), None)


def _msort(a):
    import numpy as np

    return np.sort(a, axis=0)


def _issubsctype(arg1, arg2):
    import numpy as np

    return issubclass(np.dtype(arg1).type, arg2)


class _Casts:
    """`np.cast[np.float32](values)`, whatever names the type."""

    def __getitem__(self, dtype):
        import numpy as np

        kind = np.dtype(dtype)
        return lambda values: np.asarray(values).astype(kind)


def _get_cmap(name=None, lut=None):
    from matplotlib import pyplot

    return pyplot.get_cmap(name, lut)


def _font_size(font, text, *args, **kwargs):
    """Width and height, from the baseline's origin down, as Pillow's `getsize` measured them."""
    left, _, right, bottom = font.getbbox(text, *args, **kwargs)
    return right - left, bottom


def _text_size(draw, text, font=None, *args, **kwargs):
    left, _, right, bottom = draw.textbbox((0, 0), text, font, *args, **kwargs)
    return right - left, bottom


# {module: {dropped name: a value for it}}
ADDED: dict[str, dict[str, Any]] = {
    "numpy": {
        "bool": bool,
        "int": int,
        "long": int,
        "float": float,
        "complex": complex,
        "object": object,
        "str": str,
        "unicode": str,
        "NINF": float("-inf"),
        "PZERO": 0.0,
        "NZERO": -0.0,
        "cast": _Casts(),
        "asscalar": operator.methodcaller("item"),
        "asfarray": _asfarray,
        "in1d": _in1d,
        "find_common_type": _find_common_type,
        "issubsctype": _issubsctype,
        "msort": _msort,
        "math": math,
        "sys": sys,
        "warnings": warnings,
    },
    "PIL.ImageDraw": {"ImageDraw.textsize": _text_size},
    "PIL.ImageFont": {"FreeTypeFont.getsize": _font_size, "ImageFont.getsize": _font_size},
    "fractions": {"gcd": math.gcd},
    "inspect": {"getargspec": _getargspec},
    "matplotlib.cm": {"get_cmap": _get_cmap},
    "os": {"errno": errno},
}


def _print_as_in_numpy_1(numpy: ModuleType) -> None:
    """`print([loss])` shows [0.5], as these programs' users saw it, not [np.float32(0.5)]."""
    numpy.set_printoptions(legacy="1.25")


def _name_new_shape(numpy: ModuleType) -> None:
    """`np.reshape(a, newshape=s)`: NumPy has renamed the parameter."""
    today = numpy.reshape

    @functools.wraps(today)
    def reshape(a, shape=None, order="C", **kwargs):
        if kwargs:
            shape = kwargs.pop("newshape", shape)
        return today(a, shape, order, **kwargs)

    numpy.reshape = reshape  # type: ignore[attr-defined]


def _name_interpolation(numpy: ModuleType) -> None:
    """`np.percentile(a, q, interpolation=i)`: NumPy has renamed the parameter to `method`."""
    for name in ("percentile", "quantile", "nanpercentile", "nanquantile"):
        setattr(numpy, name, _with_interpolation(getattr(numpy, name)))


def _with_interpolation(today: collections.abc.Callable[..., Any]) -> Any:
    @functools.wraps(today)
    def percentile(*args, **kwargs):
        if "interpolation" in kwargs:
            kwargs["method"] = kwargs.pop("interpolation")
        return today(*args, **kwargs)

    return percentile


def _answer_with_lists(numpy: ModuleType) -> None:
    """`np.meshgrid(x, y)` gave a list, to which programs append; NumPy 2 gives a tuple."""
    for name in ("meshgrid", "broadcast_arrays", "atleast_1d", "atleast_2d", "atleast_3d"):
        setattr(numpy, name, _with_list(getattr(numpy, name)))


def _with_list(today: collections.abc.Callable[..., Any]) -> Any:
    @functools.wraps(today)
    def several(*args, **kwargs):
        found = today(*args, **kwargs)
        return list(found) if isinstance(found, tuple) else found

    return several


def _read_binary_strings(numpy: ModuleType) -> None:
    """`np.fromstring` without a separator reads raw bytes; NumPy has dropped that half of it."""
    today = numpy.fromstring

    def fromstring(string, dtype=float, count=-1, sep="", **kwargs):
        if sep:
            return today(string, dtype, count, sep=sep, **kwargs)
        raw = string.encode("latin1") if isinstance(string, str) else string
        return numpy.frombuffer(raw, dtype, count).copy()

    numpy.fromstring = fromstring  # type: ignore[attr-defined]


def _hold_ragged_rows(numpy: ModuleType) -> None:
    """`np.array([[1, 2], [3]])` was an array of lists, and `copy=False` copied where it must."""
    for name in ("array", "asarray"):
        setattr(numpy, name, _with_objects(getattr(numpy, name)))
    for name in ("amax", "amin", "max", "min"):
        setattr(numpy, name, _of_objects(getattr(numpy, name), numpy.array))


def _of_objects(today: collections.abc.Callable[..., Any], array: Any) -> Any:
    """`np.max` of lists of several lengths is the greatest list."""

    @functools.wraps(today)
    def extreme(a, *args, **kwargs):
        return today(array(a) if type(a) is list else a, *args, **kwargs)

    return extreme


def _with_objects(today: collections.abc.Callable[..., Any]) -> Any:
    @functools.wraps(today)
    def array(*args, **kwargs):
        if kwargs.get("copy", True) is False:
            kwargs["copy"] = None
        try:
            return today(*args, **kwargs)
        except ValueError as error:
            if "inhomogeneous" not in str(error) or len(args) != 1 or kwargs.get("dtype"):
                raise
        return today(*args, **{**kwargs, "dtype": object})

    return array


def _read_hdf5_strings(h5py: ModuleType) -> None:
    """Bytes or text as files note it, and what else of h5py was otherwise."""
    from stillflow.environment import hdf5  # it needs NumPy

    hdf5.restore(h5py)


def _load_without_loader(yaml: ModuleType) -> None:
    """`yaml.load(text)`: PyYAML asks for a loader now. This is the one that it last took itself."""
    for name in ("load", "load_all"):
        setattr(yaml, name, functools.partial(_loaded, getattr(yaml, name), yaml.FullLoader))


def _loaded(today: collections.abc.Callable[..., Any], usual: Any, stream: Any, Loader: Any = None):
    return today(stream, Loader or usual)


def _show_misc(scipy: ModuleType) -> None:
    """`scipy.misc` without an import of its own: other modules of SciPy's had imported it."""
    today = getattr(scipy, "__getattr__", None)

    def show(name):
        if name == "misc":
            return importlib.import_module("scipy.misc")
        if today is None:
            raise AttributeError(f"module 'scipy' has no attribute {name!r}")
        return today(name)

    scipy.__getattr__ = show  # type: ignore[method-assign]


def _allow_projection(figure: ModuleType) -> None:
    """`fig.gca(projection="3d")` makes such axes; matplotlib's takes no arguments any more."""
    today = figure.Figure.gca

    def gca(self, **kwargs):
        return self.add_subplot(**kwargs) if kwargs else today(self)

    figure.Figure.gca = gca


def _join_preambles(rcsetup: ModuleType) -> None:
    """`rcParams["pgf.preamble"] = [line, line]`: LaTeX's preambles could be lists of lines."""
    validators = rcsetup._validators
    for name in ("pgf.preamble", "text.latex.preamble"):
        validators[name] = _with_lines(validators[name])


def _with_lines(today: collections.abc.Callable[[Any], Any]) -> Any:
    return lambda value: today("\n".join(value) if isinstance(value, list) else value)


# {module: changes to what it still has}
CHANGED: dict[str, tuple[collections.abc.Callable[[ModuleType], None], ...]] = {
    "numpy": (
        _print_as_in_numpy_1,
        _name_new_shape,
        _name_interpolation,
        _answer_with_lists,
        _read_binary_strings,
        arrays.restore,
        promotion.restore,
        scalars.restore,
        _hold_ragged_rows,
    ),
    "h5py": (_read_hdf5_strings,),
    "matplotlib.figure": (_allow_projection,),
    "matplotlib.rcsetup": (_join_preambles,),
    "scipy": (_show_misc,),
    "yaml": (_load_without_loader,),
}


@functools.cache
def install() -> None:
    """Supplies every row of the tables, now or when its module is imported. Twice is as once."""
    for name in {*RENAMED, *ADDED, *CHANGED}:
        when_imported(name, _supply)
    dropped.install()
    old_messages.install()


def _supply(module: ModuleType) -> None:
    name = module.__name__
    for lacking, today in RENAMED.get(name, {}).items():
        with suppress(AttributeError):  # the version at hand may lack today's name too
            _set_if_lacking(module, lacking, operator.attrgetter(today)(module))
    for lacking, value in ADDED.get(name, {}).items():
        _set_if_lacking(module, lacking, value)
    for change in CHANGED.get(name, ()):
        change(module)


def _set_if_lacking(module: ModuleType, path: str, value: Any) -> None:
    owner_path, _, name = path.rpartition(".")
    owner = operator.attrgetter(owner_path)(module) if owner_path else module
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # NumPy warns when some dropped names are looked up
        if not hasattr(owner, name):
            setattr(owner, name, value)
