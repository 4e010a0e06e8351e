from stillflow.keras.datasets.imdb import get_word_index as get_word_index
from stillflow.keras.datasets.imdb import load_data as load_data
