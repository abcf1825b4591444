"""SciPy's FFT convolution on the MR volume."""
import numpy as np
import scipy
import scipy.fft
import scipy.signal
from bench import DATA, run

mr = np.fromfile(DATA / "mr.raw", np.uint16).reshape(180, 256, 256).astype(np.float32)
kernel = (1 + np.arange(15 ** 3) % 7).astype(np.float32).reshape(15, 15, 15)
for workers in (1, 2):
    with scipy.fft.set_workers(workers):
        run("filter", "convolve3d_k15", "SciPy", scipy.__version__, "mr 256x256x180 f32",
            lambda: scipy.signal.fftconvolve(mr, kernel, "same"), threads=workers)
