from stillflow.learn.factorization.clustering import COSINE_DISTANCE as COSINE_DISTANCE
from stillflow.learn.factorization.clustering import (
    KMEANS_PLUS_PLUS_INIT as KMEANS_PLUS_PLUS_INIT,
)
from stillflow.learn.factorization.clustering import RANDOM_INIT as RANDOM_INIT
from stillflow.learn.factorization.clustering import (
    SQUARED_EUCLIDEAN_DISTANCE as SQUARED_EUCLIDEAN_DISTANCE,
)
from stillflow.learn.factorization.clustering import KMeans as KMeans
from stillflow.learn.factorization.kmeans import KMeansClustering as KMeansClustering
