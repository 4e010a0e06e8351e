from stillflow.api.keras.datasets import boston_housing as boston_housing
from stillflow.api.keras.datasets import cifar10 as cifar10
from stillflow.api.keras.datasets import cifar100 as cifar100
from stillflow.api.keras.datasets import fashion_mnist as fashion_mnist
from stillflow.api.keras.datasets import imdb as imdb
from stillflow.api.keras.datasets import mnist as mnist
from stillflow.api.keras.datasets import reuters as reuters
