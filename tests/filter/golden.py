"""What the makers of golden numbers share: the tests' noise, and numbers as C arrays."""
import numpy as np


def noise(size, lo, hi, seed, dtype):
    """t_noise of tests/t_main.c: xorshift, x fastest; result indexed z, y, x."""
    out, s = [], seed
    for _ in range(size[0] * size[1] * size[2]):
        s ^= (s << 13) & 0xFFFFFFFF
        s ^= s >> 17
        s ^= (s << 5) & 0xFFFFFFFF
        out.append(lo + (hi - lo) * (s / 4294967296.0))
    return np.array(out).astype(dtype).reshape(size[::-1])


def emit(name, values, digits=9):
    flat = np.asarray(values).ravel()
    kind = "double" if flat.dtype.kind == "f" else "int"
    print(f"static const {kind} {name}[] = {{")
    line = "   "
    for v in flat:
        text = f" {v:.{digits}g}," if kind == "double" else f" {int(v)},"
        if len(line) + len(text) > 118:
            print(line)
            line = "   "
        line += text
    print(line + "\n};")
