from stillflow.keras.applications.nasnet import NASNetLarge as NASNetLarge
from stillflow.keras.applications.nasnet import NASNetMobile as NASNetMobile
from stillflow.keras.applications.nasnet import decode_predictions as decode_predictions
from stillflow.keras.applications.nasnet import preprocess_input as preprocess_input
