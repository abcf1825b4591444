#!/usr/bin/python3
"""Write the seeds of fuzz_filter_transform: Insight Transform Files of every type, whole and damaged.
Usage: make_filter_corpus.py fuzz/corpus"""
import os
import sys

MARK = "#Insight Transform File V1.0\n"
GRID3 = [4, 4, 4, -9, -9, -9, 6, 6, 6, 1, 0, 0, 0, 1, 0, 0, 0, 1]
GRID2 = [4, 5, -9, -9, 6, 6, 1, 0, 0, 1]
FIELD3 = [2, 2, 2, -1, -1, -1, 5, 5, 5, 1, 0, 0, 0, 1, 0, 0, 0, 1]


def one(name, params, fixed, number=0, scalar="double", dims=3):
    return (f"#Transform {number}\nTransform: {name}_{scalar}_{dims}_{dims}\nParameters: {' '.join(map(str, params))}\n"
            f"FixedParameters: {' '.join(map(str, fixed))}\n")


def ramp(n, step=0.1):
    return [round(step * (i % 7 - 3), 3) for i in range(n)]


C = [1, 2, 3]
euler = one("Euler3DTransform", [0.1, 0.2, 0.3, 4, 5, 6], C + [0])
seeds = {
    "identity": MARK + one("IdentityTransform", [], []),
    "translation": MARK + one("TranslationTransform", [1, 2.5, -3e-2], []),
    "scale": MARK + one("ScaleTransform", [2, 3, 4], C),
    "affine": MARK + one("AffineTransform", [1, .1, 0, 0, 1, 0, .2, 0, 1, 5, 6, 7], C),
    "affine-float": MARK + one("AffineTransform", [1, .1, 0, 1, 5, 6], [1, 2], scalar="float", dims=2),
    "base": MARK + one("MatrixOffsetTransformBase", [1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0], C),
    "euler": MARK + euler,
    "euler-zyx": MARK + one("Euler3DTransform", [0.1, 0.2, 0.3, 4, 5, 6], C + [1]),
    "euler2": MARK + one("Euler2DTransform", [0.5, 1, 2], [3, 4], dims=2),
    "similarity2": MARK + one("Similarity2DTransform", [1.5, 0.5, 1, 2], [3, 4], dims=2),
    "versor": MARK + one("VersorTransform", [.1, .2, .3], C),
    "versor-long": MARK + one("VersorRigid3DTransform", [3, 2, 1, 0, 0, 0], C),
    "similarity": MARK + one("Similarity3DTransform", [.1, .2, .3, 4, 5, 6, 1.2], C),
    "quaternion": MARK + one("QuaternionRigidTransform", [.1, .2, .3, .9, 4, 5, 6], C),
    "quaternion-0": MARK + one("QuaternionRigidTransform", [0, 0, 0, 0, 4, 5, 6], C),
    "scale-versor": MARK + one("ScaleVersor3DTransform", [.1, .2, .3, 4, 5, 6, 1, 2, 3], C),
    "scale-skew": MARK + one("ScaleSkewVersor3DTransform", [.1, .2, .3, 4, 5, 6, 1, 2, 3, .1, .1, .1, .1, .1, .1], C),
    "compose": MARK + one("ComposeScaleSkewVersor3DTransform", [.1, .2, .3, 4, 5, 6, 1, 2, 3, .1, .1, .1], C),
    "bspline": MARK + one("BSplineTransform", ramp(192), GRID3),
    "bspline2": MARK + one("BSplineTransform", ramp(40), GRID2, dims=2),
    "field": MARK + one("DisplacementFieldTransform", ramp(24), FIELD3),
    "composite": MARK + "#Transform 0\nTransform: CompositeTransform_double_3_3\n" + euler.replace("#Transform 0", "#Transform 1")
                 + one("TranslationTransform", [1, 1, 1], [], 2),
    "crlf": (MARK + euler).replace("\n", "\r\n"),
    "no-end": (MARK + euler).rstrip("\n"),
    "cut": (MARK + euler)[:90],
    "empty": "",
    "mark-only": MARK,
    "other-mark": "#Insight Transform File V2.0\n" + euler,
    "two": MARK + euler + euler,
    "composite-empty": MARK + "Transform: CompositeTransform_double_3_3\n",
    "composite-twice": MARK + "Transform: CompositeTransform_double_3_3\n" * 2 + euler,
    "composite-mixed": MARK + "Transform: CompositeTransform_double_3_3\n" + one("Euler2DTransform", [0.5, 1, 2], [3, 4], dims=2),
    "composite-numbers": MARK + one("CompositeTransform", [1], []),
    "few": MARK + one("AffineTransform", [1, 2], C),
    "many": MARK + one("AffineTransform", ramp(500), C),
    "twice": MARK + euler + "Parameters: 1 2\n",
    "early": MARK + "Parameters: 1 2\n",
    "hex": MARK + one("TranslationTransform", ["0x1p3", 0, 0], []),
    "nan": MARK + one("TranslationTransform", ["nan", 0, 0], []),
    "huge": MARK + one("TranslationTransform", ["1e999", 0, 0], []),
    "large": MARK + one("AffineTransform", [1e308] * 12, [1e308] * 3),
    "digits": MARK + one("TranslationTransform", ["1" * 300, 0, 0], []),
    "unknown": MARK + one("AzimuthElevationToCartesianTransform", [1], []),
    "suffix": MARK + euler.replace("_double_3_3", "_double_3_2"),
    "dims": MARK + euler.replace("_double_3_3", "_double_9_9"),
    "long-name": MARK + "Transform: " + "x" * 500 + "\n",
    "bad-name": MARK + "Transform: a\x01b_double_3_3\n",
    "grid-lies": MARK + one("DisplacementFieldTransform", ramp(24), [1e9, 1e9, 1e9] + FIELD3[3:]),
    "grid-wrong": MARK + one("BSplineTransform", ramp(191), GRID3),
    "grid-small": MARK + one("BSplineTransform", ramp(3), [1, 1, 1] + GRID3[3:]),
    "grid-flat": MARK + one("BSplineTransform", ramp(192), GRID3[:9] + [1, 0, 0, 1, 0, 0, 0, 0, 1]),
    "grid-fraction": MARK + one("BSplineTransform", ramp(192), [4.5] + GRID3[1:]),
    "spacing": MARK + one("DisplacementFieldTransform", ramp(24), FIELD3[:6] + [0, -1, 5] + FIELD3[9:]),
    "field-flat": MARK + one("DisplacementFieldTransform", ramp(24), FIELD3[:9] + [0] * 9),
}
folder = os.path.join(sys.argv[1], "fuzz_filter_transform")
os.makedirs(folder, exist_ok=True)
for name, text in seeds.items():
    with open(os.path.join(folder, name), "wb") as f:
        f.write(text.encode())
