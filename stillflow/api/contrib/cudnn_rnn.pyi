from stillflow.layers.cudnn.conversion import (
    CudnnParamsFormatConverterGRU as CudnnParamsFormatConverterGRU,
)
from stillflow.layers.cudnn.conversion import (
    CudnnParamsFormatConverterLSTM as CudnnParamsFormatConverterLSTM,
)
from stillflow.layers.cudnn.conversion import (
    CudnnParamsFormatConverterRelu as CudnnParamsFormatConverterRelu,
)
from stillflow.layers.cudnn.conversion import (
    CudnnParamsFormatConverterTanh as CudnnParamsFormatConverterTanh,
)
from stillflow.layers.cudnn.networks import CudnnGRU as CudnnGRU
from stillflow.layers.cudnn.networks import CudnnLSTM as CudnnLSTM
from stillflow.layers.cudnn.networks import CudnnRNNRelu as CudnnRNNRelu
from stillflow.layers.cudnn.networks import CudnnRNNTanh as CudnnRNNTanh
from stillflow.layers.cudnn.saveables import CudnnGRUSaveable as CudnnGRUSaveable
from stillflow.layers.cudnn.saveables import CudnnLSTMSaveable as CudnnLSTMSaveable
from stillflow.layers.cudnn.saveables import CudnnRNNReluSaveable as CudnnRNNReluSaveable
from stillflow.layers.cudnn.saveables import CudnnRNNTanhSaveable as CudnnRNNTanhSaveable
from stillflow.layers.recurrent.cudnn_compatible import (
    CudnnCompatibleGRUCell as CudnnCompatibleGRUCell,
)
from stillflow.layers.recurrent.cudnn_compatible import (
    CudnnCompatibleLSTMCell as CudnnCompatibleLSTMCell,
)
