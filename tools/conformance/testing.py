"""What TensorFlow's `python.framework.test_util` has for its own tests, and Stillflow has not."""

import functools
import gc
import itertools

from absl.testing import parameterized

import stillflow as tf
from stillflow.runtime.eager import mode
from stillflow.testing import decorators

from .missing import NOTES

_LEFT = "_disable_control_flow_v2"


def extras(halves):
    """{name: object} of that module, for the halves that are run."""
    eager_block = halves.eager_block(mode.eager_mode)
    in_both = _checking_garbage(
        halves.in_graph_and_eagerly(_in_both(eager_block), mode.graph_mode, eager_block)
    )
    return {
        "run_in_graph_and_eager_modes": in_both,
        "run_all_in_graph_and_eager_modes": lambda cls: _all_of(cls, in_both),
        "run_all_in_deprecated_graph_mode_only": lambda cls: cls,
        "also_run_as_tf_function": functools.partial(_also_as_function, eager_block),
        "build_as_function_and_v1_graph": functools.partial(_as_function_and_graph, eager_block),
        "assert_no_new_pyobjects_executing_eagerly": functools.partial(
            _no_new_objects, eager_block
        ),
        "assert_no_garbage_created": _no_garbage,
        "assert_no_new_tensors": _no_new_tensors,
        "enable_control_flow_v2": _as_in_version_2,
        "with_control_flow_v2": _with_control_flow_v2,
        "disable_control_flow_v2": lambda reason: _left_as_in_version_1,
        "enable_output_all_intermediates": _unchanged,
        "use_deterministic_cudnn": _unchanged,
        "disable_all_xla": _unchanged,
        "enable_tf_xla_constant_folding": lambda description: _unchanged,
        "for_all_test_methods": _for_all_test_methods,
        "generate_combinations_with_testcase_name": _named_combinations,
        "is_gpu_available": lambda *args, **kwargs: False,
        "gpu_device_name": lambda: "",
        "CudaSupportsHalfMatMulAndConv": decorators.is_absent,
        "get_node_def_from_graph": _node_of,
        "assert_equal_graph_def_v1": tf.test.assert_equal_graph_def,
        "assert_meta_graph_protos_equal": _assert_same_meta_graphs,
        "set_producer_version": _set_producer_version,
    }


def _named_combinations(**options):
    """Arguments of `named_parameters`: one value of each option, and a name that says which."""
    names = sorted(options)
    values = [v if isinstance(v, (list, tuple)) else [v] for v in map(options.get, names)]
    for chosen in itertools.product(*values):
        said = [_letters(each) for pair in zip(names, chosen, strict=True) for each in pair]
        yield {**dict(zip(names, chosen, strict=True)), "testcase_name": "_".join(["_test", *said])}


def _letters(value):
    return "".join(filter(str.isalnum, str(value)))


def _unchanged(func):
    return func


def _with_control_flow_v2(cls):
    """A class whose tests run again as in TensorFlow 2, but those that are marked."""
    for name, test in list(vars(cls).items()):
        if name.startswith("test") and callable(test) and not hasattr(test, _LEFT):
            setattr(cls, f"{name}WithControlFlowV2", _as_in_version_2(test))
    return cls


def _left_as_in_version_1(func):
    setattr(func, _LEFT, True)
    return func


def _as_in_version_2(func):
    """A test as a program that switches to TensorFlow 2's control flow would run it."""

    @functools.wraps(func)
    def decorated(*args, **kwargs):
        was_on = tf.control_flow_v2_enabled()
        tf.enable_control_flow_v2()
        try:
            return func(*args, **kwargs)
        finally:
            if not was_on:
                tf.disable_control_flow_v2()

    return decorated


def _in_both(eager_block):
    """Stillflow's own decorator, whose eager half is noticed."""

    def decorator(func, config=None, use_gpu=True, reset_test=True):
        def eagerly_noticed(test, *args, **kwargs):
            if tf.executing_eagerly():
                with eager_block():
                    return func(test, *args, **kwargs)
            return func(test, *args, **kwargs)

        eagerly_noticed.__name__ = func.__name__
        return decorators.run_in_graph_and_eager_modes(eagerly_noticed, config, use_gpu, reset_test)

    return decorator


def _checking_garbage(decorator):
    """With `assert_no_eager_garbage`, what a test leaves behind eagerly fails it."""

    def decorate(func=None, assert_no_eager_garbage=False, **kwargs):
        if func is None:
            return lambda given: decorate(given, assert_no_eager_garbage, **kwargs)
        if not assert_no_eager_garbage:
            return decorator(func, **kwargs)
        watched = _no_new_tensors(_no_garbage(func))

        @functools.wraps(func)
        def choose(*args, **words):
            return (watched if tf.executing_eagerly() else func)(*args, **words)

        return decorator(choose, **kwargs)

    return decorate


