"""Reductions over axes, under one name for the other families."""

from stillflow.ops.reduce.argmax import argmax as argmax
from stillflow.ops.reduce.argmax import argmax_op as argmax_op
from stillflow.ops.reduce.argmax import argmin as argmin
from stillflow.ops.reduce.argmax import argmin_op as argmin_op
from stillflow.ops.reduce.composed import count_nonzero as count_nonzero
from stillflow.ops.reduce.composed import reduce_logsumexp as reduce_logsumexp
from stillflow.ops.reduce.composed import reduce_std as reduce_std
from stillflow.ops.reduce.composed import reduce_variance as reduce_variance
from stillflow.ops.reduce.functions import all_axes as all_axes
from stillflow.ops.reduce.functions import reduce_all as reduce_all
from stillflow.ops.reduce.functions import reduce_any as reduce_any
from stillflow.ops.reduce.functions import reduce_euclidean_norm as reduce_euclidean_norm
from stillflow.ops.reduce.functions import reduce_max as reduce_max
from stillflow.ops.reduce.functions import reduce_mean as reduce_mean
from stillflow.ops.reduce.functions import reduce_min as reduce_min
from stillflow.ops.reduce.functions import reduce_prod as reduce_prod
from stillflow.ops.reduce.functions import reduce_sum as reduce_sum
from stillflow.ops.reduce.functions import reduced as reduced
from stillflow.ops.reduce.reducing import all_op as all_op
from stillflow.ops.reduce.reducing import any_op as any_op
from stillflow.ops.reduce.reducing import euclidean_norm_op as euclidean_norm_op
from stillflow.ops.reduce.reducing import max_op as max_op
from stillflow.ops.reduce.reducing import mean_op as mean_op
from stillflow.ops.reduce.reducing import min_op as min_op
from stillflow.ops.reduce.reducing import prod_op as prod_op
from stillflow.ops.reduce.reducing import sum_op as sum_op
