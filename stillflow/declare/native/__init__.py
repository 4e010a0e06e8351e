"""Convolutions by the optional library `stillflow-native`: whether it is there, where it pays."""
