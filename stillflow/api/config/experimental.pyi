from stillflow.runtime.configuration import (
    VirtualDeviceConfiguration as VirtualDeviceConfiguration,
)
from stillflow.runtime.configuration import get_device_policy as get_device_policy
from stillflow.runtime.configuration import get_memory_growth as get_memory_growth
from stillflow.runtime.configuration import get_synchronous_execution as get_synchronous_execution
from stillflow.runtime.configuration import (
    get_virtual_device_configuration as get_virtual_device_configuration,
)
from stillflow.runtime.configuration import get_visible_devices as get_visible_devices
from stillflow.runtime.configuration import list_logical_devices as list_logical_devices
from stillflow.runtime.configuration import list_physical_devices as list_physical_devices
from stillflow.runtime.configuration import set_device_policy as set_device_policy
from stillflow.runtime.configuration import set_memory_growth as set_memory_growth
from stillflow.runtime.configuration import set_synchronous_execution as set_synchronous_execution
from stillflow.runtime.configuration import (
    set_virtual_device_configuration as set_virtual_device_configuration,
)
from stillflow.runtime.configuration import set_visible_devices as set_visible_devices
