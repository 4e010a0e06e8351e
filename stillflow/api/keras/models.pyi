from stillflow.keras.engine.model import Model as Model
from stillflow.keras.engine.sequential import Sequential as Sequential
