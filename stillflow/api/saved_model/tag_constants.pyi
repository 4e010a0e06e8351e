from stillflow.interchange.saved_model.names import GPU as GPU
from stillflow.interchange.saved_model.names import SERVING as SERVING
from stillflow.interchange.saved_model.names import TPU as TPU
from stillflow.interchange.saved_model.names import TRAINING as TRAINING
