from stillflow.ops.signal.framing import frame as frame
from stillflow.ops.signal.framing import overlap_and_add as overlap_and_add
from stillflow.ops.signal.mel import linear_to_mel_weight_matrix as linear_to_mel_weight_matrix
from stillflow.ops.signal.mel import (
    mfccs_from_log_mel_spectrograms as mfccs_from_log_mel_spectrograms,
)
from stillflow.ops.signal.spectrograms import inverse_stft as inverse_stft
from stillflow.ops.signal.spectrograms import inverse_stft_window_fn as inverse_stft_window_fn
from stillflow.ops.signal.spectrograms import stft as stft
from stillflow.ops.signal.windows import hamming_window as hamming_window
from stillflow.ops.signal.windows import hann_window as hann_window
