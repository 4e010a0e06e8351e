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
from stillflow.input.columns.indicator import indicator_column as indicator_column
from stillflow.input.columns.numeric import bucketized_column as bucketized_column
from stillflow.input.columns.numeric import numeric_column as numeric_column
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
    categorical_column_with_vocabulary_list as categorical_column_with_vocabulary_list,
)

sequence_categorical_column_with_vocabulary_file = _with_file
sequence_categorical_column_with_vocabulary_list = _with_list
