"""In place of `autograph.core.converter_testing`: tests of single converters, by what comes out.

Stillflow converts a function as a whole, so `converted` gives that. What looks at syntax trees, or
at the calls that a single converter left over, is the inside of TensorFlow, and refused.
"""

import contextlib
import io
import types

from stillflow.autograph.calling import to_graph

from .missing import NOTES, Missing


def converter_test_case(test_case):
    class ConverterTestCase(test_case):
        @contextlib.contextmanager
        def assertPrints(self, expected_result):
            printed = io.StringIO()
            with contextlib.redirect_stdout(printed):
                yield
            self.assertEqual(printed.getvalue(), expected_result)

        @contextlib.contextmanager
        def converted(self, entity, converter_module, namespace, tf_symbols=()):
            if not isinstance(entity, types.FunctionType):
                NOTES.use(f"converter_testing.converted of a {type(entity).__name__}")
            tf = self.make_fake_mod("tf", *tf_symbols)
            function = _in_world(entity, {**entity.__globals__, **namespace, "tf": tf})
            result = Result("result")
            vars(result).update({entity.__name__: to_graph(function, recursive=False), "tf": tf})
            yield result

        def make_fake_mod(self, name, *symbols):
            module = types.ModuleType(name)
            for symbol in symbols:
                setattr(module, getattr(symbol, "__name__", None) or symbol.name, symbol)
            return module

        def attach_namespace(self, module, **namespace):
            vars(module).update(namespace)

        def prepare(self, *args, **kwargs):
            NOTES.use("converter_testing.prepare")

        def compiled(self, *args, **kwargs):
            NOTES.use("converter_testing.compiled")

        @property
        def dynamic_calls(self):
            return NOTES.use("converter_testing.dynamic_calls")

    return ConverterTestCase


class Result(types.ModuleType):
    """A module of the converted function; the rest of what TensorFlow puts there is missing."""

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return Missing(f"converted.{name}")


def _in_world(function, world):
    """The same function with other globals."""
    moved = types.FunctionType(
        function.__code__, world, function.__name__, function.__defaults__, function.__closure__
    )
    moved.__kwdefaults__ = function.__kwdefaults__
    moved.__annotations__ = function.__annotations__
    return moved
