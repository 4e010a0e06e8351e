"""`tf.test.TestCase`: absl's TestCase with assertions on arrays, and sessions.

Importing this module imports absl.
"""

from __future__ import annotations

import contextlib
import random
import re
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from absl.testing import absltest

from stillflow.declare.convert import is_tensor
from stillflow.graph import dtypes
from stillflow.graph.context import (
    executing_eagerly,
    forget_nested_graphs,
    get_default_graph,
    get_default_session,
    reset_default_graph,
)
from stillflow.graph.device import canonical_name
from stillflow.graph.errors import OpError
from stillflow.graph.operation import Tensor
from stillflow.graph.random_seed import DEFAULT_GRAPH_SEED
from stillflow.runtime.session import Session
from stillflow.testing import differences
from stillflow.testing.captured import captured_writes
from stillflow.testing.checked_thread import CheckedThread
from stillflow.testing.eager_values import EagerSession, value_of


def _device_for(use_gpu: bool, force_gpu: bool) -> str | None:
    if force_gpu:
        return "/device:GPU:0"
    return None if use_gpu else "/device:CPU:0"


def _placing(config: Any, force_gpu: bool) -> Any:
    """`config`, by which the CPU stands for a device that is not there unless it is forced."""
    from tensorboard.compat.proto.config_pb2 import ConfigProto

    placing = ConfigProto()
    if config is not None:
        placing.CopyFrom(config)
    placing.allow_soft_placement = not force_gpu
    return placing


def _choices(graph: Any, config: Any, force_gpu: bool) -> dict[str, Any]:
    """What a cached session is made for, by the words of the error about it."""
    return {"graph": graph, "config": config, "force_gpu value": force_gpu}


