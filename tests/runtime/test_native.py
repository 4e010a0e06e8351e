"""What is left to the optional library, and that it is told right; a stand-in computes in NumPy.

`test_native_built.py` builds the library itself.
"""

import ctypes
import logging
import math
import sys

import jax
import numpy as np
import pytest

import stillflow as tf
from stillflow.declare.native import library, paying
from stillflow.declare.native.forms import Form, Geometry, Kind, form_of
from stillflow.declare.native.library import native_setting
from stillflow.declare.native.products import Product, product_of
from stillflow.declare.numpy import convolving, multiplying
from stillflow.declare.numpy.namespace import NUMPY
from stillflow.leaving.to_jax import to_jax
from stillflow.ops.nn import correlating
from stillflow.ops.nn.windows import axis_of
from stillflow.runtime import xla_native
from stillflow.runtime.xla_namespace import JaxNamespace

# size, window, stride, padding, dilation
CONVOLUTIONS = [
    (5, 3, 1, "SAME", 1),
    (5, 3, 1, "VALID", 1),
    (6, 3, 2, "SAME", 1),
    (7, 2, 3, "VALID", 1),
    (8, 3, 1, "SAME", 2),
    (4, 1, 1, "SAME", 1),
    (2, 4, 1, "SAME", 1),
]


class StandIn:
    """The library's functions, computed from a geometry as it is defined."""

    def __init__(self):
        self.jobs = []
        self.wide = 1
        self.ends = 1

    def stillflow_is_wide(self):
        return self.wide

    def stillflow_has(self, kind, geometry):
        return 1

    def stillflow_begin(self, kind, geometry, *addresses):
        g = Geometry(*geometry)
        shapes = (
            (g.n, g.height, g.width, g.channels),
            (g.rows, g.columns, g.channels, g.depth),
            (g.n, g.out_height, g.out_width, g.depth),
        )
        arrays = [
            np.ctypeslib.as_array(ctypes.cast(at, ctypes.POINTER(ctypes.c_float)), shape)
            for at, shape in zip(addresses, shapes, strict=True)
        ]
        self.jobs.append((Kind(kind), g, arrays))
        return len(self.jobs)

    def stillflow_begin_product(self, sizes, *addresses):
        p = Product(*sizes)
        shapes = (
            (p.batch, p.depth, p.rows) if p.transposes_a else (p.batch, p.rows, p.depth),
            (p.batch, p.columns, p.depth) if p.transposes_b else (p.batch, p.depth, p.columns),
            (p.batch, p.rows, p.columns),
        )
        arrays = [
            np.ctypeslib.as_array(ctypes.cast(at, ctypes.POINTER(ctypes.c_float)), shape)
            for at, shape in zip(addresses, shapes, strict=True)
        ]
        self.jobs.append((p, p, arrays))
        return len(self.jobs)

    def stillflow_pieces(self, job):
        return 1

    def stillflow_work(self, job):
        kind, g, (x, w, y) = self.jobs[job - 1]
        if isinstance(kind, Product):
            a = x.swapaxes(1, 2) if kind.transposes_a else x
            y[:] = a @ (w.swapaxes(1, 2) if kind.transposes_b else w)
            return
        result = {Kind.FORWARD: y, Kind.INPUT_GRADIENT: x, Kind.FILTER_GRADIENT: w}[kind]
        result[:] = 0
        places = np.ndindex(g.out_height, g.out_width, g.rows, g.columns)
        for i, j, row, column in places:
            at = i * g.stride_y + row * g.dilation_y - g.above
            left = j * g.stride_x + column * g.dilation_x - g.left
            if not (0 <= at < g.height and 0 <= left < g.width):
                continue
            if kind == Kind.FORWARD:
                y[:, i, j] += x[:, at, left] @ w[row, column]
            elif kind == Kind.INPUT_GRADIENT:
                x[:, at, left] += y[:, i, j] @ w[row, column].T
            else:
                w[row, column] += x[:, at, left].T @ y[:, i, j]

    def stillflow_end(self, job):
        return self.ends


