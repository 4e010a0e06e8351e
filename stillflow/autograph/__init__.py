"""Python's control flow as TensorFlow's: functions converted by their source."""
