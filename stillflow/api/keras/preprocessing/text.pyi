from stillflow.keras.preprocessing.text import Tokenizer as Tokenizer
from stillflow.keras.preprocessing.text import hashing_trick as hashing_trick
from stillflow.keras.preprocessing.text import one_hot as one_hot
from stillflow.keras.preprocessing.text import text_to_word_sequence as text_to_word_sequence
