from stillflow.keras.layers.recurrent.lstm import PeepholeLSTMCell as PeepholeLSTMCell
