from stillflow.api.keras.optimizers import schedules as schedules
from stillflow.keras.optimizers.adadelta import Adadelta as Adadelta
from stillflow.keras.optimizers.adagrad import Adagrad as Adagrad
from stillflow.keras.optimizers.adam import Adam as Adam
from stillflow.keras.optimizers.adamax import Adamax as Adamax
from stillflow.keras.optimizers.ftrl import Ftrl as Ftrl
from stillflow.keras.optimizers.nadam import Nadam as Nadam
from stillflow.keras.optimizers.naming import deserialize as deserialize
from stillflow.keras.optimizers.naming import get as get
from stillflow.keras.optimizers.naming import serialize as serialize
from stillflow.keras.optimizers.optimizer import OptimizerV2
from stillflow.keras.optimizers.rmsprop import RMSprop as RMSprop
from stillflow.keras.optimizers.sgd import SGD as SGD

Optimizer = OptimizerV2
