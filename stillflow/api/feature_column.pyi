from stillflow.input.columns.categorical import (
    categorical_column_with_hash_bucket as categorical_column_with_hash_bucket,
)
from stillflow.input.columns.categorical import (
    categorical_column_with_identity as categorical_column_with_identity,
)
from stillflow.input.columns.combined import crossed_column as crossed_column
from stillflow.input.columns.combined import (
    weighted_categorical_column as weighted_categorical_column,
)
from stillflow.input.columns.embedding import embedding_column as embedding_column
from stillflow.input.columns.embedding import shared_embedding_columns as shared_embedding_columns
from stillflow.input.columns.indicator import indicator_column as indicator_column
from stillflow.input.columns.input_layer import input_layer as input_layer
from stillflow.input.columns.linear_model import linear_model as linear_model
from stillflow.input.columns.numeric import bucketized_column as bucketized_column
from stillflow.input.columns.numeric import numeric_column as numeric_column
from stillflow.input.columns.parse_spec import make_parse_example_spec as make_parse_example_spec
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
from stillflow.input.columns.vocabulary import (
    categorical_column_with_vocabulary_file as categorical_column_with_vocabulary_file,
)
from stillflow.input.columns.vocabulary import (
    categorical_column_with_vocabulary_list as categorical_column_with_vocabulary_list,
)

sequence_categorical_column_with_vocabulary_file = _with_file
sequence_categorical_column_with_vocabulary_list = _with_list