def _all_of(cls, decorator):
    for name in dir(cls):
        is_test = name.startswith("test") and name != "test_session"
        if is_test and not name.lower().replace("_", "").startswith("testskipeager"):
            setattr(cls, name, decorator(getattr(cls, name)))
    return cls


def _for_all_test_methods(decorator, *args, **kwargs):
    return lambda cls: _all_of(cls, decorator(*args, **kwargs))


def _also_as_function(eager_block, func):
    @functools.wraps(func)
    def decorated(*args, **kwargs):
        with eager_block():
            func(*args, **kwargs)
            tf.function(lambda: func(*args, **kwargs), autograph=False)()

    return decorated


def _as_function_and_graph(eager_block, func=None):
    if func is None:
        return functools.partial(_as_function_and_graph, eager_block)

    @parameterized.named_parameters(("_v1_graph", "v1_graph"), ("_function", "function"))
    @functools.wraps(func)
    def decorated(self, run_mode, *args, **kwargs):
        NOTES.looks += 1  # such a test asserts while the graph is built
        if run_mode == "v1_graph":
            with tf.Graph().as_default():
                func(self, *args, **kwargs)
        else:
            with tf.Graph().as_default(), eager_block():
                tf.function(lambda: func(self, *args, **kwargs))()

    return decorated


def _no_garbage(func):
    """A test that may not leave cycles of references."""

    @functools.wraps(func)
    def decorated(self, *args, **kwargs):
        gc.collect()
        flags, before = gc.get_debug(), len(gc.garbage)
        gc.set_debug(gc.DEBUG_SAVEALL)
        try:
            func(self, *args, **kwargs)
            gc.collect()
            left = [type(one).__name__ for one in gc.garbage[before : before + 8]]
            self.assertEqual([], left, "cycles were left")
        finally:
            gc.set_debug(flags)
            del gc.garbage[before:]

    return decorated


def _no_new_tensors(func):
    """A test that may not leave tensors."""

    @functools.wraps(func)
    def decorated(*args, **kwargs):
        gc.collect()
        before = set(map(id, _tensors()))
        func(*args, **kwargs)
        gc.collect()
        left = [tensor for tensor in _tensors() if id(tensor) not in before]
        if left:
            raise AssertionError(f"{len(left)} Tensors not deallocated after test")

    return decorated


def _tensors():
    return [one for one in gc.get_objects() if isinstance(one, tf.Tensor)]


def _no_new_objects(eager_block, func):
    """A test after which there may be no more objects, once it is warm."""

    @functools.wraps(func)
    def decorated(self, *args, **kwargs):
        with eager_block():
            self.setUp()
            for _ in range(2):
                func(self, *args, **kwargs)
            gc.collect()
            before = len(gc.get_objects())
            for _ in range(3):
                func(self, *args, **kwargs)
            self.tearDown()
            gc.collect()
            self.assertLessEqual(len(gc.get_objects()), before)

    return decorated


def _node_of(name, graph_def):
    return next((node for node in graph_def.node if node.name == name), None)


def _assert_same_meta_graphs(test, a, b):
    test.assertEqual(set(a.collection_def), set(b.collection_def))
    for key in a.collection_def:
        texts = [sorted(one.collection_def[key].SerializeToString()) for one in (a, b)]
        test.assertEqual(*texts)
    tf.test.assert_equal_graph_def(a.graph_def, b.graph_def)
    test.assertEqual(*map(_without_graph, (a, b)))


def _without_graph(meta_graph):
    stripped = type(meta_graph).FromString(meta_graph.SerializeToString())
    stripped.ClearField("collection_def")
    stripped.ClearField("graph_def")
    return stripped


def _set_producer_version(graph, producer_version):
    graph_def = tf.GraphDef()
    graph_def.versions.producer = producer_version
    with graph.as_default():
        tf.import_graph_def(graph_def)
    if graph.graph_def_versions.producer != producer_version:
        NOTES.use("test_util.set_producer_version")


def assertions(test_case):
    """A subclass with the assertions that TensorFlow's class has besides."""

    class TensorFlowTestCase(test_case):
        def assertProtoEqualsVersion(
            self, expected, actual, producer=134, min_consumer=0, msg=None
        ):
            versions = f"versions {{ producer: {producer} min_consumer: {min_consumer} }};"
            self.assertProtoEquals(f"{versions}\n{expected}", actual, msg=msg)

        def _GetNdArray(self, a):
            return self._array(a)

        def _eval_tensor(self, tensor):
            return self.evaluate(tensor)

        def _AssertProtoEquals(self, a, b, msg=None):
            self.assertEqual(a, b, msg)

    return TensorFlowTestCase
