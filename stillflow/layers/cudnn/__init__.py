"""`tf.contrib.cudnn_rnn`: whole networks of cuDNN as one op, on any device."""
