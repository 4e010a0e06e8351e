from stillflow.learn.embedding_ops import categorical_variable as categorical_variable
from stillflow.learn.embedding_ops import embedding_lookup as embedding_lookup
from stillflow.learn.losses import mean_squared_error_regressor as mean_squared_error_regressor
from stillflow.learn.losses import softmax_classifier as softmax_classifier
from stillflow.learn.sequences import rnn_decoder as rnn_decoder
from stillflow.learn.sequences import rnn_seq2seq as rnn_seq2seq
from stillflow.learn.sequences import seq2seq_inputs as seq2seq_inputs
from stillflow.learn.sequences import sequence_classifier as sequence_classifier
