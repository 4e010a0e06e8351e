from stillflow.input.columns.sequence import (
    sequence_categorical_column_with_hash_bucket as sequence_categorical_column_with_hash_bucket,
)
from stillflow.input.columns.sequence import (
    sequence_categorical_column_with_identity as sequence_categorical_column_with_identity,
)
from stillflow.input.columns.sequence import (
    sequence_categorical_column_with_vocabulary_file as _with_file,
)
from stillflow.input.columns.sequence import (
    sequence_categorical_column_with_vocabulary_list as _with_list,
)
from stillflow.input.columns.sequence import sequence_numeric_column as sequence_numeric_column
from stillflow.input.columns.sequence_input import sequence_input_layer as sequence_input_layer

sequence_categorical_column_with_vocabulary_file = _with_file
sequence_categorical_column_with_vocabulary_list = _with_list
