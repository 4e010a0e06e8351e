"""What feeds a program: `tf.data`, queue runners, readers, feature columns."""
