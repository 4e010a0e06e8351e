from stillflow.keras.applications.xception import Xception as Xception
from stillflow.keras.applications.xception import decode_predictions as decode_predictions
from stillflow.keras.applications.xception import preprocess_input as preprocess_input
