from stillflow.api.contrib.tensorboard.plugins import projector as projector
