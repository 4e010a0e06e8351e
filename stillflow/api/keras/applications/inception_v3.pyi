from stillflow.keras.applications.inception_v3 import InceptionV3 as InceptionV3
from stillflow.keras.applications.inception_v3 import decode_predictions as decode_predictions
from stillflow.keras.applications.inception_v3 import preprocess_input as preprocess_input
