from stillflow.api.contrib.tfprof import model_analyzer as model_analyzer
from stillflow.api.contrib.tfprof import tfprof_logger as tfprof_logger
from stillflow.monitored.profile_context import ProfileContext as ProfileContext
