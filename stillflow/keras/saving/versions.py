"""What files of models say made them."""

KERAS_VERSION = "2.2.4-tf"
BACKEND = "tensorflow"
