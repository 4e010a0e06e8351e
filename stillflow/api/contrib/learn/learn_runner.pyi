from stillflow.learn.runner import run as run
from stillflow.learn.runner import tune as tune
