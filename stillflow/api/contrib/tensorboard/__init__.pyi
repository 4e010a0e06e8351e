from stillflow.api.contrib.tensorboard import plugins as plugins
