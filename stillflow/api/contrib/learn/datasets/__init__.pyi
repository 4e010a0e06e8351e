from stillflow.api.contrib.learn.datasets import mnist as mnist
