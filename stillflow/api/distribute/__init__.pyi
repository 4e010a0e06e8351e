from stillflow.api.distribute import cluster_resolver as cluster_resolver
