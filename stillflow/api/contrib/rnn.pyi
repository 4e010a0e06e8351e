from stillflow.layers.recurrent.bidirectional import (
    stack_bidirectional_dynamic_rnn as stack_bidirectional_dynamic_rnn,
)
from stillflow.layers.recurrent.bidirectional import (
    stack_bidirectional_rnn as stack_bidirectional_rnn,
)
from stillflow.layers.recurrent.bidirectional import (
    static_bidirectional_rnn as static_bidirectional_rnn,
)
from stillflow.layers.recurrent.dynamic import (
    best_effort_input_batch_size as best_effort_input_batch_size,
)
from stillflow.layers.recurrent.dynamic import transpose_batch_time as transpose_batch_time
from stillflow.layers.recurrent.static import static_rnn as static_rnn
from stillflow.layers.recurrent.static import static_state_saving_rnn as static_state_saving_rnn
