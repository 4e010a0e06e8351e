from stillflow.keras.applications.mobilenet import MobileNet as MobileNet
from stillflow.keras.applications.mobilenet import decode_predictions as decode_predictions
from stillflow.keras.applications.mobilenet import preprocess_input as preprocess_input
