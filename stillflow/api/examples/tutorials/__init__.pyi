from stillflow.api.examples.tutorials import mnist as mnist
