"""Arguments from scopes, as `tf.contrib.framework.arg_scope` of TensorFlow 1.15 gives them."""

import pytest

import stillflow.api as tf
from stillflow.platform.arg_scope import (
    add_arg_scope,
    arg_scope,
    arg_scoped_arguments,
    current_arg_scope,
    has_arg_scope,
)


@add_arg_scope
def first(x, a=1, b=2, *c, **d):
    """What it does."""
    return x, a, b, c, d


@add_arg_scope
def second(x, *, k=3, a=9):
    return x, k, a


def plain(x):
    return x


class Thing:
    @add_arg_scope
    def method(self, a=0):
        return a


def test_functions_that_a_scope_names_take_its_arguments():
    with arg_scope([first], a=7):
        assert first(1) == (1, 7, 2, (), {})
        assert first(1, a=5) == (1, 5, 2, (), {})
        assert second(1) == (1, 3, 9)
    with arg_scope((first, second), a=7, z=4):
        assert first(1) == (1, 7, 2, (), {"z": 4})
    with arg_scope([Thing.method], a=4):
        assert [Thing().method(), Thing().method(a=5)] == [4, 5]
    assert first(1) == (1, 1, 2, (), {})


def test_scopes_nest_and_are_used_again():
    with arg_scope([first], a=10):
        with arg_scope([first], b=20) as inner:
            assert first(0)[1:3] == (10, 20)
        with arg_scope([first], a=30):
            assert first(0)[1:3] == (30, 2)
        with arg_scope({}):
            assert first(0)[1:3] == (1, 2)
        assert first(0)[1:3] == (10, 2)
    with arg_scope(inner) as again:
        assert first(0)[1:3] == (10, 20)
        assert current_arg_scope() is again


def test_a_scope_ends_where_its_block_fails():
    with pytest.raises(KeyError), arg_scope([first], a=5):
        raise KeyError
    assert first(0)[1] == 1
    assert current_arg_scope() == {}


@pytest.mark.parametrize(
    ("functions", "kind", "message"),
    [
        (first, TypeError, r"list_ops_or_scope must either be a list/tuple or reused scope"),
        ([plain], ValueError, "is not decorated with @add_arg_scope"),
        ({}, ValueError, "When attempting to re-use a scope by suppling adictionary, kwargs mus"),
    ],
)
def test_refuses(functions, kind, message):
    with pytest.raises(kind, match=message), arg_scope(functions, a=1):
        pass


def test_a_decorated_function_is_known():
    assert (first.__name__, first.__doc__) == ("first", "What it does.")
    assert [has_arg_scope(first), has_arg_scope(plain)] == [True, False]
    assert arg_scoped_arguments(Thing.method) == ("a",)
    with pytest.raises(AssertionError):
        arg_scoped_arguments(plain)


def test_it_is_tensorflows_name():
    assert tf.contrib.framework.arg_scope is arg_scope
