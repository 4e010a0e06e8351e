from stillflow.layers.base import Layer as Layer
from stillflow.layers.core import Dense as Dense
from stillflow.layers.core import Dropout as Dropout
from stillflow.layers.core import Flatten as Flatten
from stillflow.layers.core import dense as dense
from stillflow.layers.core import dropout as dropout
from stillflow.layers.core import flatten as flatten
from stillflow.layers.input_spec import InputSpec as InputSpec
