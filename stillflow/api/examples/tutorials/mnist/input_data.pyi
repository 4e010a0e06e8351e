from stillflow.data.mnist import read_data_sets as read_data_sets
