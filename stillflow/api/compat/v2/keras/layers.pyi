from stillflow.input.columns.feature_layers import DenseFeatures as DenseFeatures
from stillflow.keras.engine.base_layer import Layer as Layer
from stillflow.keras.engine.input_layer import Input as Input
from stillflow.keras.engine.input_layer import InputLayer as InputLayer
from stillflow.keras.layers.activating import Activation as Activation
from stillflow.keras.layers.activating import ActivityRegularization as ActivityRegularization
from stillflow.keras.layers.concatenating import Concatenate as Concatenate
from stillflow.keras.layers.concatenating import concatenate as concatenate
from stillflow.keras.layers.cropping import Cropping1D as Cropping1D
from stillflow.keras.layers.cropping import Cropping2D as Cropping2D
from stillflow.keras.layers.cropping import Cropping3D as Cropping3D
from stillflow.keras.layers.dense_attention import AdditiveAttention as AdditiveAttention
from stillflow.keras.layers.dense_attention import Attention as Attention
from stillflow.keras.layers.depthwise import DepthwiseConv2D as DepthwiseConv2D
from stillflow.keras.layers.dot import Dot as Dot
from stillflow.keras.layers.dot import dot as dot
from stillflow.keras.layers.dropouts import SpatialDropout1D as SpatialDropout1D
from stillflow.keras.layers.dropouts import SpatialDropout2D as SpatialDropout2D
from stillflow.keras.layers.dropouts import SpatialDropout3D as SpatialDropout3D
from stillflow.keras.layers.elementwise import Add as Add
from stillflow.keras.layers.elementwise import Average as Average
from stillflow.keras.layers.elementwise import Maximum as Maximum
from stillflow.keras.layers.elementwise import Minimum as Minimum
from stillflow.keras.layers.elementwise import Multiply as Multiply
from stillflow.keras.layers.elementwise import Subtract as Subtract
from stillflow.keras.layers.elementwise import add as add
from stillflow.keras.layers.elementwise import average as average
from stillflow.keras.layers.elementwise import maximum as maximum
from stillflow.keras.layers.elementwise import minimum as minimum
from stillflow.keras.layers.elementwise import multiply as multiply
from stillflow.keras.layers.elementwise import subtract as subtract
from stillflow.keras.layers.embedding import Embedding as Embedding
from stillflow.keras.layers.function_layer import Lambda as Lambda
from stillflow.keras.layers.global_pooling import GlobalAveragePooling1D as GlobalAveragePooling1D
from stillflow.keras.layers.global_pooling import GlobalAveragePooling2D as GlobalAveragePooling2D
from stillflow.keras.layers.global_pooling import GlobalAveragePooling3D as GlobalAveragePooling3D
from stillflow.keras.layers.global_pooling import GlobalMaxPooling1D as GlobalMaxPooling1D
from stillflow.keras.layers.global_pooling import GlobalMaxPooling2D as GlobalMaxPooling2D
from stillflow.keras.layers.global_pooling import GlobalMaxPooling3D as GlobalMaxPooling3D
from stillflow.keras.layers.layer_normalization import LayerNormalization as LayerNormalization
from stillflow.keras.layers.local import LocallyConnected1D as LocallyConnected1D
from stillflow.keras.layers.local import LocallyConnected2D as LocallyConnected2D
from stillflow.keras.layers.masking import Masking as Masking
from stillflow.keras.layers.noise import AlphaDropout as AlphaDropout
from stillflow.keras.layers.noise import GaussianDropout as GaussianDropout
from stillflow.keras.layers.noise import GaussianNoise as GaussianNoise
from stillflow.keras.layers.normalization_v2 import BatchNormalization as BatchNormalization
from stillflow.keras.layers.rectifying import ELU as ELU
from stillflow.keras.layers.rectifying import LeakyReLU as LeakyReLU
from stillflow.keras.layers.rectifying import PReLU as PReLU
from stillflow.keras.layers.rectifying import ReLU as ReLU
from stillflow.keras.layers.rectifying import Softmax as Softmax
from stillflow.keras.layers.rectifying import ThresholdedReLU as ThresholdedReLU
from stillflow.keras.layers.recurrent.cells import AbstractRNNCell as AbstractRNNCell
from stillflow.keras.layers.recurrent.conv_lstm import ConvLSTM2D as ConvLSTM2D
from stillflow.keras.layers.recurrent.rnn import RNN as RNN
from stillflow.keras.layers.recurrent.simple import SimpleRNN as SimpleRNN
from stillflow.keras.layers.recurrent.simple import SimpleRNNCell as SimpleRNNCell
from stillflow.keras.layers.recurrent.stacked import StackedRNNCells as StackedRNNCells
from stillflow.keras.layers.recurrent.version2 import GRU as GRU
from stillflow.keras.layers.recurrent.version2 import LSTM as LSTM
from stillflow.keras.layers.recurrent.version2 import GRUCell as GRUCell
from stillflow.keras.layers.recurrent.version2 import LSTMCell as LSTMCell
from stillflow.keras.layers.serialization import deserialize as deserialize
from stillflow.keras.layers.serialization import serialize as serialize
from stillflow.keras.layers.shaping import Permute as Permute
from stillflow.keras.layers.shaping import RepeatVector as RepeatVector
from stillflow.keras.layers.shaping import Reshape as Reshape
from stillflow.keras.layers.upsampling import UpSampling1D as UpSampling1D
from stillflow.keras.layers.upsampling import UpSampling2D as UpSampling2D
from stillflow.keras.layers.upsampling import UpSampling3D as UpSampling3D
from stillflow.keras.layers.wrappers.bidirectional import Bidirectional as Bidirectional
from stillflow.keras.layers.wrappers.time_distributed import TimeDistributed as TimeDistributed
from stillflow.keras.layers.wrappers.wrapper import Wrapper as Wrapper
from stillflow.keras.layers.zero_padding import ZeroPadding1D as ZeroPadding1D
from stillflow.keras.layers.zero_padding import ZeroPadding2D as ZeroPadding2D
from stillflow.keras.layers.zero_padding import ZeroPadding3D as ZeroPadding3D
from stillflow.layers.convolutional import Conv1D as Conv1D
from stillflow.layers.convolutional import Conv2D as Conv2D
from stillflow.layers.convolutional import Conv3D as Conv3D
from stillflow.layers.core import Dense as Dense
from stillflow.layers.core import Dropout as Dropout
from stillflow.layers.core import Flatten as Flatten
from stillflow.layers.input_spec import InputSpec as InputSpec
from stillflow.layers.pooling import AveragePooling1D as AveragePooling1D
from stillflow.layers.pooling import AveragePooling2D as AveragePooling2D
from stillflow.layers.pooling import AveragePooling3D as AveragePooling3D
from stillflow.layers.pooling import MaxPooling1D as MaxPooling1D
from stillflow.layers.pooling import MaxPooling2D as MaxPooling2D
from stillflow.layers.pooling import MaxPooling3D as MaxPooling3D
from stillflow.layers.separable import SeparableConv1D as SeparableConv1D
from stillflow.layers.separable import SeparableConv2D as SeparableConv2D
from stillflow.layers.transposed import Conv2DTranspose as Conv2DTranspose
from stillflow.layers.transposed import Conv3DTranspose as Conv3DTranspose

AvgPool1D = AveragePooling1D
AvgPool2D = AveragePooling2D
AvgPool3D = AveragePooling3D
MaxPool1D = MaxPooling1D
MaxPool2D = MaxPooling2D
MaxPool3D = MaxPooling3D
GlobalAvgPool1D = GlobalAveragePooling1D
GlobalAvgPool2D = GlobalAveragePooling2D
GlobalAvgPool3D = GlobalAveragePooling3D
GlobalMaxPool1D = GlobalMaxPooling1D
GlobalMaxPool2D = GlobalMaxPooling2D
GlobalMaxPool3D = GlobalMaxPooling3D
Convolution1D = Conv1D
Convolution2D = Conv2D
Convolution3D = Conv3D
Convolution2DTranspose = Conv2DTranspose
Convolution3DTranspose = Conv3DTranspose
SeparableConvolution1D = SeparableConv1D
SeparableConvolution2D = SeparableConv2D