def forget():
    for cached in (library.library, library.has, paying.pays, xla_native.is_known):
        cached.cache_clear()


@pytest.fixture(autouse=True)
def _anew(monkeypatch):
    monkeypatch.delenv("STILLFLOW_NATIVE", raising=False)
    monkeypatch.delenv("STILLFLOW_STRICT", raising=False)
    forget()
    yield
    forget()


@pytest.fixture
def stand_in(monkeypatch):
    """The library's stand-in, which is used wherever it can be."""
    found = StandIn()
    monkeypatch.setenv("STILLFLOW_NATIVE", "always")
    monkeypatch.setattr(library, "is_installed", lambda: True)
    monkeypatch.setattr(library, "loaded", lambda: found)
    return found


def operands(size, window, stride, padding, dilation):
    """Of a convolution and its gradients: the function, what it takes, and the axes."""
    axes = [axis_of(size, window, stride, padding, dilation, (0, 0)) for _ in "HW"]
    random = np.random.RandomState(3)
    x, w, dy = (
        random.randint(-9, 9, shape).astype(np.float32)
        for shape in (
            (2, size, size, 3),
            (window, window, 3, 4),
            (2, axes[0].count, axes[1].count, 4),
        )
    )
    return axes, {
        correlating.correlate: (x, w),
        correlating.input_gradient: (w, dy),
        correlating.filter_gradient: (x, dy),
    }


@pytest.mark.parametrize("convolution", CONVOLUTIONS)
def test_the_library_is_told_what_numpy_computes(stand_in, convolution):
    axes, all_of_them = operands(*convolution)
    for function, arrays in all_of_them.items():
        told = function(NUMPY, *arrays, axes, "NHWC")
        double = function(NUMPY, *(a.astype(np.float64) for a in arrays), axes, "NHWC")
        np.testing.assert_array_equal(told, double)
        assert told.dtype == np.float32
    assert [kind for kind, *_ in stand_in.jobs] == list(Kind)


@pytest.mark.parametrize("convolution", CONVOLUTIONS)
def test_compiled_runs_tell_it_the_same(stand_in, monkeypatch, convolution):
    told = []
    monkeypatch.setattr(xla_native, "is_known", lambda: True)
    monkeypatch.setattr(
        xla_native,
        "convolve",
        lambda x, w, form: told.append(form) or jax.numpy.zeros(form.result, x.dtype),
    )
    monkeypatch.setattr(xla_native.is_known, "cache_clear", lambda: None, raising=False)
    namespace = JaxNamespace().inner()
    namespace.is_for_here = True
    axes, all_of_them = operands(*convolution)
    for function, arrays in all_of_them.items():
        function(NUMPY, *arrays, axes, "NHWC")
        jax.eval_shape(
            lambda *arrays, function=function: function(namespace.inner(), *arrays, axes, "NHWC"),
            *arrays,
        )
    assert told == [Form(kind, geometry) for kind, geometry, _ in stand_in.jobs]


def test_what_leaves_the_process_does_without(stand_in, monkeypatch):
    monkeypatch.setattr(xla_native, "is_known", lambda: pytest.fail("it was asked for"))
    monkeypatch.setattr(xla_native.is_known, "cache_clear", lambda: None, raising=False)
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.placeholder(tf.float32, [2, 5, 5, 1])
        y = tf.nn.conv2d(x, tf.ones([3, 3, 1, 1]), [1, 1, 1, 1], "SAME")
        function, parameters = to_jax(y, [x], session=session)
        text = jax.jit(function).lower(parameters, np.ones(x.shape, np.float32)).as_text()
    assert "stablehlo.convolution" in text


NHWC = ("NHWC", "HWIO", "NHWC")


