from stillflow.input.columns.contrib.crossed import crossed_column as crossed_column
from stillflow.input.columns.contrib.embedding import embedding_column as embedding_column
from stillflow.input.columns.contrib.embedding import one_hot_column as one_hot_column
from stillflow.input.columns.contrib.embedding import (
    scattered_embedding_column as scattered_embedding_column,
)
from stillflow.input.columns.contrib.embedding import (
    shared_embedding_columns as shared_embedding_columns,
)
from stillflow.input.columns.contrib.examples import (
    parse_feature_columns_from_examples as parse_feature_columns_from_examples,
)
from stillflow.input.columns.contrib.examples import (
    parse_feature_columns_from_sequence_examples as _parse_sequence_examples,
)
from stillflow.input.columns.contrib.layers import check_feature_columns as check_feature_columns
from stillflow.input.columns.contrib.layers import (
    infer_real_valued_columns as infer_real_valued_columns,
)
from stillflow.input.columns.contrib.layers import (
    input_from_feature_columns as input_from_feature_columns,
)
from stillflow.input.columns.contrib.layers import (
    joint_weighted_sum_from_feature_columns as joint_weighted_sum_from_feature_columns,
)
from stillflow.input.columns.contrib.layers import (
    sequence_input_from_feature_columns as sequence_input_from_feature_columns,
)
from stillflow.input.columns.contrib.layers import transform_features as transform_features
from stillflow.input.columns.contrib.layers import (
    weighted_sum_from_feature_columns as weighted_sum_from_feature_columns,
)
from stillflow.input.columns.contrib.parsing import (
    create_feature_spec_for_parsing as create_feature_spec_for_parsing,
)
from stillflow.input.columns.contrib.parsing import (
    make_place_holder_tensors_for_base_features as make_place_holder_tensors_for_base_features,
)
from stillflow.input.columns.contrib.real_valued import bucketized_column as bucketized_column
from stillflow.input.columns.contrib.real_valued import real_valued_column as real_valued_column
from stillflow.input.columns.contrib.sparse import (
    sparse_column_with_hash_bucket as sparse_column_with_hash_bucket,
)
from stillflow.input.columns.contrib.sparse import (
    sparse_column_with_integerized_feature as sparse_column_with_integerized_feature,
)
from stillflow.input.columns.contrib.sparse import (
    sparse_column_with_keys as sparse_column_with_keys,
)
from stillflow.input.columns.contrib.sparse import (
    sparse_column_with_vocabulary_file as sparse_column_with_vocabulary_file,
)
from stillflow.input.columns.contrib.sparse import weighted_sparse_column as weighted_sparse_column
from stillflow.layers.contrib.arranging import dense_to_sparse as dense_to_sparse
from stillflow.layers.contrib.arranging import images_to_sequence as images_to_sequence
from stillflow.layers.contrib.arranging import maxout as maxout
from stillflow.layers.contrib.arranging import one_hot_encoding as one_hot_encoding
from stillflow.layers.contrib.arranging import sequence_to_images as sequence_to_images
from stillflow.layers.contrib.arranging import softmax as softmax
from stillflow.layers.contrib.batch_norm import batch_norm as batch_norm
from stillflow.layers.contrib.biased import bias_add as bias_add
from stillflow.layers.contrib.biased import conv2d_in_plane as conv2d_in_plane
from stillflow.layers.contrib.biased import convolution2d_in_plane as convolution2d_in_plane
from stillflow.layers.contrib.biased import legacy_fully_connected as legacy_fully_connected
from stillflow.layers.contrib.biased import legacy_linear as legacy_linear
from stillflow.layers.contrib.biased import legacy_relu as legacy_relu
from stillflow.layers.contrib.composing import repeat as repeat
from stillflow.layers.contrib.composing import stack as stack
from stillflow.layers.contrib.convolution import conv1d as conv1d
from stillflow.layers.contrib.convolution import conv2d as conv2d
from stillflow.layers.contrib.convolution import conv2d_transpose as conv2d_transpose
from stillflow.layers.contrib.convolution import conv3d as conv3d
from stillflow.layers.contrib.convolution import conv3d_transpose as conv3d_transpose
from stillflow.layers.contrib.convolution import convolution as convolution
from stillflow.layers.contrib.convolution import convolution1d as convolution1d
from stillflow.layers.contrib.convolution import convolution2d as convolution2d
from stillflow.layers.contrib.convolution import convolution2d_transpose as convolution2d_transpose
from stillflow.layers.contrib.convolution import convolution3d as convolution3d
from stillflow.layers.contrib.convolution import convolution3d_transpose as convolution3d_transpose
from stillflow.layers.contrib.dense import dropout as dropout
from stillflow.layers.contrib.dense import elu as elu
from stillflow.layers.contrib.dense import flatten as flatten
from stillflow.layers.contrib.dense import fully_connected as fully_connected
from stillflow.layers.contrib.dense import linear as linear
from stillflow.layers.contrib.dense import relu as relu
from stillflow.layers.contrib.dense import relu6 as relu6
from stillflow.layers.contrib.embedding import embed_sequence as embed_sequence
from stillflow.layers.contrib.embedding import embedding_lookup_unique as embedding_lookup_unique
from stillflow.layers.contrib.gdn import GDN as GDN
from stillflow.layers.contrib.gdn import gdn as gdn
from stillflow.layers.contrib.norms import group_norm as group_norm
from stillflow.layers.contrib.norms import instance_norm as instance_norm
from stillflow.layers.contrib.norms import layer_norm as layer_norm
from stillflow.layers.contrib.norms import unit_norm as unit_norm
from stillflow.layers.contrib.optimizing import OPTIMIZER_CLS_NAMES as OPTIMIZER_CLS_NAMES
from stillflow.layers.contrib.optimizing import OPTIMIZER_SUMMARIES as OPTIMIZER_SUMMARIES
from stillflow.layers.contrib.optimizing import optimize_loss as optimize_loss
from stillflow.layers.contrib.pooling import avg_pool2d as avg_pool2d
from stillflow.layers.contrib.pooling import avg_pool3d as avg_pool3d
from stillflow.layers.contrib.pooling import max_pool2d as max_pool2d
from stillflow.layers.contrib.pooling import max_pool3d as max_pool3d
from stillflow.layers.contrib.recomputing import recompute_grad as recompute_grad
from stillflow.layers.contrib.reversible import RevBlock as RevBlock
from stillflow.layers.contrib.reversible import rev_block as rev_block
from stillflow.layers.contrib.scaling import scale_gradient as scale_gradient
from stillflow.layers.contrib.separable import separable_conv2d as separable_conv2d
from stillflow.layers.contrib.separable import separable_convolution2d as separable_convolution2d
from stillflow.layers.contrib.sparse_embedding import bow_encoder as bow_encoder
from stillflow.layers.contrib.sparse_embedding import (
    safe_embedding_lookup_sparse as safe_embedding_lookup_sparse,
)
from stillflow.layers.contrib.spatial import spatial_softmax as spatial_softmax
from stillflow.layers.contrib.summarizing import summarize_activation as summarize_activation
from stillflow.layers.contrib.summarizing import summarize_activations as summarize_activations
from stillflow.layers.contrib.summarizing import summarize_collection as summarize_collection
from stillflow.layers.contrib.summarizing import summarize_tensor as summarize_tensor
from stillflow.layers.contrib.summarizing import summarize_tensors as summarize_tensors
from stillflow.ops.sparse.feature_cross import (
    SPARSE_FEATURE_CROSS_DEFAULT_HASH_KEY as SPARSE_FEATURE_CROSS_DEFAULT_HASH_KEY,
)
from stillflow.ops.variables.contrib_initializers import (
    variance_scaling_initializer as variance_scaling_initializer,
)
from stillflow.ops.variables.contrib_initializers import xavier_initializer as xavier_initializer
from stillflow.ops.variables.contrib_initializers import (
    xavier_initializer_conv2d as xavier_initializer_conv2d,
)
from stillflow.ops.variables.regularizers import apply_regularization as apply_regularization
from stillflow.ops.variables.regularizers import l1_l2_regularizer as l1_l2_regularizer
from stillflow.ops.variables.regularizers import l1_regularizer as l1_regularizer
from stillflow.ops.variables.regularizers import l2_regularizer as l2_regularizer
from stillflow.ops.variables.regularizers import sum_regularizer as sum_regularizer

parse_feature_columns_from_sequence_examples = _parse_sequence_examples
