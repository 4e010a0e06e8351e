"""`tf.constant` as programs name it: with it comes the vocabulary, Python's operators among it.

`declare.constants`, which makes constants for the language of declarations, loads no operation.
"""

from stillflow.declare.constants import constant as constant