@pytest.mark.parametrize(
    ("x", "w", "layouts", "rest"),
    [
        ((1, 3, 5, 5), (3, 3, 3, 4), ("NCHW", "HWIO", "NCHW"), {}),
        ((1, 5, 5, 5, 3), (3, 3, 3, 3, 4), ("NDHWC", "DHWIO", "NDHWC"), {}),
        ((1, 5, 5, 3), (3, 3, 1, 4), NHWC, {}),  # groups
        ((0, 5, 5, 3), (3, 3, 3, 4), NHWC, {}),
        ((1, 5, 5, 3), (3, 3, 3, 4), NHWC, {"padding": [(-1, 0)] * 2}),
        ((1, 5, 5, 3), (3, 3, 3, 4), NHWC, {"padding": [(3, 0)] * 2}),
        ((1, 5, 5, 3), (3, 3, 3, 4), NHWC, {"padding": [(0, 3)] * 2}),
        ((1, 5, 5, 3), (3, 3, 3, 4), NHWC, {"x_dilation": (2, 2)}),
        ((1, 5, 5, 3), (3, 3, 4, 3), ("NHWC", "HWOI", "NHWC"), {"strides": (2, 2)}),
    ],
)
def test_what_the_library_is_not_asked_for(x, w, layouts, rest):
    given = {
        **{"strides": (1, 1), "padding": [(1, 1)] * 2, "x_dilation": None, "w_dilation": None},
        **rest,
    }
    x, w = np.zeros(x, np.float32), np.zeros(w, np.float32)
    assert form_of(x, w, layouts, **given) is None


def test_numbers_of_other_types_are_not_its_own():
    x, w = np.zeros((1, 5, 5, 3)), np.zeros((3, 3, 3, 4))
    assert form_of(x, w, NHWC, (1, 1), [(1, 1)] * 2, None, None) is None


def test_a_convolution_that_fails_says_so(stand_in):
    stand_in.ends = 0
    axes, all_of_them = operands(*CONVOLUTIONS[0])
    with pytest.raises(MemoryError, match="stillflow-native"):
        correlating.correlate(NUMPY, *all_of_them[correlating.correlate], axes, "NHWC")


# Products of matrices -----------------------------------------------------------------------------

TRANSPOSED = [(a, b) for a in (False, True) for b in (False, True)]


def factors(rows, depth, columns, transposes_a, transposes_b, batch=(), dtype=np.float32):
    random = np.random.RandomState(5)
    shapes = (rows, depth), (depth, columns)
    turned = zip(shapes, (transposes_a, transposes_b), strict=True)
    wanted = [(*batch, *(shape[::-1] if turn else shape)) for shape, turn in turned]
    return [random.randint(-9, 9, shape).astype(dtype) for shape in wanted]


@pytest.mark.parametrize(("a", "b"), TRANSPOSED)
@pytest.mark.parametrize("batch", [(), (2, 3)])
def test_a_product_and_its_gradients_are_numpys(stand_in, monkeypatch, a, b, batch):
    monkeypatch.setenv("STILLFLOW_TIER", "host")
    x, y = factors(65, 70, 75, a, b, batch)

    def found():
        with tf.Graph().as_default(), tf.Session() as session:
            left, right = tf.placeholder(tf.float32, x.shape), tf.placeholder(tf.float32, y.shape)
            product = tf.matmul(left, right, transpose_a=a, transpose_b=b)
            gradients = tf.gradients(product * product, [left, right])
            return session.run([product, *gradients], {left: x, right: y})

    with_it = found()
    assert len(stand_in.jobs) == 3
    monkeypatch.setenv("STILLFLOW_NATIVE", "off")
    forget()
    for own, others in zip(with_it, found(), strict=True):
        np.testing.assert_array_equal(own, others)
    assert len(stand_in.jobs) == 3


def test_factors_that_are_views_are_multiplied(stand_in):
    x, y = factors(130, 70, 150, False, False)
    product = NUMPY.matrix_product(x[::2], y[:, ::2])
    np.testing.assert_array_equal(product, x[::2] @ y[:, ::2])
    assert len(stand_in.jobs) == 1


