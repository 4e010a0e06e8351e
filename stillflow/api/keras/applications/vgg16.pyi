from stillflow.keras.applications.vgg16 import VGG16 as VGG16
from stillflow.keras.applications.vgg16 import decode_predictions as decode_predictions
from stillflow.keras.applications.vgg16 import preprocess_input as preprocess_input
