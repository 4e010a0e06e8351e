from stillflow.layers.activations import elu as elu
from stillflow.layers.activations import exponential as exponential
from stillflow.layers.activations import hard_sigmoid as hard_sigmoid
from stillflow.layers.activations import linear as linear
from stillflow.layers.activations import relu as relu
from stillflow.layers.activations import selu as selu
from stillflow.layers.activations import sigmoid as sigmoid
from stillflow.layers.activations import softmax as softmax
from stillflow.layers.activations import softplus as softplus
from stillflow.layers.activations import softsign as softsign
from stillflow.layers.activations import tanh as tanh
from stillflow.layers.identifiers import activation_of, deserialize_activation, serialize_activation

deserialize = deserialize_activation
get = activation_of
serialize = serialize_activation
