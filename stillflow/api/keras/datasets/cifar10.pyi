from stillflow.keras.datasets.cifar10 import load_data as load_data
