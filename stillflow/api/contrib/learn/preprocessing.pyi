from stillflow.learn.feeding.feeders import (
    setup_processor_data_feeder as setup_processor_data_feeder,
)
from stillflow.learn.preprocessing import categorical as categorical
from stillflow.learn.preprocessing import text as text
from stillflow.learn.preprocessing import vocabulary
from stillflow.learn.preprocessing.categorical import CategoricalProcessor as CategoricalProcessor
from stillflow.learn.preprocessing.text import TOKENIZER_RE as TOKENIZER_RE
from stillflow.learn.preprocessing.text import ByteProcessor as ByteProcessor
from stillflow.learn.preprocessing.text import VocabularyProcessor as VocabularyProcessor
from stillflow.learn.preprocessing.text import tokenizer as tokenizer
from stillflow.learn.preprocessing.vocabulary import CategoricalVocabulary as CategoricalVocabulary

categorical_vocabulary = vocabulary
