from stillflow.api.saved_model import builder as builder
from stillflow.api.saved_model import constants as constants
from stillflow.api.saved_model import loader as loader
from stillflow.api.saved_model import main_op as main_op
from stillflow.api.saved_model import signature_constants as signature_constants
from stillflow.api.saved_model import signature_def_utils as signature_def_utils
from stillflow.api.saved_model import tag_constants as tag_constants
from stillflow.api.saved_model import utils as utils
from stillflow.interchange.saved_model.builder import SavedModelBuilder
from stillflow.interchange.saved_model.builder import simple_save as simple_save
from stillflow.interchange.saved_model.loader import load as load
from stillflow.interchange.saved_model.loader import (
    maybe_saved_model_directory as maybe_saved_model_directory,
)
from stillflow.interchange.saved_model.main_op import main_op_with_restore as main_op_with_restore
from stillflow.interchange.saved_model.names import ASSETS_DIRECTORY as ASSETS_DIRECTORY
from stillflow.interchange.saved_model.names import ASSETS_KEY as ASSETS_KEY
from stillflow.interchange.saved_model.names import CLASSIFY_INPUTS as CLASSIFY_INPUTS
from stillflow.interchange.saved_model.names import CLASSIFY_METHOD_NAME as CLASSIFY_METHOD_NAME
from stillflow.interchange.saved_model.names import (
    CLASSIFY_OUTPUT_CLASSES as CLASSIFY_OUTPUT_CLASSES,
)
from stillflow.interchange.saved_model.names import CLASSIFY_OUTPUT_SCORES as CLASSIFY_OUTPUT_SCORES
from stillflow.interchange.saved_model.names import (
    DEFAULT_SERVING_SIGNATURE_DEF_KEY as DEFAULT_SERVING_SIGNATURE_DEF_KEY,
)
from stillflow.interchange.saved_model.names import GPU as GPU
from stillflow.interchange.saved_model.names import LEGACY_INIT_OP_KEY as LEGACY_INIT_OP_KEY
from stillflow.interchange.saved_model.names import MAIN_OP_KEY as MAIN_OP_KEY
from stillflow.interchange.saved_model.names import PREDICT_INPUTS as PREDICT_INPUTS
from stillflow.interchange.saved_model.names import PREDICT_METHOD_NAME as PREDICT_METHOD_NAME
from stillflow.interchange.saved_model.names import PREDICT_OUTPUTS as PREDICT_OUTPUTS
from stillflow.interchange.saved_model.names import REGRESS_INPUTS as REGRESS_INPUTS
from stillflow.interchange.saved_model.names import REGRESS_METHOD_NAME as REGRESS_METHOD_NAME
from stillflow.interchange.saved_model.names import REGRESS_OUTPUTS as REGRESS_OUTPUTS
from stillflow.interchange.saved_model.names import (
    SAVED_MODEL_FILENAME_PB as SAVED_MODEL_FILENAME_PB,
)
from stillflow.interchange.saved_model.names import (
    SAVED_MODEL_FILENAME_PBTXT as SAVED_MODEL_FILENAME_PBTXT,
)
from stillflow.interchange.saved_model.names import (
    SAVED_MODEL_SCHEMA_VERSION as SAVED_MODEL_SCHEMA_VERSION,
)
from stillflow.interchange.saved_model.names import SERVING as SERVING
from stillflow.interchange.saved_model.names import TPU as TPU
from stillflow.interchange.saved_model.names import TRAINING as TRAINING
from stillflow.interchange.saved_model.names import VARIABLES_DIRECTORY as VARIABLES_DIRECTORY
from stillflow.interchange.saved_model.names import VARIABLES_FILENAME as VARIABLES_FILENAME
from stillflow.interchange.saved_model.objects.loading import load_objects
from stillflow.interchange.saved_model.objects.saving import save as save
from stillflow.interchange.saved_model.signatures import build_signature_def as build_signature_def
from stillflow.interchange.saved_model.signatures import build_tensor_info as build_tensor_info
from stillflow.interchange.saved_model.signatures import (
    classification_signature_def as classification_signature_def,
)
from stillflow.interchange.saved_model.signatures import (
    get_tensor_from_tensor_info as get_tensor_from_tensor_info,
)
from stillflow.interchange.saved_model.signatures import is_valid_signature as is_valid_signature
from stillflow.interchange.saved_model.signatures import (
    predict_signature_def as predict_signature_def,
)
from stillflow.interchange.saved_model.signatures import (
    regression_signature_def as regression_signature_def,
)

Builder = SavedModelBuilder
load_v2 = load_objects
contains_saved_model = maybe_saved_model_directory
