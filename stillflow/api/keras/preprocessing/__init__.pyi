from stillflow.api.keras.preprocessing import image as image
from stillflow.api.keras.preprocessing import sequence as sequence
from stillflow.api.keras.preprocessing import text as text
