"""`tf.distribute`: one program built for several replicas, on the devices of one machine."""
