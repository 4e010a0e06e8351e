"""What TensorFlow's tests ask of internal modules, and Stillflow has elsewhere or not at all."""

import collections.abc
import functools
import os
import unittest.mock

import stillflow as tf
from stillflow.distribute.default_strategy import DefaultStrategy
from stillflow.distribute.input_iterators import DistributedDataset
from stillflow.layers import policies
from stillflow.platform import logging
from stillflow.runtime.eager import mode

from . import testing
from .converters import converter_test_case
from .missing import NOTES

_LOGGED = {name: getattr(logging, name) for name in ("warn", "warning")}
_KINDS = [tf.as_dtype(number) for number in range(1, 24)]


def extras(tree, halves, test_case):
    """{module below tensorflow: {name: object}}, which come before what Stillflow has."""
    start = halves.of_whole_file(mode.enable_eager_execution)
    tf.enable_eager_execution = tf.compat.v1.enable_eager_execution = start
    tests = _of_tests(tree, test_case)
    return {
        "python.framework.test_util": {
            "TensorFlowTestCase": test_case,
            **testing.extras(halves),
        },
        "python.autograph.core.converter_testing": {"TestCase": converter_test_case(test_case)},
        "python.distribute.distribute_lib": {"_DefaultDistributionStrategy": DefaultStrategy},
        "python.distribute.input_lib": {"get_distributed_dataset": DistributedDataset},
        "python.distribute.tpu_strategy": {"TPUStrategy": OfTpus, "TPUStrategyV1": OfTpus},
        "python.eager.context": {"eager_mode": halves.eager_block(mode.eager_mode)},
        "python.eager.test": {**tests, "main": start},
        "python.framework.dtypes": {f"{kind.name}_ref": kind._as_ref for kind in _KINDS},
        "python.framework.ops": {"enable_eager_execution": start},
        "python.framework.random_seed": {"DEFAULT_GRAPH_SEED": 87654321},
        "python.keras.engine.base_layer_utils": {"V2_DTYPE_BEHAVIOR": None},
        "python.keras.backend": {"is_tpu_strategy": lambda strategy: False},
        "python.keras.distribute.distributed_training_utils": {
            "global_batch_size_supported": lambda strategy: strategy.extended._global_batch_size
        },
        "python.ops.variables": {"RefVariable": tf.Variable},
        "python.ops.array_ops": {"_SLICE_TYPE_ERROR": "Only integers, slices (`:`), ellipsis"},
        "python.platform.app": {"run": _nothing},
        "python.platform.benchmark": {"Benchmark": Benchmark},
        "python.platform.googletest": {**tests, "GetTempDir": tf.test.get_temp_dir},
        "python.platform.resource_loader": {
            "get_path_to_datafile": lambda path: os.path.join(tree, "python/platform", path)
        },
        "python.platform.test": tests,
        "python.util.compat": {"collections_abc": collections.abc},
        "python.util.tf_export": {"tf_export": _exported, "keras_export": _exported},
    }


def settings():
    """{(module below tensorflow, name): what is told when a test sets that}."""
    return {
        ("python.keras.engine.base_layer_utils", "V2_DTYPE_BEHAVIOR"): _set_dtype_behavior,
        **{
            ("python.platform.tf_logging", name): functools.partial(_set_function, name)
            for name in _LOGGED
        },
    }


def _set_dtype_behavior(is_as_in_version_2):
    if is_as_in_version_2:
        policies.enable_v2_dtype_behavior()
    else:
        policies.disable_v2_dtype_behavior()


def _set_function(name, function):
    """Has a mock get what would be logged; what else a test sets is what was there before it."""
    is_mock = isinstance(function, unittest.mock.Mock)
    setattr(logging, name, function if is_mock else _LOGGED[name])


class OfTpus:
    """What no strategy here is; tests ask whether theirs is one."""

    def __init__(self, *args, **kwargs):
        NOTES.use("distribute.tpu_strategy.TPUStrategy")


class Benchmark:
    """A base of benchmarks, which are not run."""


def _of_tests(tree, test_case):
    return {
        "Benchmark": Benchmark,
        "TestCase": test_case,
        "gpu_device_name": lambda: "",
        "is_built_with_cuda": lambda: False,
        "is_built_with_rocm": lambda: False,
        "is_gpu_available": lambda *args, **kwargs: False,
        "main": _nothing,
        "mock": unittest.mock,
        "test_src_dir_path": lambda path: os.path.join(tree, path),
    }


def _nothing(*args, **kwargs):
    """In place of what runs a main program: the tests are run by us."""


def _exported(*args, **kwargs):
    """A decorator that changes nothing."""
    return lambda function: function
