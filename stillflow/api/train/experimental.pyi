from stillflow.train.objects.python_state import PythonState as PythonState
