from stillflow.keras.utils.arrays import normalize as normalize
from stillflow.keras.utils.arrays import to_categorical as to_categorical
from stillflow.keras.utils.enqueuers import GeneratorEnqueuer as GeneratorEnqueuer
from stillflow.keras.utils.enqueuers import OrderedEnqueuer as OrderedEnqueuer
from stillflow.keras.utils.enqueuers import SequenceEnqueuer as SequenceEnqueuer
from stillflow.keras.utils.files import get_file as get_file
from stillflow.keras.utils.hdf5_matrix import HDF5Matrix as HDF5Matrix
from stillflow.keras.utils.kernels import (
    convert_all_kernels_in_model as convert_all_kernels_in_model,
)
from stillflow.keras.utils.plotting import model_to_dot as model_to_dot
from stillflow.keras.utils.plotting import plot_model as plot_model
from stillflow.keras.utils.progbar import Progbar as Progbar
from stillflow.keras.utils.sequences import Sequence as Sequence
from stillflow.keras.utils.several_gpus import multi_gpu_model as multi_gpu_model
from stillflow.keras.utils.source_inputs import get_source_inputs as get_source_inputs
from stillflow.layers.custom_objects import CustomObjectScope as CustomObjectScope
from stillflow.layers.custom_objects import custom_object_scope as custom_object_scope
from stillflow.layers.custom_objects import deserialize_keras_object as deserialize_keras_object
from stillflow.layers.custom_objects import get_custom_objects as get_custom_objects
from stillflow.layers.custom_objects import serialize_keras_object as serialize_keras_object
