from stillflow.layers.recurrent.attention_cell import AttentionCellWrapper as AttentionCellWrapper
from stillflow.layers.recurrent.basic import BasicRNNCell as BasicRNNCell
from stillflow.layers.recurrent.basic import GRUCell as GRUCell
from stillflow.layers.recurrent.bidirectional import (
    stack_bidirectional_dynamic_rnn as stack_bidirectional_dynamic_rnn,
)
from stillflow.layers.recurrent.bidirectional import (
    stack_bidirectional_rnn as stack_bidirectional_rnn,
)
from stillflow.layers.recurrent.bidirectional import (
    static_bidirectional_rnn as static_bidirectional_rnn,
)
from stillflow.layers.recurrent.block import GRUBlockCell as GRUBlockCell
from stillflow.layers.recurrent.block import GRUBlockCellV2 as GRUBlockCellV2
from stillflow.layers.recurrent.block import LSTMBlockCell as LSTMBlockCell
from stillflow.layers.recurrent.block import LSTMBlockFusedCell as LSTMBlockFusedCell
from stillflow.layers.recurrent.block import LSTMBlockWrapper as LSTMBlockWrapper
from stillflow.layers.recurrent.cell import LayerRNNCell as LayerRNNCell
from stillflow.layers.recurrent.cell import RNNCell as RNNCell
from stillflow.layers.recurrent.compiled import CompiledWrapper as CompiledWrapper
from stillflow.layers.recurrent.convolutional import Conv1DLSTMCell as Conv1DLSTMCell
from stillflow.layers.recurrent.convolutional import Conv2DLSTMCell as Conv2DLSTMCell
from stillflow.layers.recurrent.convolutional import Conv3DLSTMCell as Conv3DLSTMCell
from stillflow.layers.recurrent.convolutional import ConvLSTMCell as ConvLSTMCell
from stillflow.layers.recurrent.coupled import (
    CoupledInputForgetGateLSTMCell as CoupledInputForgetGateLSTMCell,
)
from stillflow.layers.recurrent.dropout import DropoutWrapper as DropoutWrapper
from stillflow.layers.recurrent.dynamic import (
    best_effort_input_batch_size as best_effort_input_batch_size,
)
from stillflow.layers.recurrent.dynamic import transpose_batch_time as transpose_batch_time
from stillflow.layers.recurrent.frequencies import TimeFreqLSTMCell as TimeFreqLSTMCell
from stillflow.layers.recurrent.fused import FusedRNNCell as FusedRNNCell
from stillflow.layers.recurrent.fused import FusedRNNCellAdaptor as FusedRNNCellAdaptor
from stillflow.layers.recurrent.fused import TimeReversedFusedRNN as TimeReversedFusedRNN
from stillflow.layers.recurrent.gated import IntersectionRNNCell as IntersectionRNNCell
from stillflow.layers.recurrent.gated import SRUCell as SRUCell
from stillflow.layers.recurrent.gated import UGRNNCell as UGRNNCell
from stillflow.layers.recurrent.grid import BidirectionalGridLSTMCell as BidirectionalGridLSTMCell
from stillflow.layers.recurrent.grid import GridLSTMCell as GridLSTMCell
from stillflow.layers.recurrent.grouped import GLSTMCell as GLSTMCell
from stillflow.layers.recurrent.highway import HighwayWrapper as HighwayWrapper
from stillflow.layers.recurrent.independent import IndRNNCell as IndRNNCell
from stillflow.layers.recurrent.independent import IndyGRUCell as IndyGRUCell
from stillflow.layers.recurrent.independent import IndyLSTMCell as IndyLSTMCell
from stillflow.layers.recurrent.lstm import BasicLSTMCell as BasicLSTMCell
from stillflow.layers.recurrent.lstm import LSTMCell as LSTMCell
from stillflow.layers.recurrent.lstm import LSTMStateTuple as LSTMStateTuple
from stillflow.layers.recurrent.multi import MultiRNNCell as MultiRNNCell
from stillflow.layers.recurrent.nas import NASCell as NASCell
from stillflow.layers.recurrent.normalized import LayerNormBasicLSTMCell as LayerNormBasicLSTMCell
from stillflow.layers.recurrent.phased import PhasedLSTMCell as PhasedLSTMCell
from stillflow.layers.recurrent.projections import EmbeddingWrapper as EmbeddingWrapper
from stillflow.layers.recurrent.projections import InputProjectionWrapper as InputProjectionWrapper
from stillflow.layers.recurrent.projections import (
    OutputProjectionWrapper as OutputProjectionWrapper,
)
from stillflow.layers.recurrent.static import static_rnn as static_rnn
from stillflow.layers.recurrent.static import static_state_saving_rnn as static_state_saving_rnn
from stillflow.layers.recurrent.wrapping import DeviceWrapper as DeviceWrapper
from stillflow.layers.recurrent.wrapping import ResidualWrapper as ResidualWrapper
