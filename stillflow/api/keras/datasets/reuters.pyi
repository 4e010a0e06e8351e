from stillflow.keras.datasets.reuters import get_word_index as get_word_index
from stillflow.keras.datasets.reuters import load_data as load_data
