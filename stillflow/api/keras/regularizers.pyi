from stillflow.layers.identifiers import (
    deserialize_regularizer,
    regularizer_of,
    serialize_regularizer,
)
from stillflow.layers.regularizers import L1L2 as L1L2
from stillflow.layers.regularizers import Regularizer as Regularizer
from stillflow.layers.regularizers import l1 as l1
from stillflow.layers.regularizers import l1_l2 as l1_l2
from stillflow.layers.regularizers import l2 as l2

deserialize = deserialize_regularizer
get = regularizer_of
serialize = serialize_regularizer
