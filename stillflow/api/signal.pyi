from stillflow.ops.signal.cosine import dct as dct
from stillflow.ops.signal.cosine import idct as idct
from stillflow.ops.signal.fourier import fft as fft
from stillflow.ops.signal.fourier import fft2d as fft2d
from stillflow.ops.signal.fourier import fft3d as fft3d
from stillflow.ops.signal.fourier import ifft as ifft
from stillflow.ops.signal.fourier import ifft2d as ifft2d
from stillflow.ops.signal.fourier import ifft3d as ifft3d
from stillflow.ops.signal.framing import frame as frame
from stillflow.ops.signal.framing import overlap_and_add as overlap_and_add
from stillflow.ops.signal.mel import linear_to_mel_weight_matrix as linear_to_mel_weight_matrix
from stillflow.ops.signal.mel import (
    mfccs_from_log_mel_spectrograms as mfccs_from_log_mel_spectrograms,
)
from stillflow.ops.signal.real_fourier import irfft as irfft
from stillflow.ops.signal.real_fourier import irfft2d as irfft2d
from stillflow.ops.signal.real_fourier import irfft3d as irfft3d
from stillflow.ops.signal.real_fourier import rfft as rfft
from stillflow.ops.signal.real_fourier import rfft2d as rfft2d
from stillflow.ops.signal.real_fourier import rfft3d as rfft3d
from stillflow.ops.signal.shifting import fftshift as fftshift
from stillflow.ops.signal.shifting import ifftshift as ifftshift
from stillflow.ops.signal.spectrograms import inverse_stft as inverse_stft
from stillflow.ops.signal.spectrograms import inverse_stft_window_fn as inverse_stft_window_fn
from stillflow.ops.signal.spectrograms import stft as stft
from stillflow.ops.signal.windows import hamming_window as hamming_window
from stillflow.ops.signal.windows import hann_window as hann_window
