"""Recurrent cells, and an LSTM over a sequence, as one op each."""
