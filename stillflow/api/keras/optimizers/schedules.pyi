from stillflow.keras.optimizers.schedules import ExponentialDecay as ExponentialDecay
from stillflow.keras.optimizers.schedules import InverseTimeDecay as InverseTimeDecay
from stillflow.keras.optimizers.schedules import LearningRateSchedule as LearningRateSchedule
from stillflow.keras.optimizers.schedules import PiecewiseConstantDecay as PiecewiseConstantDecay
from stillflow.keras.optimizers.schedules import PolynomialDecay as PolynomialDecay
from stillflow.keras.optimizers.schedules import deserialize as deserialize
from stillflow.keras.optimizers.schedules import serialize as serialize
