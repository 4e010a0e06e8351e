"""What a program has deprecated says so, as TensorFlow 1.15's decorators do."""

import pytest

from stillflow.platform import deprecation, logging
from stillflow.platform.deprecation import deprecated, deprecated_arg_values, deprecated_args
from stillflow.platform.keyword_args import keyword_args_only

UPDATING = "Instructions for updating:\n"


@pytest.fixture
def warnings(monkeypatch):
    """What is warned of, without the place."""
    said = []
    monkeypatch.setattr(
        logging,
        "warning",
        lambda text, place, *args: said.append(text.replace("From %s: ", "") % args),
    )
    return said


def test_a_deprecated_function_warns_once(warnings):
    @deprecated("2018-01-01", "Use g.")
    def f(x):
        """Does f.

        More.
        """
        return x

    assert [f(1), f(2)] == [1, 2]
    name = f"test_a_deprecated_function_warns_once.<locals>.f (from {__name__})"
    assert warnings == [
        f"{name} is deprecated and will be removed after 2018-01-01.\n{UPDATING}Use g."
    ]
    assert f.__doc__ == (
        "Does f. (deprecated)\n\nWarning: THIS FUNCTION IS DEPRECATED. It will be removed after "
        f"2018-01-01.\n{UPDATING}Use g.\n\nMore."
    )


def test_it_may_warn_each_time_and_have_no_date(warnings):
    @deprecated(None, "Use g.", warn_once=False)
    def f(x):
        return x

    assert [f(1), f(2)] == [1, 2]
    assert len(warnings) == 2
    assert "is deprecated and will be removed in a future version." in warnings[0]
    assert f.__doc__ == (
        "DEPRECATED FUNCTION\n\nWarning: THIS FUNCTION IS DEPRECATED. It will be removed in a "
        f"future version.\n{UPDATING}Use g."
    )


@pytest.mark.parametrize(
    ("args", "kwargs", "names"),
    [
        ((), {"b": 3}, []),
        ((), {"a": 1}, ["a"]),
        ((None,), {}, ["a"]),
        ((), {"ok": 3}, []),
        ((), {"ok": 4}, ["ok"]),
        ((1, 2, 4), {}, ["a", "ok"]),
        ((None, 2, 3, 5), {}, ["a", "rest"]),
        ((), {"other": 1}, ["more"]),
    ],
)
def test_deprecated_arguments(warnings, args, kwargs, names):
    """One that is given warns, unless it has the value that is allowed still."""

    @deprecated_args("2018-01-01", "Use b.", "a", ("ok", 3), "rest", "more", warn_once=False)
    def g(a=None, b=2, ok=3, *rest, **more):
        """Doc g."""

    g(*args, **kwargs)
    assert [text.partition(" is deprecated")[0].rpartition(" ")[2] for text in warnings] == names
    assert "Warning: SOME ARGUMENTS ARE DEPRECATED: `(a, more, ok, rest)`. They will" in g.__doc__


def test_deprecated_values(warnings):
    @deprecated_arg_values("2018-01-01", "No True.", warn_once=False, flag=True)
    def k(flag=False):
        return flag

    assert [k(), k(True), k(flag=True)] == [False, True, True]
    assert len(warnings) == 2
    assert "with flag=True is deprecated and will be removed after 2018-01-01.\n" in warnings[0]


@pytest.mark.parametrize(
    ("decorate", "message"),
    [
        (lambda: deprecated("2018", "x"), "Date must be YYYY-MM-DD."),
        (lambda: deprecated(None, "x")(property(repr)), "is not a function. If this is a prope"),
        (lambda: deprecated("2018-01-01", ""), "Don't deprecate things without conversion ins"),
        (lambda: deprecated_args("2018-01-01", "x"), "Specify which argument is deprecated."),
        (
            lambda: deprecated_args("2018-01-01", "x", "zz")(lambda x: x),
            r"arguments are not present in the function signature: \['zz'\]. Found next",
        ),
        (lambda: deprecated_arg_values("2018-01-01", "x"), "Specify which argument values are"),
    ],
)
def test_refuses(decorate, message):
    with pytest.raises(ValueError, match=message):
        decorate()


def test_warnings_can_be_silenced(warnings, monkeypatch):
    f = deprecated(None, "Use g.", warn_once=False)(lambda: 1)
    with deprecation.silence():
        f()
    assert warnings == []
    monkeypatch.setattr(deprecation, "_PRINT_DEPRECATION_WARNINGS", False)
    f()
    assert warnings == []


def test_a_parameter_with_two_names():
    look_up = deprecation.deprecated_argument_lookup
    assert [look_up("new", 1, "old", None), look_up("new", None, "old", 2)] == [1, 2]
    with pytest.raises(ValueError, match="Cannot specify both 'old' and 'new'"):
        look_up("new", 1, "old", 2)


def test_an_alias_warns_once_and_does_what_the_new_name_does(warnings):
    calls = []
    alias = deprecation.deprecated_alias("old.f", "new.f", calls.append)
    alias(1)
    alias(2)
    assert calls == [1, 2]
    assert warnings == ["The name old.f is deprecated. Please use new.f instead.\n"]
    assert alias.__doc__.splitlines()[0].endswith("(deprecated)")


def test_an_alias_of_a_class_is_a_class(warnings):
    class New:
        """Something."""

        def __init__(self, number):
            self.number = number

    old = deprecation.deprecated_alias("old.C", "new.C", New)
    assert isinstance(old(3), New)
    assert old(4).number == 4
    assert len(warnings) == 1
    assert old.__doc__.startswith("Something. (deprecated)\n\nWarning: THIS CLASS IS DEPRECATED.")


def test_endpoints_are_noted_once():
    note = deprecation.deprecated_endpoints("a.f", "b.f")

    @note
    def f():
        pass

    assert f._tf_deprecated_api_names == ("a.f", "b.f")
    with pytest.raises(deprecation.DeprecatedNamesAlreadySet, match="already set to"):
        note(f)


def test_arguments_are_renamed_in_docstrings():
    doc = "Sums `x`.\n\nArgs:\n  x: a number"
    renamed = deprecation.rewrite_argument_docstring(doc, "x", "y")
    assert renamed == "Sums `y`.\n\nArgs:\n  y: a number"


def test_a_hidden_attribute_cannot_be_read():
    class Base:
        value = 1

    class Derived(Base):
        value = deprecation.hide_attribute_from_api("gone")

    with pytest.raises(AttributeError, match="gone"):
        assert Derived().value


def test_functions_by_keyword_only():
    @keyword_args_only
    def double(x):
        return 2 * x

    assert double(x=2) == 4
    with pytest.raises(ValueError, match="Must use keyword args to call double"):
        double(2)
    with pytest.raises(ValueError, match="is not a function"):
        keyword_args_only(3)
