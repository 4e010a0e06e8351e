from stillflow.api.xla import experimental as experimental
