from stillflow.keras.wrappers.scikit_learn import KerasClassifier as KerasClassifier
from stillflow.keras.wrappers.scikit_learn import KerasRegressor as KerasRegressor
