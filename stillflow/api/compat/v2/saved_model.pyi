from stillflow.interchange.saved_model.loader import maybe_saved_model_directory
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

contains_saved_model = maybe_saved_model_directory
load = load_objects
