from stillflow.data.mnist import DEFAULT_SOURCE_URL as DEFAULT_SOURCE_URL
from stillflow.data.mnist import DataSet as DataSet
from stillflow.data.mnist import Datasets as Datasets
from stillflow.data.mnist import dense_to_one_hot as dense_to_one_hot
from stillflow.data.mnist import extract_images as extract_images
from stillflow.data.mnist import extract_labels as extract_labels
from stillflow.data.mnist import load_mnist as load_mnist
from stillflow.data.mnist import read_data_sets as read_data_sets
