from stillflow.keras.preprocessing.sequence import make_sampling_table as make_sampling_table
from stillflow.keras.preprocessing.sequence import pad_sequences as pad_sequences
from stillflow.keras.preprocessing.sequence import skipgrams as skipgrams
from stillflow.keras.preprocessing.timeseries import TimeseriesGenerator as TimeseriesGenerator
