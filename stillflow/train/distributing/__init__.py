"""Names of clusters and of the devices in them. No graph is run by several hosts yet."""