@pytest.mark.parametrize(("a", "b"), TRANSPOSED)
@pytest.mark.parametrize("batch", [(), (2, 3)])
def test_compiled_products_tell_it_the_same(stand_in, monkeypatch, a, b, batch):
    told = []
    monkeypatch.setattr(xla_native, "is_known", lambda: True)
    monkeypatch.setattr(xla_native.is_known, "cache_clear", lambda: None, raising=False)
    monkeypatch.setattr(
        xla_native,
        "multiply",
        lambda x, y, product: told.append(product) or jax.numpy.zeros((), x.dtype),
    )
    x, y = factors(65, 70, 75, a, b, batch)
    NUMPY.matrix_product(x, y, a, b)
    namespace = JaxNamespace()
    namespace.is_for_here = True
    jax.eval_shape(lambda x, y: namespace.matrix_product(x, y, a, b), x, y)
    assert len(told) == 1
    jax.eval_shape(lambda x, y: namespace.inner().matrix_product(x, y, a, b), x, y)  # in a loop
    assert told == [product for product, *_ in stand_in.jobs]


@pytest.mark.parametrize(
    ("x", "y"),
    [
        ((0, 700), (700, 700)),
        ((700, 0), (0, 700)),
        ((700, 700), (700, 0)),
        ((2, 700, 700), (700, 700)),
        ((2, 700, 700), (3, 700, 700)),
        ((700, 700), (699, 700)),
        ((8, 1 << 20), (1 << 20, 8)),  # nothing to divide
        ((700,), (700,)),
    ],
)
def test_the_products_that_are_not_its_own(x, y):
    x, y = np.broadcast_to(np.float32(0), x), np.broadcast_to(np.float32(0), y)
    assert product_of(x, y, False, False) is None


@pytest.mark.parametrize("dtype", [np.float64, np.int32, np.complex64])
def test_factors_of_other_types_are_not_its_own(stand_in, dtype):
    x, y = factors(65, 70, 75, False, False, dtype=dtype)
    np.testing.assert_array_equal(NUMPY.matrix_product(x, y), x @ y)
    assert not stand_in.jobs


def test_a_small_product_is_not_worth_the_call(stand_in):
    x, y = factors(60, 60, 60, False, False)
    np.testing.assert_array_equal(NUMPY.matrix_product(x, y), x @ y)
    assert not stand_in.jobs


def test_a_product_that_fails_says_so(stand_in):
    stand_in.ends = 0
    with pytest.raises(MemoryError, match="stillflow-native has failed in a product"):
        NUMPY.matrix_product(*factors(65, 70, 75, False, False))


def test_products_that_leave_the_process_do_without(stand_in, monkeypatch):
    monkeypatch.setattr(xla_native, "is_known", lambda: pytest.fail("it was asked for"))
    monkeypatch.setattr(xla_native.is_known, "cache_clear", lambda: None, raising=False)
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.placeholder(tf.float32, [65, 70])
        function, parameters = to_jax(tf.matmul(x, tf.ones([70, 75])), [x], session=session)
        text = jax.jit(function).lower(parameters, np.ones(x.shape, np.float32)).as_text()
    assert "stablehlo.dot_general" in text


# Where it pays ------------------------------------------------------------------------------------


def test_the_tables_are_whole():
    rows = paying.table()
    kinds = [paying._kind(row.form) for row in rows]
    assert set(kinds) == {*Kind, *TRANSPOSED}
    assert all(min(row[1:]) > 0 for row in rows)
    assert len({row.form for row in rows}) == len(rows)


def larger(form):
    if isinstance(form, Form):
        return form._replace(geometry=form.geometry._replace(n=form.geometry.n + 1))
    return form._replace(rows=form.rows + 1)


def test_the_nearest_row_decides(stand_in, monkeypatch):
    monkeypatch.setenv("STILLFLOW_NATIVE", "auto")
    for row in paying.table():
        near = paying.nearest(larger(row.form))
        assert paying._kind(near.form) == paying._kind(row.form)
        assert paying.nearest(row.form) == row
        is_product = isinstance(row.form, Product)
        worth = 0.95 if is_product else 0.9
        assert paying.pays(row.form, True) == (row.xla_native < worth * row.xla)
        # Products of middling size have one thread on the host without it.
        if is_product and 1 << 24 <= row.form.work < 1 << 29:
            worth = 1.1
        assert paying.pays(row.form, False) == (row.host_native < worth * row.host)


