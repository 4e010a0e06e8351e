from stillflow.keras.applications.resnet import ResNet50 as ResNet50
from stillflow.keras.applications.resnet import ResNet101 as ResNet101
from stillflow.keras.applications.resnet import ResNet152 as ResNet152
from stillflow.keras.applications.resnet import decode_predictions as decode_predictions
from stillflow.keras.applications.resnet import preprocess_input as preprocess_input
