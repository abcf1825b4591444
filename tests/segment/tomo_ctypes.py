"""libtomo through ctypes, as far as the checks of this room need it: numpy arrays in and out, options by name."""
import ctypes as C
import os

import numpy as np

PATH = os.path.join(os.environ.get("TOMO_BUILD", "build"), "libtomo.so")
with open(PATH, "rb") as f:
    text = f.read()
    if b"__asan_init" in text or b"__tsan_init" in text:
        raise OSError("%s is built with a sanitizer, which a Python without it cannot load" % PATH)
lib = C.CDLL(PATH)
DTYPES = {1: np.uint8, 2: np.int8, 3: np.uint16, 4: np.int16, 5: np.uint32, 6: np.int32, 7: np.uint64, 8: np.int64,
          9: np.float32, 10: np.float64}


class Error(C.Structure):
    _fields_ = [("status", C.c_int32), ("os_errno", C.c_int32), ("offset", C.c_int64), ("message", C.c_char * 240)]


class Desc(C.Structure):
    _fields_ = [("struct_size", C.c_uint32), ("dtype", C.c_int), ("components", C.c_int32), ("dims", C.c_int32),
                ("size", C.c_int64 * 4), ("spacing", C.c_double * 4), ("origin", C.c_double * 3),
                ("direction", C.c_double * 9)]


class Label(C.Structure):
    _fields_ = [("value", C.c_int32), ("color", C.c_uint8 * 4), ("name", C.c_char * 64), ("code", C.c_char * 24),
                ("note", C.c_char * 160), ("confidence", C.c_double)]


class Option(C.Structure):
    _fields_ = [("name", C.c_char_p), ("type", C.c_int), ("offset", C.c_uint32), ("count", C.c_uint32),
                ("default", C.c_double), ("min", C.c_double), ("max", C.c_double), ("unit", C.c_char_p),
                ("choices", C.c_void_p), ("required", C.c_bool), ("help", C.c_char_p)]


class Port(C.Structure):
    _fields_ = [("name", C.c_char_p), ("kind", C.c_int), ("optional", C.c_bool), ("help", C.c_char_p)]


class Op(C.Structure):
    _fields_ = [("room", C.c_char_p), ("name", C.c_char_p), ("help", C.c_char_p), ("detail", C.c_char_p),
                ("example", C.c_char_p), ("inputs", Port * 4), ("outputs", Port * 4), ("options", C.POINTER(Option)),
                ("n_options", C.c_uint32), ("opts_size", C.c_uint32), ("run", C.c_void_p)]


class Value(C.Structure):
    _fields_ = [("kind", C.c_int), ("ptr", C.c_void_p)]


RUN = C.CFUNCTYPE(C.c_int32, C.c_void_p, C.POINTER(Value), C.POINTER(Value), C.c_void_p, C.c_void_p, C.POINTER(Error))
for room in ("segment", "measure"):
    if hasattr(lib, "tomo_%s_ops" % room):
        getattr(lib, "tomo_%s_ops" % room).restype = C.POINTER(C.POINTER(Op))
lib.tomo_image_get_desc.restype = C.POINTER(Desc)
lib.tomo_image_data.restype = C.c_void_p
lib.tomo_image_row_mut.restype = C.c_void_p
lib.tomo_image_labels.restype = C.POINTER(Label)
lib.tomo_buffer_data.restype = C.c_void_p
lib.tomo_buffer_size.restype = C.c_size_t
ctx = C.c_void_p()
err = Error()


def ok(status):
    if status:
        raise RuntimeError(err.message.decode())


class CtxOptions(C.Structure):
    _fields_ = [("struct_size", C.c_uint32), ("threads", C.c_int32), ("memory_limit", C.c_uint64),
                ("cpu_max", C.c_int32), ("reserved", C.c_int32), ("alloc", C.c_void_p * 3), ("log", C.c_void_p * 2)]


def start(threads=0, cpu_max=-1):
    o = CtxOptions(C.sizeof(CtxOptions), threads, 0, cpu_max, 0)
    ok(lib.tomo_ctx_new(C.byref(ctx), C.byref(o), C.byref(err)))


def image(array, spacing=(1, 1, 1), origin=(0, 0, 0), direction=(1, 0, 0, 0, 1, 0, 0, 0, 1)):
    """A tomo_image with a copy of an array in z, y, x order."""
    a = np.ascontiguousarray(array)
    d = Desc(C.sizeof(Desc), [k for k, t in DTYPES.items() if t == a.dtype][0], 1, 3)
    d.size[:] = list(a.shape[::-1]) + [1]
    d.spacing[:] = list(spacing) + [0]
    d.origin[:], d.direction[:] = list(origin), list(direction)
    out = C.c_void_p()
    ok(lib.tomo_image_new(ctx, C.byref(out), C.byref(d), C.byref(err)))
    C.memmove(lib.tomo_image_row_mut(out, C.c_int64(0), C.c_int64(0), C.c_int64(0)), a.ctypes.data, a.nbytes)
    return out


def array(img):
    d = lib.tomo_image_get_desc(img).contents
    t = DTYPES[d.dtype]
    shape = d.size[2], d.size[1], d.size[0]
    n = int(np.prod(shape)) * np.dtype(t).itemsize
    return np.frombuffer(C.string_at(lib.tomo_image_data(img), n), t).reshape(shape)


def labels(img):
    n = C.c_size_t()
    rows = lib.tomo_image_labels(img, C.byref(n))
    return [rows[i] for i in range(n.value)]


def op(room, name):
    table, i = getattr(lib, "tomo_%s_ops" % room)(), 0
    while table[i]:
        if table[i].contents.name == name.encode():
            return table[i].contents
        i += 1
    raise KeyError(name)


def prepare(row, options):
    opts = C.create_string_buffer(row.opts_size)
    lib.tomo_op_defaults(C.byref(row), opts)
    opts.texts = [str(v).encode() for v in options.values()]  # TEXT options borrow them
    for k, v in zip(options, opts.texts):
        ok(lib.tomo_op_set(C.byref(row), opts, k.replace("_", "-").encode(), v, C.byref(err)))
    return opts


def run(room, name, *inputs, **options):
    """Run an operation by its row; the result is a tomo_image pointer, or the text of a JSON result."""
    row = op(room, name)
    opts = prepare(row, options)
    in_ = (Value * 4)(*[Value(2, i.value if i else None) for i in inputs])
    out = (Value * 4)()
    ok(RUN(row.run)(ctx, out, in_, C.cast(opts, C.c_void_p), None, C.byref(err)))
    if out[0].kind == 5:
        b = C.c_void_p(out[0].ptr)
        text = C.string_at(lib.tomo_buffer_data(b), lib.tomo_buffer_size(b)).decode()
        lib.tomo_buffer_free(b)
        return text
    return C.c_void_p(out[0].ptr)


def free(img):
    lib.tomo_image_free(img)
