from stillflow.checkpoint.management import checkpoints_iterator as checkpoints_iterator
from stillflow.checkpoint.management import wait_for_new_checkpoint as wait_for_new_checkpoint
from stillflow.estimator.inputs.feeding import FeedingQueueRunner as FeedingQueueRunner
from stillflow.input.queues.bucketing import bucket as bucket
from stillflow.input.queues.bucketing import (
    bucket_by_sequence_length as bucket_by_sequence_length,
)
from stillflow.input.queues.resampling import rejection_sample as rejection_sample
from stillflow.input.queues.resampling import resample_at_rate as resample_at_rate
from stillflow.input.queues.resampling import weighted_resample as weighted_resample
from stillflow.input.queues.sequence_batches import (
    NextQueuedSequenceBatch as NextQueuedSequenceBatch,
)
from stillflow.input.queues.sequence_state_saver import (
    SequenceQueueingStateSaver as SequenceQueueingStateSaver,
)
from stillflow.input.queues.sequences_with_states import (
    batch_sequences_with_states as batch_sequences_with_states,
)
from stillflow.input.queues.stratified import stratified_sample as stratified_sample
from stillflow.monitored.contrib_training import train as train
from stillflow.monitored.evaluating import StopAfterNEvalsHook as StopAfterNEvalsHook
from stillflow.monitored.evaluating import SummaryAtEndHook as SummaryAtEndHook
from stillflow.monitored.evaluating import evaluate_once as evaluate_once
from stillflow.monitored.evaluating import evaluate_repeatedly as evaluate_repeatedly
from stillflow.monitored.evaluating import get_or_create_eval_step as get_or_create_eval_step
from stillflow.train.distributing.device_setter import (
    GreedyLoadBalancingStrategy as GreedyLoadBalancingStrategy,
)
from stillflow.train.distributing.device_setter import RandomStrategy as RandomStrategy
from stillflow.train.distributing.device_setter import byte_size_load_fn as byte_size_load_fn
from stillflow.train.hparams.hparams import HParams as HParams
from stillflow.train.hparams.parsing import parse_values as parse_values
from stillflow.train.training_step import add_gradients_summaries as add_gradients_summaries
from stillflow.train.training_step import clip_gradient_norms as clip_gradient_norms
from stillflow.train.training_step import clip_gradient_norms_fn as clip_gradient_norms_fn
from stillflow.train.training_step import create_train_op as create_train_op
from stillflow.train.training_step import multiply_gradients as multiply_gradients
