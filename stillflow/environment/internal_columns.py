"""What TensorFlow's internal modules of feature columns hold, as `internal_tables` has it."""

from __future__ import annotations

Members = dict[str, str]


def _of_columns(prefix: str) -> Members:
    """The classes and functions of columns, whose names begin so in one of the modules."""
    classes = {
        "categorical": "HashedCategoricalColumn IdentityCategoricalColumn",
        "combined": "CrossedColumn WeightedCategoricalColumn",
        "embedding": "EmbeddingColumn",
        "indicator": "IndicatorColumn",
        "numeric": "BucketizedColumn NumericColumn",
        "sequence": "SequenceCategoricalColumn",
        "vocabulary": "VocabularyFileCategoricalColumn VocabularyListCategoricalColumn",
    }
    functions = {
        "categorical": "categorical_column_with_hash_bucket categorical_column_with_identity",
        "combined": "crossed_column weighted_categorical_column",
        "embedding": "embedding_column",
        "indicator": "indicator_column",
        "numeric": "bucketized_column numeric_column",
        "sequence": "",
        "vocabulary": (
            "categorical_column_with_vocabulary_file categorical_column_with_vocabulary_list"
        ),
    }
    return {
        f"stillflow.input.columns.{module}": " ".join(
            f"{prefix}{name}={name}" for name in f"{classes[module]} {functions[module]}".split()
        )
        for module in classes
    }


_COLUMNS_V1 = _of_columns("_")
_COLUMNS_V2 = _of_columns("")


# {internal module: {module of ours: names}}
COLUMNS: dict[str, Members] = {
    "contrib.feature_column.python.feature_column.sequence_feature_column": {
        "stillflow.input.columns.sequence_input": "concatenate_context_input",
    },
    "contrib.layers.python.layers.embedding_ops": {
        "stillflow.layers.contrib.aggregated_embedding": (
            "embedding_lookup_sparse_with_distributed_aggregation"
        ),
        "stillflow.layers.contrib.scattered_embedding": (
            "_sampled_scattered_embedding_lookup=sampled_lookup "
            "_sampled_scattered_embedding_lookup_sparse=sampled_lookup_sparse "
            "scattered_embedding_lookup scattered_embedding_lookup_sparse"
        ),
    },
    "contrib.layers.python.layers.feature_column": {
        "stillflow.input.columns.contrib.column": (
            "_DeepEmbeddingLookupArguments=Embedding _FeatureColumn=ContribColumn "
            "_LinearEmbeddingLookupArguments=WeightedSum"
        ),
        "stillflow.input.columns.contrib.crossed": "_CrossedColumn=CrossedColumn",
        "stillflow.input.columns.contrib.embedding": (
            "_EmbeddingColumn=EmbeddingColumn _OneHotColumn=OneHotColumn "
            "_ScatteredEmbeddingColumn=ScatteredEmbeddingColumn"
        ),
        "stillflow.input.columns.contrib.parsing": (
            "_create_sequence_feature_spec_for_parsing=sequence_feature_spec"
        ),
        "stillflow.input.columns.contrib.real_valued": (
            "_BucketizedColumn=BucketizedColumn _RealValuedColumn=RealValuedColumn "
            "_RealValuedVarLenColumn=RealValuedVarLenColumn "
            "_real_valued_var_len_column=real_valued_var_len_column"
        ),
        "stillflow.input.columns.contrib.sparse": (
            "_SparseColumn=SparseColumn _SparseIdLookupConfig=SparseIdLookupConfig "
            "_WeightedSparseColumn=WeightedSparseColumn"
        ),
    },
    "contrib.layers.python.layers.feature_column_ops": {
        "stillflow.input.columns.contrib.layers": "_Transformer=Transformer",
    },
    "contrib.layers.python.ops.sparse_feature_cross_op": {
        "stillflow.ops.sparse.feature_cross": "sparse_feature_cross",
    },
    "python.feature_column.dense_features": {
        "stillflow.input.columns.feature_layers": "DenseFeatures",
    },
    "python.feature_column.dense_features_v2": {
        "stillflow.input.columns.feature_layers": "DenseFeatures=ScopedDenseFeatures",
    },
    "python.feature_column.feature_column": {
        **_COLUMNS_V1,
        "stillflow.input.columns.column": (
            "_CategoricalColumn=OldCategoricalColumn _DenseColumn=OldDenseColumn "
            "_FeatureColumn=OldFeatureColumn _SequenceDenseColumn=OldSequenceDenseColumn"
        ),
        "stillflow.input.columns.features": "_LazyBuilder=LazyBuilder",
        "stillflow.input.columns.input_layer": "InputLayer",
        "stillflow.input.columns.linear_model": "_LinearModel=LinearModel",
        "stillflow.input.columns.transforming": "_transform_features=transform_features",
    },
    "python.feature_column.feature_column_lib": {
        **_COLUMNS_V2,
        "stillflow.input.columns.column": (
            "CategoricalColumn DenseColumn FeatureColumn SequenceDenseColumn is_feature_column_v2"
        ),
        "stillflow.input.columns.configs": (
            "deserialize_feature_column deserialize_feature_columns serialize_feature_column "
            "serialize_feature_columns"
        ),
        "stillflow.input.columns.feature_layers": "DenseFeatures LinearModel SequenceFeatures",
        "stillflow.input.columns.features": "FeatureTransformationCache",
        "stillflow.input.columns.input_layer": "InputLayer",
        "stillflow.input.columns.parse_spec": "make_parse_example_spec_v2",
        "stillflow.input.columns.sequence": "SequenceNumericColumn",
        "stillflow.input.columns.sequence_input": "concatenate_context_input",
        "stillflow.input.columns.shared_embedding": (
            "SharedEmbeddingColumn SharedEmbeddingColumnCreator shared_embedding_columns_v2"
        ),
        "stillflow.input.columns.state": "StateManager",
    },
    "python.feature_column.feature_column_v2": {
        **_COLUMNS_V2,
        "stillflow.input.columns.column": (
            "CategoricalColumn DenseColumn FeatureColumn SequenceDenseColumn is_feature_column_v2"
        ),
        "stillflow.input.columns.feature_layers": (
            "LinearModel _LinearModelLayer=LinearModelLayer"
        ),
        "stillflow.input.columns.features": "FeatureTransformationCache",
        "stillflow.input.columns.parse_spec": "make_parse_example_spec_v2",
        "stillflow.input.columns.shared_embedding": (
            "SharedEmbeddingColumn SharedEmbeddingColumnCreator shared_embedding_columns_v2"
        ),
        "stillflow.input.columns.state": "StateManager _StateManagerImpl=LayerState",
        "stillflow.input.columns.transforming": "_transform_features_v2=transform_features_v2",
    },
    "python.feature_column.serialization": {
        "stillflow.input.columns.configs": (
            "_column_name_with_class_name=column_name_with_class_name deserialize_feature_column "
            "deserialize_feature_columns serialize_feature_column serialize_feature_columns"
        ),
    },
    "python.feature_column.sequence_feature_column": {
        "stillflow.input.columns.feature_layers": (
            "SequenceFeatures _assert_all_equal_and_return=the_only"
        ),
        "stillflow.input.columns.sequence": "SequenceNumericColumn",
        "stillflow.input.columns.sequence_input": "concatenate_context_input",
    },
}
