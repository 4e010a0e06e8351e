"""Pictures through `scipy.misc`, run by SciPy 1.2 (tools/record_scipy_misc.py) and by us."""

import base64
import os
import tempfile

import numpy as np


def array(kind, *shape):
    """Numbers that look random and are the same everywhere."""
    count = int(np.prod(shape))
    numbers = (np.arange(count, dtype=np.int64) * 7919 + 104729) % 251
    if kind.startswith("float"):
        return (numbers * 1.25 - 60).astype(kind).reshape(shape)
    return numbers.astype(kind).reshape(shape)


def saved_and_read(values, **options):
    from scipy import misc

    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "picture.png")
        misc.imsave(path, values)
        return misc.imread(path, **options)


def misc(name):
    """The function of scipy.misc, imported when a case runs."""
    import importlib

    return getattr(importlib.import_module("scipy.misc"), name)


SHAPES = {"grey": (7, 5), "rgb": (6, 8, 3), "rgba": (6, 8, 4)}
CASES = {}
for look, shape in SHAPES.items():
    for kind in ("uint8", "int32", "float32", "float64"):
        a = array(kind, *shape)
        CASES[f"toimage {look} {kind}"] = lambda a=a: misc("toimage")(a)
    a = array("float32", *shape)
    for interp in ("nearest", "lanczos", "bilinear", "bicubic"):
        for size in ((4, 9), (11, 3), 50, 1.3):
            CASES[f"imresize {look} {interp} {size}"] = lambda a=a, size=size, interp=interp: misc(
                "imresize"
            )(a, size, interp)
    for options in ({}, {"mode": "L"}, {"flatten": True}, {"mode": "RGB"}):
        CASES[f"imread {look} {options}"] = lambda a=a, options=options: saved_and_read(
            a, **options
        )
GREY = array("float64", 7, 5)
CASES.update(
    {
        "toimage limits": lambda: misc("toimage")(GREY, cmin=0.0, cmax=100.0),
        "toimage range": lambda: misc("toimage")(GREY, high=200, low=100),
        "toimage F": lambda: misc("toimage")(GREY, mode="F"),
        "toimage I": lambda: misc("toimage")(GREY, mode="I"),
        "toimage palette": lambda: misc("fromimage")(
            misc("toimage")(array("uint8", 7, 5), pal=array("uint8", 256, 3))
        ),
        "toimage channels first": lambda: misc("toimage")(array("float64", 3, 6, 8)),
        "toimage channels within": lambda: misc("toimage")(array("float64", 6, 3, 8)),
        "toimage channel axis": lambda: misc("toimage")(array("float64", 3, 4, 5), channel_axis=1),
        "toimage of one value": lambda: misc("toimage")(np.full((2, 3), 3.5)),
        "toimage of a vector": lambda: misc("toimage")(GREY[0]),
        "toimage of complex": lambda: misc("toimage")(GREY * 1j),
        "toimage wrong mode": lambda: misc("toimage")(GREY, mode="RGB"),
        "toimage wrong bands": lambda: misc("toimage")(array("uint8", 6, 8, 3), mode="RGBA"),
        "toimage two bands": lambda: misc("toimage")(array("uint8", 3, 8, 2), channel_axis=2),
        "fromimage of an array": lambda: misc("fromimage")(GREY),
        "bytescale limits": lambda: misc("bytescale")(GREY, cmin=1, cmax=0),
        "bytescale range": lambda: misc("bytescale")(GREY, high=300),
        "imresize F": lambda: misc("imresize")(GREY, (4, 9), mode="F"),
    }
)


def outcome(case):
    """[dtype, shape, base64 of the bytes] of what a case gives, or [class, message] of an error."""
    try:
        value = np.asarray(case())
    except Exception as error:
        return [type(error).__name__, str(error)]
    return [value.dtype.str, list(value.shape), base64.b64encode(value.tobytes()).decode()]