def test_a_table_without_a_column_says_which(monkeypatch, tmp_path):
    table = tmp_path / "products.csv"
    table.write_text("batch,rows,depth,columns,transposes_a\n1,2,3,4,0\n")
    monkeypatch.setattr(paying, "PRODUCTS", table)
    paying.table.cache_clear()
    with pytest.raises(ValueError, match=r"products\.csv has no column host, .*transposes_b"):
        paying.table()
    paying.table.cache_clear()


def test_a_narrow_processor_does_without_unless_told(stand_in, monkeypatch):
    form = max(paying.table(), key=lambda row: row.xla / row.xla_native).form
    assert paying.pays(form, True)
    stand_in.wide = 0
    paying.pays.cache_clear()
    assert paying.pays(form, True)  # always
    paying.pays.cache_clear()
    monkeypatch.setenv("STILLFLOW_NATIVE", "auto")
    assert not paying.pays(form, True)


# Whether it is there ------------------------------------------------------------------------------


def test_the_setting(monkeypatch):
    assert native_setting() == "auto"
    monkeypatch.setenv("STILLFLOW_NATIVE", "perhaps")
    with pytest.raises(ValueError, match=r"'perhaps'; it may be auto, always, off"):
        native_setting()


@pytest.mark.parametrize(
    ("name", "value"), [("STILLFLOW_NATIVE", "off"), ("STILLFLOW_STRICT", "1")]
)
def test_it_is_left_alone(stand_in, monkeypatch, name, value):
    assert library.library() is stand_in
    monkeypatch.setenv(name, value)
    library.library.cache_clear()
    assert library.library() is None


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("raise ImportError('oneDNN is gone')", "oneDNN is gone"),
        ("def library(): return __file__", "invalid ELF header|OSError|not a mach-o"),
    ],
)
def test_one_that_does_not_load_says_so_once(monkeypatch, tmp_path, caplog, code, said):
    (tmp_path / "stillflow_native.py").write_text(code)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "stillflow_native", raising=False)
    axes, all_of_them = operands(*CONVOLUTIONS[0])
    with caplog.at_level(logging.WARNING, "stillflow"):
        for function, arrays in all_of_them.items():
            function(NUMPY, *arrays, axes, "NHWC")
    (record,) = caplog.records
    assert "stillflow-native is installed and of no use here" in record.getMessage()
    assert any(part in record.getMessage() for part in said.split("|"))
    sys.modules.pop("stillflow_native", None)


def test_one_that_xla_refuses_says_so_once(stand_in, monkeypatch, caplog):
    def refuse(loaded):
        raise RuntimeError("another version")

    monkeypatch.setattr(xla_native, "register", refuse)
    with caplog.at_level(logging.WARNING, "stillflow"):
        assert not xla_native.is_known()
        assert not xla_native.is_known()
    (record,) = caplog.records
    assert "RuntimeError: another version" in record.getMessage()


def test_without_it_numpy_computes(monkeypatch):
    monkeypatch.setattr(library, "is_installed", lambda: False)
    monkeypatch.setattr(
        convolving, "pays", lambda form, compiled: pytest.fail("there is no library")
    )
    monkeypatch.setattr(multiplying, "pays", convolving.pays)
    a, b = factors(65, 70, 75, False, False)
    np.testing.assert_array_equal(NUMPY.matrix_product(a, b), a @ b)
    x = np.arange(16, dtype=np.float32).reshape(1, 4, 4, 1)
    w = np.ones((2, 2, 1, 1), np.float32)
    result = convolving.convolve(x, w, NHWC, (1, 1), [(0, 0)] * 2)
    assert math.isclose(result[0, 0, 0, 0], 0 + 1 + 4 + 5)
