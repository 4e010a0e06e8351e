from stillflow.layers.recurrent.cudnn_compatible import (
    CudnnCompatibleGRUCell as CudnnCompatibleGRUCell,
)
from stillflow.layers.recurrent.cudnn_compatible import (
    CudnnCompatibleLSTMCell as CudnnCompatibleLSTMCell,
)
