from stillflow.learn.monitors.adapting import RunHookAdapterForMonitors as RunHookAdapterForMonitors
from stillflow.learn.monitors.adapting import (
    replace_monitors_with_hooks as replace_monitors_with_hooks,
)
from stillflow.learn.monitors.base import BaseMonitor as BaseMonitor
from stillflow.learn.monitors.base import EveryN as EveryN
from stillflow.learn.monitors.base import StopAtStep as StopAtStep
from stillflow.learn.monitors.recording import CheckpointSaver as CheckpointSaver
from stillflow.learn.monitors.recording import StepCounter as StepCounter
from stillflow.learn.monitors.recording import SummarySaver as SummarySaver
from stillflow.learn.monitors.recording import get_default_monitors as get_default_monitors
from stillflow.learn.monitors.showing import CaptureVariable as CaptureVariable
from stillflow.learn.monitors.showing import GraphDump as GraphDump
from stillflow.learn.monitors.showing import LoggingTrainable as LoggingTrainable
from stillflow.learn.monitors.showing import PrintTensor as PrintTensor
from stillflow.learn.monitors.validating import ExportMonitor as ExportMonitor
from stillflow.learn.monitors.validating import NanLoss as NanLoss
from stillflow.learn.monitors.validating import (
    NanLossDuringTrainingError as NanLossDuringTrainingError,
)
from stillflow.learn.monitors.validating import ValidationMonitor as ValidationMonitor
