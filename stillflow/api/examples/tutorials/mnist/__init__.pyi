from stillflow.api.examples.tutorials.mnist import input_data as input_data
