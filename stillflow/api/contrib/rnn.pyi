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
from stillflow.layers.recurrent.cell import LayerRNNCell as LayerRNNCell
from stillflow.layers.recurrent.cell import RNNCell as RNNCell
from stillflow.layers.recurrent.dropout import DropoutWrapper as DropoutWrapper
from stillflow.layers.recurrent.dynamic import (
    best_effort_input_batch_size as best_effort_input_batch_size,
)
from stillflow.layers.recurrent.dynamic import transpose_batch_time as transpose_batch_time
from stillflow.layers.recurrent.lstm import BasicLSTMCell as BasicLSTMCell
from stillflow.layers.recurrent.lstm import LSTMCell as LSTMCell
from stillflow.layers.recurrent.lstm import LSTMStateTuple as LSTMStateTuple
from stillflow.layers.recurrent.multi import MultiRNNCell as MultiRNNCell
from stillflow.layers.recurrent.static import static_rnn as static_rnn
from stillflow.layers.recurrent.static import static_state_saving_rnn as static_state_saving_rnn
from stillflow.layers.recurrent.wrapping import DeviceWrapper as DeviceWrapper
from stillflow.layers.recurrent.wrapping import ResidualWrapper as ResidualWrapper
