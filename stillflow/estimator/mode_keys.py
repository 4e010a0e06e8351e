"""What a model function is called for."""

from stillflow.interchange.saved_model.export_modes import EstimatorModeKeys

ModeKeys = EstimatorModeKeys
