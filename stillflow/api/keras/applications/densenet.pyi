from stillflow.keras.applications.densenet import DenseNet121 as DenseNet121
from stillflow.keras.applications.densenet import DenseNet169 as DenseNet169
from stillflow.keras.applications.densenet import DenseNet201 as DenseNet201
from stillflow.keras.applications.densenet import decode_predictions as decode_predictions
from stillflow.keras.applications.densenet import preprocess_input as preprocess_input
