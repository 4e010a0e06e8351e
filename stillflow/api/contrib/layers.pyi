from stillflow.ops.variables.contrib_initializers import (
    variance_scaling_initializer as variance_scaling_initializer,
)
from stillflow.ops.variables.contrib_initializers import xavier_initializer as xavier_initializer
from stillflow.ops.variables.contrib_initializers import (
    xavier_initializer_conv2d as xavier_initializer_conv2d,
)
from stillflow.ops.variables.regularizers import apply_regularization as apply_regularization
from stillflow.ops.variables.regularizers import l1_l2_regularizer as l1_l2_regularizer
from stillflow.ops.variables.regularizers import l1_regularizer as l1_regularizer
from stillflow.ops.variables.regularizers import l2_regularizer as l2_regularizer
from stillflow.ops.variables.regularizers import sum_regularizer as sum_regularizer
