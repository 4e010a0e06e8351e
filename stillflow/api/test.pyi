from unittest import mock as mock

from stillflow.testing.benchmark import Benchmark as Benchmark
from stillflow.testing.benchmark import benchmark_config as benchmark_config
from stillflow.testing.clusters import create_local_cluster as create_local_cluster
from stillflow.testing.environment import get_temp_dir as get_temp_dir
from stillflow.testing.environment import gpu_device_name as gpu_device_name
from stillflow.testing.environment import is_built_with_cuda as is_built_with_cuda
from stillflow.testing.environment import is_built_with_gpu_support as is_built_with_gpu_support
from stillflow.testing.environment import is_built_with_rocm as is_built_with_rocm
from stillflow.testing.environment import is_gpu_available as is_gpu_available
from stillflow.testing.environment import main as main
from stillflow.testing.environment import test_src_dir_path as test_src_dir_path
from stillflow.testing.graph_defs import assert_equal_graph_def as assert_equal_graph_def
from stillflow.testing.jacobians import compute_gradient as compute_gradient
from stillflow.testing.jacobians import compute_gradient_error as compute_gradient_error
from stillflow.testing.test_case import TestCase as TestCase
