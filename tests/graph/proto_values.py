"""Values that TensorProtos are made of, under TensorFlow and Stillflow."""

import base64
import collections

import numpy as np

#: id: arguments of `tf.make_tensor_proto`, types by name.
VALUES = collections.OrderedDict(
    float=([1.5],),
    floats=([1.0, 2.0, -0.5],),
    float_scalar=(0.25,),
    half=(np.float16(1.5),),
    halves=(np.array([1.5, -2.0], np.float16),),
    double=(np.float64(0.1),),
    doubles=([0.1, 0.2], "float64"),
    int=(7,),
    ints=([[1, 2], [3, 4]],),
    int8=(-1, "int8"),
    int8s=([-1, 2], "int8"),
    uint8s=([255, 0], "uint8"),
    int16s=([-300, 300], "int16"),
    uint16=(65535, "uint16"),
    int64=(2**40,),
    int64s=([2**40, -1],),
    complex=([1 + 2j], "complex64"),
    complexes=([1 + 2j, 3], "complex128"),
    text=("text",),
    texts=([[b"a", b"b"], [b"\xff", b""]],),
    truth=(True,),
    bfloat16=(3.0, "bfloat16"),
    filled=(0, "float32", [2, 3]),
    filled_with_last=([1.0, 2.0], "float32", [2, 2]),
    empty=([], "float32"),
    empty_matrix=(np.zeros((0, 3), np.int32),),
)


def encoded(tf, id):
    """The bytes of the TensorProto, as text, and its array as TensorFlow writes it."""
    value, dtype, shape = (*VALUES[id], None, None)[:3]
    proto = tf.make_tensor_proto(value, dtype and tf.as_dtype(dtype), shape)
    return base64.b64encode(proto.SerializeToString()).decode()
