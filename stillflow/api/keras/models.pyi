from stillflow.keras.engine.cloning import clone_model as clone_model
from stillflow.keras.engine.model import Model as Model
from stillflow.keras.engine.sequential import Sequential as Sequential
from stillflow.keras.saving.model_config import model_from_config as model_from_config
from stillflow.keras.saving.model_config import model_from_json as model_from_json
from stillflow.keras.saving.model_config import model_from_yaml as model_from_yaml
from stillflow.keras.saving.models import load_model as load_model
from stillflow.keras.saving.models import save_model as save_model
