from stillflow.testing.environment import gpu_device_name as gpu_device_name
from stillflow.testing.environment import is_built_with_cuda as is_built_with_cuda
from stillflow.testing.environment import is_built_with_gpu_support as is_built_with_gpu_support
from stillflow.testing.environment import is_built_with_rocm as is_built_with_rocm
from stillflow.testing.environment import is_gpu_available as is_gpu_available
from stillflow.testing.environment import main as main
from stillflow.testing.test_case import TestCase as TestCase
