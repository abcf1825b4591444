#!/usr/bin/python3
"""Noise is not text, and does not hide text: images of Gaussian noise through `tomo deid run` keep their pixels; text of
6 to 8 sigma on it is blanked; so is faint text in a quiet place beside noise. Needs pydicom 2.3, numpy."""
import os
import sys

import numpy as np

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import check_pixels as c  # noqa: E402
from make_phi import draw  # noqa: E402

ROWS, COLUMNS = 256, 320


def smooth(noise, sigma):
    """Blurred along both axes, as reconstruction kernels and interpolation leave it, and as strong as before."""
    reach = np.arange(-12, 13)
    kernel = np.exp(-reach ** 2 / (2 * sigma ** 2))
    for axis in (0, 1):
        noise = np.apply_along_axis(np.convolve, axis, noise, kernel, "same")
    return noise / noise.std()


def secondary(a, bits=8, stored=None, signed=0):
    """A secondary capture, which is searched."""
    ds = c.image(c.SC, "OT", None)
    c.describe(ds, a.shape[1], a.shape[0], bits=bits, stored=stored, signed=signed)
    low, high = (-2 ** (ds.BitsStored - 1), 2 ** (ds.BitsStored - 1) - 1) if signed else (0, 2 ** ds.BitsStored - 1)
    dtype = "u1" if bits == 8 else "<i2" if signed else "<u2"
    return c.native(ds, np.clip(np.rint(a), low, high).astype(dtype).tobytes())


def phantom(rng, blur=0):
    """A CT of a water cylinder in air as the scanners make them: HU, sigma 12 within, padding around the field of view."""
    y, x = np.mgrid[:ROWS, :COLUMNS]
    r = np.hypot(y - ROWS / 2, x - COLUMNS / 2)
    noise = rng.normal(0, 1, (ROWS, COLUMNS))
    noise = smooth(noise, blur) if blur else noise
    return np.where(r < 90, 0, -1000) + 12 * noise


def noise_stays():
    rng = np.random.RandomState(1)
    white = [rng.normal(0, 1, (ROWS, COLUMNS)) for _ in range(3)]
    files = {}
    for k, sigma in enumerate((2, 6, 15)):
        files["white%02d" % sigma] = secondary(128 + sigma * white[k])
        files["grain%02d" % sigma] = secondary(128 + sigma * smooth(white[k], 1.0))
    files["ct12"] = secondary(1024 + phantom(rng), 16, 12)
    files["ct12grain"] = secondary(1024 + phantom(rng, 0.8), 16, 12)
    files["ct16"] = secondary(phantom(rng), 16, 16, 1)
    files["flat12"] = secondary(1024 + 12 * white[0], 16, 12)
    files["flat16"] = secondary(12 * smooth(white[1], 0.8), 16, 16, 1)
    files["wide16"] = secondary(30000 + 2000 * white[2], 16)
    for name, (entry, out, _) in c.run(files).items():
        c.check(out is not None and entry["framesSearched"] == 1, "%s: %s" % (name, entry))
        if out is not None:
            part = (files[name].pixel_array != out.pixel_array).mean()
            c.check(part < 0.005, "%s: %.1f %% of the noise is blanked" % (name, 100 * part))


def planted(a, text, x, y, scale, value):
    """The picture with text that is brighter (or darker) by `value`, and where its strokes are."""
    mask = np.zeros(a.shape, bool)
    strokes = draw(text, scale).astype(bool)
    mask[y:y + strokes.shape[0], x:x + strokes.shape[1]] = strokes
    return a + value * mask, mask


def text_goes():
    rng = np.random.RandomState(2)
    files, masks = {}, {}

    def add(name, made, *form):
        files[name], masks[name] = secondary(made[0], *form), made[1]

    for sigma in (2, 6, 15):
        for k in (6, 8):
            for scale in (1, 2, 3):
                for sign in (1, -1):
                    a = 128 + rng.normal(0, sigma, (ROWS, COLUMNS))
                    add("on_%d_%d_%d_%d" % (sigma, k, scale, sign), planted(a, "DOE JOHN 4711", 20, 180, scale, sign * k * sigma))
    for k in (6, 8):
        add("ct_%d" % k, planted(1024 + phantom(rng), "DOE JOHN 4711", 90, 120, 2, k * 12), 16, 12)
    for sigma in (6, 15, 40):  # faint text on quiet ground, up to the edge of the noise and among it
        a = np.full((ROWS, COLUMNS), 60.0)
        a[:, 160:] += rng.normal(0, sigma, (ROWS, 160))
        for name, x in (("far", 10), ("near", 90)):
            add("quiet_%s_%d" % (name, sigma), planted(a, "MRN 4711-08", x, 120, 1, 24))
        a = 100 + rng.normal(0, sigma, (ROWS, COLUMNS))
        a[:40, :120] = 100
        add("corner_%d" % sigma, planted(a, "MRN 4711-08", 12, 12, 1, 24))
    for name, (entry, out, _) in c.run(files).items():
        c.check(out is not None, "%s: %s" % (name, entry))
        if out is not None:
            part = (out.pixel_array[masks[name]] == 0).mean()
            c.check(part > 0.95, "%s: %.0f %% of the strokes are blanked" % (name, 100 * part))
            rest = (out.pixel_array == 0).mean()
            c.check(rest < 0.3, "%s: %.0f %% of the picture is blanked" % (name, 100 * rest))
            c.check(0 < entry["areaBlanked"] <= rest, "%s: %g is said to be blanked" % (name, entry["areaBlanked"]))


def main():
    if not os.path.exists(c.TOMO):
        sys.exit("no " + c.TOMO)
    noise_stays()
    text_goes()
    print("%d passed, %d failed, 0 skipped" % (c.passed, c.failed))
    sys.exit(c.failed != 0)


if __name__ == "__main__":
    main()
