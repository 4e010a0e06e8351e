from stillflow.ops.io.wav import decode_wav as decode_wav
from stillflow.ops.io.wav import encode_wav as encode_wav
