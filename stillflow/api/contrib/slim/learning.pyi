from stillflow.layers.slim.learning import add_gradients_summaries as add_gradients_summaries
from stillflow.layers.slim.learning import create_train_op as create_train_op
from stillflow.monitored.slim_learning import train as train
from stillflow.monitored.slim_learning import train_step as train_step
from stillflow.train.training_step import clip_gradient_norms as clip_gradient_norms
from stillflow.train.training_step import multiply_gradients as multiply_gradients
