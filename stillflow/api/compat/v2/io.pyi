from stillflow.api.io import gfile as gfile
from stillflow.input.queues.producers import match_filenames_once as match_filenames_once
from stillflow.ops.image.decoding import decode_and_crop_jpeg as decode_and_crop_jpeg
from stillflow.ops.image.decoding import decode_bmp as decode_bmp
from stillflow.ops.image.decoding import decode_gif as decode_gif
from stillflow.ops.image.decoding import decode_jpeg as decode_jpeg
from stillflow.ops.image.decoding import decode_png as decode_png
from stillflow.ops.image.decoding import encode_jpeg as encode_jpeg
from stillflow.ops.image.decoding import extract_jpeg_shape as extract_jpeg_shape
from stillflow.ops.image.files import decode_image as decode_image
from stillflow.ops.image.files import is_jpeg as is_jpeg
from stillflow.ops.io.files import matching_files as matching_files
from stillflow.ops.io.files import read_file as read_file
from stillflow.ops.io.files import write_file as write_file
from stillflow.ops.parsing.features import FixedLenFeature as FixedLenFeature
from stillflow.ops.parsing.features import FixedLenSequenceFeature as FixedLenSequenceFeature
from stillflow.ops.parsing.features import SparseFeature as SparseFeature
from stillflow.ops.parsing.features import VarLenFeature as VarLenFeature
from stillflow.ops.parsing.parse_sequence_example import (
    parse_sequence_example as parse_sequence_example,
)
from stillflow.ops.parsing.parse_sequence_example import (
    parse_single_sequence_example as parse_single_sequence_example,
)
from stillflow.ops.parsing.raw import decode_raw_v2
from stillflow.ops.parsing.serialized import decode_compressed as decode_compressed
from stillflow.ops.parsing.serialized import decode_json_example as decode_json_example
from stillflow.ops.parsing.serialized import parse_tensor as parse_tensor
from stillflow.ops.parsing.serialized import serialize_tensor as serialize_tensor
from stillflow.ops.sparse.serializing import deserialize_many_sparse as deserialize_many_sparse
from stillflow.ops.strings.changing import decode_base64 as decode_base64
from stillflow.ops.strings.changing import encode_base64 as encode_base64
from stillflow.ops.version2.files import (
    decode_csv_v2,
    parse_example_v2,
    parse_single_example_v2,
    serialize_many_sparse_v2,
    serialize_sparse_v2,
)
from stillflow.platform.record_files import TFRecordOptions as TFRecordOptions
from stillflow.platform.record_files import TFRecordWriter as TFRecordWriter
from stillflow.train.graph_io import write_graph as write_graph

decode_csv = decode_csv_v2
decode_raw = decode_raw_v2
parse_example = parse_example_v2
parse_single_example = parse_single_example_v2
serialize_many_sparse = serialize_many_sparse_v2
serialize_sparse = serialize_sparse_v2
