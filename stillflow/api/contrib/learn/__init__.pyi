from stillflow.api.contrib.learn import datasets as datasets
