"""Functions are converted in place: with their lines, cells, defaults and globals."""

import functools
import traceback

import pytest

import stillflow as tf
from stillflow.autograph.calling import ConversionError, convert, converted_call, to_code, to_graph
from stillflow.autograph.options import ConversionOptions
from stillflow.platform import logging

OPTIONS = ConversionOptions(recursive=True, optional_features=None)


def run(value):
    with tf.Session() as session:
        return session.run(value)


def test_errors_show_the_users_line():
    def f(x):
        if x > 0:
            raise KeyError("here")
        return x

    with pytest.raises(KeyError) as caught:
        to_graph(f)(1)
    last = traceback.extract_tb(caught.value.__traceback__)[-1]
    assert (last.filename, last.line) == (__file__, 'raise KeyError("here")')


def test_cells_are_shared():
    count = 0

    def f():
        nonlocal count
        if True:
            count += 1
        return count

    made = to_graph(f)
    assert [made(), f(), made()] == [1, 2, 3]
    assert count == 3


def test_a_function_of_python_values_is_the_same_function():
    def f(n, k=2, *rest, m=3, **more):
        """Says so."""
        found = []
        for i in range(n):
            if i == k:
                continue
            while i > m:
                i -= 1
                if i in rest:
                    return "returned", found, i
            else:
                found.append(i)
        else:
            found.append("end")
        try:
            return found[0] if found else None, more
        finally:
            found.clear()

    made = to_graph(f)
    for args, words in [((6,), {}), ((9, 1, 4), {"m": 5}), ((0,), {"q": 1})]:
        assert made(*args, **words) == f(*args, **words)
    assert (made.__doc__, made.__name__) == (f.__doc__, f.__name__)


def test_else_of_a_loop_may_leave_the_loop_around():
    def f(x):
        seen, rest = [], []
        while x > 0:
            x -= 1
            for y in range(x):
                if y > 1:
                    break
            else:
                rest.append(x)
                break
            seen.append(x)
        return seen, rest

    for x in range(6):
        assert to_graph(f)(x) == f(x)


def test_an_iterator_is_asked_no_further_than_python_asks():
    def f(items):
        for item in items:
            if item > 2:
                break
        return item, next(items)

    assert to_graph(f)(iter(range(9))) == f(iter(range(9))) == (3, 4)


def test_two_lambdas_of_one_line_are_told_apart():
    f, g = lambda x: x if x > 0 else -x, lambda x: x if x > 0 else 2 * x
    x = tf.constant(-3)
    assert run([to_graph(f)(x), to_graph(g)(x)]) == [3, -6]


def test_what_has_no_value_is_unbound():
    def f(x):
        if x > 0:
            y = 1
        return y

    with pytest.raises(UnboundLocalError, match="'y' referenced before assignment"):
        to_graph(f)(0)


def test_super_and_methods():
    class Base:
        def scaled(self, x):
            return 2 * x

    class Own(Base):
        def scaled(self, x):
            if x > 0:
                x = super().scaled(x)
            return x

    assert run(convert(recursive=True)(Own().scaled)(tf.constant(4))) == 8


def test_partials_and_objects_that_are_called():
    class Adds:
        def __init__(self, n):
            self.n = n

        def __call__(self, x, y=0):
            if x > y:
                x = x + self.n
            return x

    part = functools.partial(Adds(5), y=3)
    assert run(converted_call(part, OPTIONS, (tf.constant(4),), None)) == 9


def test_what_is_not_converted_runs_and_says_why(monkeypatch):
    class Mangled:
        __secret = 3

        def get(self):
            return self.__secret

    told = []
    monkeypatch.setattr(logging, "warning", lambda message, *args: told.append(message % args))
    assert converted_call(Mangled().get, OPTIONS, (), None) == 3
    assert len(told) == 1
    assert "Mangled names are not yet supported" in told[0]
    with pytest.raises(NotImplementedError, match=r"test_converting\.py:\d+: self\.__secret"):
        to_graph(Mangled.get)


def test_do_not_convert():
    @tf.autograph.experimental.do_not_convert
    def f(x):
        return 1 if x > 0 else 2

    def g(x):
        return f(x)

    with pytest.raises(TypeError, match=r"using a `tf\.Tensor` as a Python `bool`"):
        to_graph(g)(tf.constant(1))


def test_no_source_no_conversion():
    space = {}
    exec("def f(x):\n  return x", space)
    with pytest.raises(ConversionError, match="Unable to locate the source code"):
        to_graph(space["f"])


def test_code_is_shown():
    def f(x):
        return x if x > 0 else -x

    assert "ag__.if_exp(x > 0, lambda: x, lambda: -x)" in to_code(f)
