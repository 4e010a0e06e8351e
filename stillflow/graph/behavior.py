"""The switches between TensorFlow 1 and 2, all of which stand at 1 here."""


def stay_at_1() -> None:
    """`tf.disable_v2_behavior` and its kin: nothing to do. What `enable_...` names is not there."""


def is_at_2() -> bool:
    """`tf.executing_eagerly` and its kin: False."""
    return False
