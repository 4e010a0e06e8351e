from stillflow.keras.applications.mobilenet_v2 import MobileNetV2 as MobileNetV2
from stillflow.keras.applications.mobilenet_v2 import decode_predictions as decode_predictions
from stillflow.keras.applications.mobilenet_v2 import preprocess_input as preprocess_input