class TestCase(absltest.TestCase):
    """Each test starts with an empty graph and with seeds set.

    The assertions take arrays, what makes arrays, and tensors, which they run.
    """

    def __init__(self, methodName: str = "runTest"):
        super().__init__(methodName)
        # Here, for a test's own `setUp` may leave out the one below.
        self._cached: Session | None = None
        self._cached_for: dict[str, Any] = {}
        self._folder: str | None = None
        self._threads: list[CheckedThread] = []

    def setUp(self) -> None:
        super().setUp()
        self._close_own()
        random.seed(DEFAULT_GRAPH_SEED)
        np.random.seed(DEFAULT_GRAPH_SEED)
        forget_nested_graphs()  # a test may have ended in the middle of a block
        reset_default_graph()
        get_default_graph().seed = DEFAULT_GRAPH_SEED

    def tearDown(self) -> None:
        for thread in self._threads:
            thread.check_termination()
        self._close_own()
        super().tearDown()

    def _close_own(self) -> None:
        if self._cached is not None:
            self._cached.close()
            self._cached = None

    def get_temp_dir(self) -> str:
        """Returns a folder that is this test's own; it is left behind."""
        if self._folder is None:
            self._folder = tempfile.mkdtemp(prefix=self._testMethodName)
        return self._folder

    # Sessions -----------------------------------------------------------------------------------

    @contextlib.contextmanager
    def session(
        self, graph: Any = None, config: Any = None, use_gpu: bool = False, force_gpu: bool = False
    ) -> Iterator[Session]:
        """A new session, the default one in the block.

        As in TensorFlow, what is built there is for a device: the CPU without `use_gpu`, the GPU
        with `force_gpu`. Unless it is forced, the CPU stands for a device that is not there.
        """
        if executing_eagerly():
            yield EagerSession(self)  # type: ignore[misc]
            return
        with (
            Session(graph=graph, config=_placing(config, force_gpu)) as session,
            session.graph.device(_device_for(use_gpu, force_gpu)),
        ):
            yield session

    @contextlib.contextmanager
    def cached_session(
        self, graph: Any = None, config: Any = None, use_gpu: bool = False, force_gpu: bool = False
    ) -> Iterator[Session]:
        """The test's own session, the same in every block; devices as in `session`.

        Raises:
          ValueError: another block asked for another graph, config or force_gpu.
        """
        if executing_eagerly():
            yield EagerSession(self)  # type: ignore[misc]
            return
        for what, value in _choices(graph, config, force_gpu).items():
            if value is not self._cached_for.get(what, value):
                raise ValueError(
                    f"The {what} used to get the cached session is different than the one that "
                    "was used to create the session. Maybe create a new session with "
                    "self.session()"
                )
        with self._own_session(graph, config, use_gpu, force_gpu) as session:
            yield session

    @contextlib.contextmanager
    def _own_session(
        self, graph: Any, config: Any, use_gpu: bool, force_gpu: bool
    ) -> Iterator[Session]:
        if executing_eagerly():
            yield EagerSession(self)  # type: ignore[misc]
            return
        if self._cached is None:
            self._cached = Session(graph=graph, config=_placing(config, force_gpu))
            self._cached_for = _choices(graph, config, force_gpu)
        graph = self._cached.graph
        with (
            graph.as_default(),
            self._cached.as_default(),
            graph.device(_device_for(use_gpu, force_gpu)),
        ):
            yield self._cached

    def test_session(
        self, graph: Any = None, config: Any = None, use_gpu: bool = False, force_gpu: bool = False
    ) -> contextlib.AbstractContextManager[Session]:
        """With a graph a new session, else the cached one, whatever it was made for."""
        if self.id().endswith(".test_session"):
            self.skipTest("Not a test.")  # though it is named like one
        block = self._own_session if graph is None else self.session
        return block(graph, config, use_gpu, force_gpu)

    def evaluate(self, tensors: Any) -> Any:
        """Runs tensors in the default session, or in the test's own.

        In eager mode they have values already.
        """
        if executing_eagerly():
            return value_of(tensors)
        session = get_default_session()
        if session is not None:
            return session.run(tensors)
        with self.test_session() as own:
            return own.run(tensors)

    def _array(self, value: Any) -> np.ndarray:
        if getattr(value, "_is_eager", False):
            value = value.numpy()
        value = self.evaluate(value) if is_tensor(value) else value
        try:
            return np.asarray(value)
        except ValueError:  # lists of several lengths, which NumPy 1 took for arrays of objects
            return np.array(value, object)
        except NotImplementedError:  # lists of tensors of a graph, which are compared as they are
            return _array_of_objects(value)

    # Equal and near -----------------------------------------------------------------------------

    def _rows(self, value: Any) -> Any:
        """A ragged value, or another, as nested lists."""
        value = self.evaluate(value) if is_tensor(value) else value
        if _is_ragged(value):
            return value.to_list()
        if isinstance(value, (list, tuple)):
            return [self._rows(part) for part in value]
        return value.tolist() if isinstance(value, np.ndarray) else value

    def assertAllEqual(self, a: Any, b: Any, msg: str | None = None) -> None:
        """Of one shape, and equal element by element; NaN equals NaN. Ragged values have rows."""
        if _is_ragged(a) or _is_ragged(b):
            self.assertEqual(self._rows(a), self._rows(b), msg)
            return
        a, b = self._array(a), self._array(b)
        self._check_shapes(a, b, msg or "")
        difference = differences.unequal(a, b)
        if difference:
            raise AssertionError(f"Arrays are not equal\n{msg or ''}\n{difference}")

    def _check_shapes(self, a: np.ndarray, b: np.ndarray, msg: str) -> None:
        if a.shape != b.shape:
            raise AssertionError(
                f"{a.shape} != {b.shape} : Shape mismatch: expected {a.shape}, got {b.shape} "
                f"contents: {b}. \n{msg}."
            )

    def assertNotAllEqual(self, a: Any, b: Any, msg: str | None = None) -> None:
        """They differ somewhere."""
        try:
            self.assertAllEqual(a, b)
        except AssertionError:
            return
        raise AssertionError(f"The two values are equal at all elements. {msg or ''}")

    def assertAllClose(
        self, a: Any, b: Any, rtol: Any = 1e-6, atol: Any = 1e-6, msg: str | None = None
    ) -> None:
        """|a - b| <= atol + rtol |b| element by element, in dicts and lists of arrays as well.

        The tolerances may be arrays.

        Raises:
          ValueError: one is a dict and the other is not, or lists are not of one length.
        """
        if _is_ragged(a) or _is_ragged(b):
            a, b = self._rows(a), self._rows(b)
        self._close(a, b, rtol, atol, "", msg)

    def _close(self, a: Any, b: Any, rtol: Any, atol: Any, path: str, msg: str | None) -> None:
        """`path` is where a and b are in what was given, such as "[x][0]"."""
        a, b = (x._asdict() if hasattr(x, "_asdict") else x for x in (a, b))
        if isinstance(a, Mapping) != isinstance(b, Mapping):
            raise ValueError(f"Can't compare dict to non-dict, a{path} vs b{path}. {msg or ''}")
        if isinstance(a, Mapping):
            self._close_dicts(a, b, rtol, atol, path, msg)
        elif _is_list(a) and _is_list(b) and (_is_nest(a) or _is_nest(b)):
            if len(a) != len(b):
                raise ValueError(
                    f"Mismatched length: a{path} has {len(a)} items, but b{path} has {len(b)} "
                    f"items. {msg or ''}"
                )
            for index, (x, y) in enumerate(zip(a, b, strict=True)):
                self._close(x, y, rtol, atol, f"{path}[{index}]", msg)
        else:
            self._close_arrays(self._array(a), self._array(b), rtol, atol, path, msg)

    def _close_dicts(self, a: Any, b: Any, rtol: Any, atol: Any, path: str, msg: Any) -> None:
        if set(a) != set(b):
            raise AssertionError(
                f"mismatched keys: a{path} has keys {list(a)}, but b{path} has keys {list(b)}. "
                f"{msg or ''}"
            )
        for key in a:
            self._close(a[key], b[key], rtol, atol, f"{path}[{key}]", msg)

    def _close_arrays(
        self, a: np.ndarray, b: np.ndarray, rtol: Any, atol: Any, path: str, msg: str | None
    ) -> None:
        told = f"Mismatched value: a{path} is different from b{path}. {msg or ''}"
        self._check_shapes(a, b, told)
        difference = differences.distant(a, b, rtol, atol)
        if difference:
            raise AssertionError(f"Not equal to tolerance\n{told}\n{difference}")

    def assertNotAllClose(self, a: Any, b: Any, **kwargs: Any) -> None:
        """They are not near each other somewhere."""
        try:
            self.assertAllClose(a, b, **kwargs)
        except AssertionError:
            return
        raise AssertionError("The two values are close at all elements")

    def assertAllCloseAccordingToType(
        self,
        a: Any,
        b: Any,
        rtol: float = 1e-6,
        atol: float = 1e-6,
        float_rtol: float = 1e-6,
        float_atol: float = 1e-6,
        half_rtol: float = 1e-3,
        half_atol: float = 1e-3,
        bfloat16_rtol: float = 1e-2,
        bfloat16_atol: float = 1e-2,
        msg: str | None = None,
    ) -> None:
        """assertAllClose with the tolerance of the less precise of the two types."""
        a, b = self._array(a), self._array(b)
        by_type = {
            "float32": (float_rtol, float_atol),
            "float16": (half_rtol, half_atol),
            "bfloat16": (bfloat16_rtol, bfloat16_atol),
        }
        found = [by_type[x.dtype.name] for x in (a, b) if x.dtype.name in by_type]
        rtol, atol = (max(each) for each in zip((rtol, atol), *found, strict=True))
        self.assertAllClose(a.astype(np.float64), b.astype(np.float64), rtol, atol, msg)

    def assertNear(self, f1: float, f2: float, err: float, msg: str | None = None) -> None:
        """|f1 - f2| <= err, or both are equal, infinities among them."""
        self.assertTrue(f1 == f2 or abs(f1 - f2) <= err, f"{f1!r} != {f2!r} +/- {err!r}. {msg}")

    def assertArrayNear(self, farray1: Any, farray2: Any, err: float, msg: Any = None) -> None:
        """assertNear element by element."""
        self.assertEqual(len(farray1), len(farray2), msg)
        for f1, f2 in zip(farray1, farray2, strict=True):
            self.assertNear(float(f1), float(f2), err, msg)

    def assertNDArrayNear(self, ndarray1: Any, ndarray2: Any, err: float, msg: Any = None) -> None:
        """The norm of the difference is at most `err`."""
        difference = np.linalg.norm(self._array(ndarray1) - self._array(ndarray2))
        self.assertLess(difference, err, msg)

    # Bounds -------------------------------------------------------------------------------------

    def assertAllGreater(self, a: Any, comparison_target: Any) -> None:
        self.assertGreater(np.min(self._array(a)), comparison_target)

    def assertAllGreaterEqual(self, a: Any, comparison_target: Any) -> None:
        self.assertGreaterEqual(np.min(self._array(a)), comparison_target)

    def assertAllLess(self, a: Any, comparison_target: Any) -> None:
        self.assertLess(np.max(self._array(a)), comparison_target)

    def assertAllLessEqual(self, a: Any, comparison_target: Any) -> None:
        self.assertLessEqual(np.max(self._array(a)), comparison_target)

    def assertAllInRange(
        self,
        target: Any,
        lower_bound: Any,
        upper_bound: Any,
        open_lower_bound: bool = False,
        open_upper_bound: bool = False,
    ) -> None:
        """Between the bounds; an open bound itself is outside."""
        lower = self.assertAllGreater if open_lower_bound else self.assertAllGreaterEqual
        upper = self.assertAllLess if open_upper_bound else self.assertAllLessEqual
        lower(target, lower_bound)
        upper(target, upper_bound)

    def assertAllInSet(self, target: Any, expected_set: Any) -> None:
        """Every element is one of the set."""
        self.assertLessEqual(set(self._array(target).ravel().tolist()), set(expected_set))

    def assertProtoEquals(self, expected_message_maybe_ascii: Any, message: Any, msg: Any = None):
        """Two messages are equal; the expected one may be in text format.

        Raises:
          google.protobuf.text_format.ParseError: the text is no such message.
        """
        from google.protobuf import text_format

        expected = expected_message_maybe_ascii
        if isinstance(expected, (str, bytes)):
            expected = text_format.Parse(expected, type(message)())
        self.assertMultiLineEqual(str(expected), str(message), msg)

    def checkedThread(
        self, target: Callable, args: Sequence[Any] | None = None, kwargs: Any = None
    ) -> CheckedThread:
        """A thread to be started, and joined: it fails the test when it failed."""
        thread = CheckedThread(self.fail, target, args or (), kwargs)
        self._threads.append(thread)
        return thread

    def captureWritesToStream(self, stream: Any) -> Any:
        """A context within which `contents()` of what it gives is what was written to a stream."""
        return captured_writes(stream)

    # Kinds and errors ---------------------------------------------------------------------------

    def assertShapeEqual(self, np_array: Any, tf_tensor: Tensor, msg: str | None = None) -> None:
        """The tensor's static shape is that of the array."""
        self.assertEqual(list(np_array.shape), tf_tensor.get_shape().as_list(), msg)

    def assertDeviceEqual(self, device1: Any, device2: Any, msg: str | None = None) -> None:
        """Both names or specifications are of one device, however they are spelled."""
        self.assertEqual(canonical_name(device1), canonical_name(device2), msg)

    def assertDTypeEqual(self, target: Any, expected_dtype: Any) -> None:
        """The array's or tensor's type is as expected."""
        dtype = target.dtype if hasattr(target, "dtype") else self._array(target).dtype
        self.assertEqual(dtypes.as_dtype(dtype), dtypes.as_dtype(expected_dtype))

    @contextlib.contextmanager
    def assertRaisesWithPredicateMatch(  # type: ignore[override]  # TensorFlow's takes a text too
        self, exception_type: Any, expected_err_re_or_predicate: str | Callable[[Any], bool]
    ) -> Iterator[None]:
        """The block raises such an error; a text is searched for in its message as a pattern."""
        expected = expected_err_re_or_predicate
        try:
            yield
        except exception_type as error:
            message = error.message if isinstance(error, OpError) else str(error)
            matches = expected(error) if callable(expected) else re.search(expected, message)
            if not matches:
                raise AssertionError(f"Exception of type {type(error)}: {message}") from error
            return
        self.fail(f"{getattr(exception_type, '__name__', exception_type)} not raised")

    def assertRaisesOpError(self, expected_err_re_or_predicate: Any) -> Any:
        """The block raises a tf.errors.OpError that matches."""
        return self.assertRaisesWithPredicateMatch(OpError, expected_err_re_or_predicate)


def _array_of_objects(values: Any) -> np.ndarray:
    array = np.empty(len(values), object)
    for place, value in enumerate(values):  # all at once NumPy would ask each for an array
        array[place] = value
    return array


def _is_ragged(value: Any) -> bool:
    return hasattr(value, "nested_row_splits")


def _is_list(value: Any) -> bool:
    return isinstance(value, (list, tuple))


def _is_nest(value: Any) -> bool:
    """Whether it is a list of arrays or of lists rather than one of numbers."""
    return _is_list(value) and any(
        isinstance(x, (Mapping, list, tuple, np.ndarray, Tensor)) for x in value
    )
