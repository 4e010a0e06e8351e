"""What reads and writes records, with version 2's parameters."""

from __future__ import annotations

from stillflow.declare.respelling import respelled
from stillflow.ops.parsing.csv import decode_csv
from stillflow.ops.parsing.parse_example import parse_example, parse_single_example
from stillflow.ops.sparse.serializing import serialize_many_sparse, serialize_sparse

_EXAMPLES = "serialized features example_names name"

decode_csv_v2 = respelled(
    decode_csv, "records record_defaults field_delim use_quote_delim na_value select_cols name"
)
parse_example_v2 = respelled(parse_example, _EXAMPLES)
parse_single_example_v2 = respelled(parse_single_example, _EXAMPLES)
serialize_many_sparse_v2 = respelled(serialize_many_sparse, "sp_input out_type name")
serialize_sparse_v2 = respelled(serialize_sparse, "sp_input out_type name")
