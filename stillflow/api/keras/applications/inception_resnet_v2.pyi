from stillflow.keras.applications.inception_resnet_v2 import InceptionResNetV2 as InceptionResNetV2
from stillflow.keras.applications.inception_resnet_v2 import (
    decode_predictions as decode_predictions,
)
from stillflow.keras.applications.inception_resnet_v2 import preprocess_input as preprocess_input
