from stillflow.train.hparams.hparams import HParams as HParams
from stillflow.train.hparams.parsing import parse_values as parse_values
from stillflow.train.training_step import add_gradients_summaries as add_gradients_summaries
from stillflow.train.training_step import clip_gradient_norms as clip_gradient_norms
from stillflow.train.training_step import clip_gradient_norms_fn as clip_gradient_norms_fn
from stillflow.train.training_step import create_train_op as create_train_op
from stillflow.train.training_step import multiply_gradients as multiply_gradients
