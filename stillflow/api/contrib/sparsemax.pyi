from stillflow.ops.nn.sparsemax import sparsemax as sparsemax
from stillflow.ops.nn.sparsemax import sparsemax_loss as sparsemax_loss
