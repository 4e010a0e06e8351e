"""How models train: compiling, standardizing data, loops over arrays, generators and datasets."""
