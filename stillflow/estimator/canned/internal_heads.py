"""TensorFlow's internal builders of heads, which sum losses unless they are told otherwise."""

from __future__ import annotations

import functools

from stillflow.estimator.canned.binary import binary_classification_head
from stillflow.estimator.canned.multi_class import multi_class_head
from stillflow.estimator.canned.regression import regression_head
from stillflow.ops.losses.weighting import Reduction

summed_binary_head = functools.partial(binary_classification_head, loss_reduction=Reduction.SUM)
summed_multi_class_head = functools.partial(multi_class_head, loss_reduction=Reduction.SUM)
summed_regression_head = functools.partial(regression_head, loss_reduction=Reduction.SUM)
