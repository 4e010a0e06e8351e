"""Functions behind decorators, as TensorFlow 1.15's tf_inspect and tf_decorator saw them."""

import functools
import inspect

import pytest

import stillflow.api as tf
from stillflow.platform import decorators
from stillflow.platform.decorators import fn_args, getargspec, getfullargspec


def many(a, b=1, *c, **d):
    """Every kind of parameter."""


def behind(a, *, b=2):
    """One stands behind a star."""


class Thing:
    def __init__(self, x, y=2):
        pass

    def method(self, p, q=3):
        pass

    def __call__(self, u, v=4):
        pass


class Plain:
    pass


@pytest.mark.parametrize(
    ("function", "spec"),
    [
        (many, (["a", "b"], "c", "d", (1,))),
        (behind, (["a"], None, None, None)),
        (Thing, (["self", "x", "y"], None, None, (2,))),
        (Thing(1), (["self", "u", "v"], None, None, (4,))),
        (Thing(1).method, (["self", "p", "q"], None, None, (3,))),
        (Thing.method, (["self", "p", "q"], None, None, (3,))),
        (Plain, ([], None, None, None)),
        (len, (["obj"], None, None, None)),
        (functools.partial(many, 1), (["b"], "c", "d", (1,))),
        (functools.partial(many, b=2), (["a", "b"], "c", "d", (2,))),
        (functools.partial(many, a=2), (["a", "b"], "c", "d", (2, 1))),
        (functools.partial(Thing, 1), (["x", "y"], None, None, (2,))),
    ],
)
def test_getargspec(function, spec):
    """Recorded from TensorFlow 1.15, the surprises with it."""
    assert getargspec(function) == spec


def test_a_partial_that_argspec_cannot_say_is_refused():
    def three(a, b, c=1):
        pass

    with pytest.raises(ValueError, match=r"Some arguments \['b'\] do not have default value"):
        getargspec(functools.partial(three, a=1))


@pytest.mark.parametrize(
    ("function", "names"),
    [
        (many, ("a", "b")),
        (behind, ("a",)),
        (Thing, ("self", "x", "y")),
        (Thing(1), ("u", "v")),
        (Thing(1).method, ("p", "q")),
        (Thing.method, ("self", "p", "q")),
        (functools.partial(many, 1), ("b",)),
        (functools.partial(many, b=2), ("a",)),
        (Plain, ()),
    ],
)
def test_fn_args(function, names):
    assert fn_args(function) == names


def test_has_kwargs():
    found = [decorators.has_kwargs(f) for f in (many, behind, functools.partial(many, 1), Thing(1))]
    assert found == [True, False, True, False]
    with pytest.raises(TypeError, match="fn should be a function-like object, but is of type"):
        decorators.has_kwargs(3)


def test_names_and_code():
    assert decorators.get_func_name(many) == "many"
    assert decorators.get_func_name(Thing(1).method) == "Thing.method"
    assert decorators.get_func_name(functools.partial(many, 1)) == "<class 'functools.partial'>"
    assert decorators.get_func_code(many) is many.__code__
    assert decorators.get_func_code(Thing(1)) is Thing.__call__.__code__
    for ask in (decorators.get_func_name, decorators.get_func_code):
        with pytest.raises(ValueError, match="Argument must be callable"):
            ask(3)


def test_getcallargs():
    assert decorators.getcallargs(many, 1, z=4) == {"a": 1, "b": 1, "z": 4}
    assert decorators.getcallargs(functools.partial(many, 1)) == {"b": 1}


@pytest.fixture
def decorated():
    def wrapper(*args, **kwargs):
        return many(*args, **kwargs)

    return decorators.make_decorator(many, wrapper, "mine", "What it does.")


def test_a_decorated_function_remembers(decorated):
    """Its name, what it decorates, and by whom; whoever asks for parameters sees those behind."""
    assert (decorated.__name__, decorated.__doc__) == ("many", "What it does.")
    assert decorated.__wrapped__ is many
    assert str(inspect.signature(decorated)) == "(a, b=1, *c, **d)"
    assert decorated._tf_decorator.decorator_name == "mine"
    assert decorators.unwrap(decorated) == ([decorated._tf_decorator], many)
    assert getargspec(decorated) == getargspec(many)
    assert getfullargspec(decorated) == inspect.getfullargspec(many)
    assert fn_args(decorated) == ("a", "b")


def test_a_decorator_may_say_other_parameters():
    said = inspect.getfullargspec(behind)
    decorated = decorators.make_decorator(many, lambda: None, "mine", "", said)
    assert getfullargspec(decorated) == said


def test_a_decorator_without_a_name_is_called_as_its_function():
    def maker(target):
        return decorators.make_decorator(target, lambda: None)

    assert maker(many)._tf_decorator.decorator_name == "maker"


def test_contextmanager():
    @decorators.contextmanager
    def opened(a, b=3):
        yield a + b

    with opened(1) as value:
        assert value == 4
    assert getargspec(opened) == (["a", "b"], None, None, (3,))


def test_a_function_that_takes_composite_tensors_has_its_own_parameters():
    """TensorFlow Probability compares them. What a program wraps has `*args`, as there."""

    @functools.wraps(tf.cast)
    def wrapped(*args, **kwargs):
        return tf.cast(*args, **kwargs)

    assert getfullargspec(tf.cast).args == ["x", "dtype", "name"]
    assert getfullargspec(tf.compat.v2.pad).args[3:] == ["constant_values", "name"]
    assert getfullargspec(wrapped).args == []


def test_a_function_that_decorates_itself_has_the_parameters_that_are_told():
    """So are restored functions made, in a module of Stillflow's."""
    told = inspect.getfullargspec(lambda x: x)
    code = "def restored(*args, **kwargs): pass"
    names = {"__name__": "stillflow.made"}
    exec(code, names)
    made = decorators.make_decorator(names["restored"], names["restored"], decorator_argspec=told)
    assert getfullargspec(made) == told
