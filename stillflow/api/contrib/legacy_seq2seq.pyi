from stillflow.layers.legacy_seq2seq.attending import attention_decoder as attention_decoder
from stillflow.layers.legacy_seq2seq.attending import (
    embedding_attention_decoder as embedding_attention_decoder,
)
from stillflow.layers.legacy_seq2seq.attending import (
    embedding_attention_seq2seq as embedding_attention_seq2seq,
)
from stillflow.layers.legacy_seq2seq.embedded import embedding_rnn_decoder as embedding_rnn_decoder
from stillflow.layers.legacy_seq2seq.embedded import embedding_rnn_seq2seq as embedding_rnn_seq2seq
from stillflow.layers.legacy_seq2seq.embedded import (
    embedding_tied_rnn_seq2seq as embedding_tied_rnn_seq2seq,
)
from stillflow.layers.legacy_seq2seq.embedded import one2many_rnn_seq2seq as one2many_rnn_seq2seq
from stillflow.layers.legacy_seq2seq.losses import model_with_buckets as model_with_buckets
from stillflow.layers.legacy_seq2seq.losses import sequence_loss as sequence_loss
from stillflow.layers.legacy_seq2seq.losses import (
    sequence_loss_by_example as sequence_loss_by_example,
)
from stillflow.layers.legacy_seq2seq.plain import basic_rnn_seq2seq as basic_rnn_seq2seq
from stillflow.layers.legacy_seq2seq.plain import rnn_decoder as rnn_decoder
from stillflow.layers.legacy_seq2seq.plain import tied_rnn_seq2seq as tied_rnn_seq2seq
