from tensorboard.compat.proto.cluster_pb2 import ClusterDef as ClusterDef
from tensorboard.compat.proto.cluster_pb2 import JobDef as JobDef
from tensorboard.compat.proto.saver_pb2 import SaverDef as SaverDef

from stillflow.api.train import experimental as experimental
from stillflow.api.train import queue_runner as queue_runner
from stillflow.checkpoint.management import checkpoint_exists as checkpoint_exists
from stillflow.checkpoint.management import checkpoints_iterator as checkpoints_iterator
from stillflow.checkpoint.management import (
    generate_checkpoint_state_proto as generate_checkpoint_state_proto,
)
from stillflow.checkpoint.management import get_checkpoint_mtimes as get_checkpoint_mtimes
from stillflow.checkpoint.management import get_checkpoint_state as get_checkpoint_state
from stillflow.checkpoint.management import latest_checkpoint as latest_checkpoint
from stillflow.checkpoint.management import list_variables as list_variables
from stillflow.checkpoint.management import load_checkpoint as load_checkpoint
from stillflow.checkpoint.management import load_variable as load_variable
from stillflow.checkpoint.management import remove_checkpoint as remove_checkpoint
from stillflow.checkpoint.management import update_checkpoint_state as update_checkpoint_state
from stillflow.checkpoint.reader import new_checkpoint_reader
from stillflow.events.event_file import summary_iterator as summary_iterator
from stillflow.graph.protos.example import BytesList as BytesList
from stillflow.graph.protos.example import Example as Example
from stillflow.graph.protos.example import Feature as Feature
from stillflow.graph.protos.example import FeatureList as FeatureList
from stillflow.graph.protos.example import FeatureLists as FeatureLists
from stillflow.graph.protos.example import Features as Features
from stillflow.graph.protos.example import FloatList as FloatList
from stillflow.graph.protos.example import Int64List as Int64List
from stillflow.graph.protos.example import SequenceExample as SequenceExample
from stillflow.input.queues.batching import batch as batch
from stillflow.input.queues.batching import batch_join as batch_join
from stillflow.input.queues.batching import maybe_batch as maybe_batch
from stillflow.input.queues.batching import maybe_batch_join as maybe_batch_join
from stillflow.input.queues.batching import maybe_shuffle_batch as maybe_shuffle_batch
from stillflow.input.queues.batching import maybe_shuffle_batch_join as maybe_shuffle_batch_join
from stillflow.input.queues.batching import shuffle_batch as shuffle_batch
from stillflow.input.queues.batching import shuffle_batch_join as shuffle_batch_join
from stillflow.input.queues.producers import input_producer as input_producer
from stillflow.input.queues.producers import limit_epochs as limit_epochs
from stillflow.input.queues.producers import match_filenames_once as match_filenames_once
from stillflow.input.queues.producers import range_input_producer as range_input_producer
from stillflow.input.queues.producers import slice_input_producer as slice_input_producer
from stillflow.input.queues.producers import string_input_producer as string_input_producer
from stillflow.interchange.meta_graph import import_meta_graph as import_meta_graph
from stillflow.monitored.basic_loops import basic_train_loop as basic_train_loop
from stillflow.monitored.creators import ChiefSessionCreator as ChiefSessionCreator
from stillflow.monitored.creators import SessionCreator as SessionCreator
from stillflow.monitored.creators import WorkerSessionCreator as WorkerSessionCreator
from stillflow.monitored.hook import SessionRunArgs as SessionRunArgs
from stillflow.monitored.hook import SessionRunContext as SessionRunContext
from stillflow.monitored.hook import SessionRunHook as SessionRunHook
from stillflow.monitored.hook import SessionRunValues as SessionRunValues
from stillflow.monitored.logging_hooks import LoggingTensorHook as LoggingTensorHook
from stillflow.monitored.logging_hooks import (
    NanLossDuringTrainingError as NanLossDuringTrainingError,
)
from stillflow.monitored.logging_hooks import NanTensorHook as NanTensorHook
from stillflow.monitored.recording import ProfilerHook as ProfilerHook
from stillflow.monitored.recording import StepCounterHook as StepCounterHook
from stillflow.monitored.recording import SummarySaverHook as SummarySaverHook
from stillflow.monitored.saving import CheckpointSaverHook as CheckpointSaverHook
from stillflow.monitored.saving import CheckpointSaverListener as CheckpointSaverListener
from stillflow.monitored.scaffold import Scaffold as Scaffold
from stillflow.monitored.session_manager import SessionManager as SessionManager
from stillflow.monitored.sessions import MonitoredSession as MonitoredSession
from stillflow.monitored.sessions import SingularMonitoredSession as SingularMonitoredSession
from stillflow.monitored.stopping import FeedFnHook as FeedFnHook
from stillflow.monitored.stopping import FinalOpsHook as FinalOpsHook
from stillflow.monitored.stopping import GlobalStepWaiterHook as GlobalStepWaiterHook
from stillflow.monitored.stopping import StopAtStepHook as StopAtStepHook
from stillflow.monitored.supervisor import Supervisor as Supervisor
from stillflow.monitored.sync_replicas import SyncReplicasOptimizer as SyncReplicasOptimizer
from stillflow.monitored.timers import SecondOrStepTimer as SecondOrStepTimer
from stillflow.monitored.training_session import (
    MonitoredTrainingSession as MonitoredTrainingSession,
)
from stillflow.train.adadelta import AdadeltaOptimizer as AdadeltaOptimizer
from stillflow.train.adagrad import AdagradOptimizer as AdagradOptimizer
from stillflow.train.adagrad_da import AdagradDAOptimizer as AdagradDAOptimizer
from stillflow.train.adam import AdamOptimizer as AdamOptimizer
from stillflow.train.checkpoint_init import init_from_checkpoint as init_from_checkpoint
from stillflow.train.coordinator import Coordinator as Coordinator
from stillflow.train.coordinator import LooperThread as LooperThread
from stillflow.train.distributing.cluster_spec import ClusterSpec as ClusterSpec
from stillflow.train.distributing.device_setter import (
    replica_device_setter as replica_device_setter,
)
from stillflow.train.distributing.server import Server as Server
from stillflow.train.distributing.server_def import ServerDef as ServerDef
from stillflow.train.ftrl import FtrlOptimizer as FtrlOptimizer
from stillflow.train.gradient_descent import GradientDescentOptimizer as GradientDescentOptimizer
from stillflow.train.graph_io import write_graph as write_graph
from stillflow.train.learning_rate_decay import cosine_decay as cosine_decay
from stillflow.train.learning_rate_decay import cosine_decay_restarts as cosine_decay_restarts
from stillflow.train.learning_rate_decay import exponential_decay as exponential_decay
from stillflow.train.learning_rate_decay import inverse_time_decay as inverse_time_decay
from stillflow.train.learning_rate_decay import linear_cosine_decay as linear_cosine_decay
from stillflow.train.learning_rate_decay import natural_exp_decay as natural_exp_decay
from stillflow.train.learning_rate_decay import (
    noisy_linear_cosine_decay as noisy_linear_cosine_decay,
)
from stillflow.train.learning_rate_decay import piecewise_constant as piecewise_constant
from stillflow.train.learning_rate_decay import polynomial_decay as polynomial_decay
from stillflow.train.meta_graph import export_meta_graph as export_meta_graph
from stillflow.train.momentum import MomentumOptimizer as MomentumOptimizer
from stillflow.train.moving_averages import ExponentialMovingAverage as ExponentialMovingAverage
from stillflow.train.objects.checkpoint import Checkpoint as Checkpoint
from stillflow.train.objects.manager import CheckpointManager as CheckpointManager
from stillflow.train.optimizer import Optimizer as Optimizer
from stillflow.train.proximal import ProximalAdagradOptimizer as ProximalAdagradOptimizer
from stillflow.train.proximal import (
    ProximalGradientDescentOptimizer as ProximalGradientDescentOptimizer,
)
from stillflow.train.queue_runner import QueueRunner as QueueRunner
from stillflow.train.queue_runner import add_queue_runner as add_queue_runner
from stillflow.train.queue_runner import start_queue_runners as start_queue_runners
from stillflow.train.rmsprop import RMSPropOptimizer as RMSPropOptimizer
from stillflow.train.saver import Saver as Saver
from stillflow.train.training_util import assert_global_step as assert_global_step
from stillflow.train.training_util import create_global_step as create_global_step
from stillflow.train.training_util import get_global_step as get_global_step
from stillflow.train.training_util import get_or_create_global_step as get_or_create_global_step
from stillflow.train.training_util import global_step as global_step
from stillflow.train.warm_start import VocabInfo as VocabInfo
from stillflow.train.warm_start import warm_start as warm_start

NewCheckpointReader = new_checkpoint_reader
piecewise_constant_decay = piecewise_constant
