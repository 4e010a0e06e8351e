"""`tf.contrib.seq2seq`: sequences made step by step, with attention, samples and beams."""
