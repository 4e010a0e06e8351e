from stillflow.keras.datasets.mnist import load_data as load_data
