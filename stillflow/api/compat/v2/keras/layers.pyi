from stillflow.keras.layers.recurrent.version2 import GRU as GRU
from stillflow.keras.layers.recurrent.version2 import LSTM as LSTM
from stillflow.keras.layers.recurrent.version2 import GRUCell as GRUCell
from stillflow.keras.layers.recurrent.version2 import LSTMCell as LSTMCell
