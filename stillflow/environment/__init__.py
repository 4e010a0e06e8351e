"""What a TensorFlow 1.x program expects around it: the import name `tensorflow`, and the names that
Python, NumPy and Pillow have dropped since. Knows modules by name, and no op, graph or session.
"""

from stillflow.environment.alias import as_tensorflow as as_tensorflow
