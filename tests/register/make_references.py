#!/usr/bin/env python3
"""Numbers of SimpleITK (ITK's ImageRegistrationMethodv4 metrics and LandmarkBasedTransformInitializer) for
tests/register/test_linear.c and test_landmarks.c, as C. Needs SimpleITK. The images are whole numbers by a rule that the
test repeats."""
import numpy as np
import SimpleITK as sitk

print('#define REFERENCE __attribute__((unused)) static const double')
nx, ny, nz = 24, 20, 16
z, y, x = np.mgrid[:nz, :ny, :nx]
fixed = ((x - 11) ** 2 + 2 * (y - 9) ** 2 + 3 * (z - 7) ** 2 + 5 * (x * y % 7)) % 251
k, j, i = np.mgrid[:nz + 8, :ny + 8, :nx + 8]  # larger by 4 voxels at each end
moving = ((i - 16) ** 2 + 2 * (j - 14) ** 2 + 3 * (k - 11) ** 2 + 3 * (i * k % 5)) % 239
f, m = (sitk.GetImageFromArray(a.astype(np.float32)) for a in (fixed, moving))
m.SetOrigin((-4, -4, -4))
t = sitk.Euler3DTransform((11.5, 9.5, 7.5), 0.05, -0.03, 0.08, (0.7, -0.4, 0.3))
for name, metric in (("mattes", lambda r: r.SetMetricAsMattesMutualInformation(50)),
                     ("mean_squares", lambda r: r.SetMetricAsMeanSquares()),
                     ("correlation", lambda r: r.SetMetricAsCorrelation())):
    r = sitk.ImageRegistrationMethod()
    metric(r)
    r.SetInterpolator(sitk.sitkLinear)
    r.SetInitialTransform(t)
    print(f"REFERENCE itk_{name} = {r.MetricEvaluate(f, m):.12g};")
rng = np.random.default_rng(5)
a = rng.uniform(-80, 80, (8, 3)).round(3)
turn = sitk.VersorRigid3DTransform((0.3, -0.5, 0.8), 0.35, (12, -20, 30))
b = np.array([turn.TransformPoint(p) for p in a]).round(3) + rng.normal(0, 1, (8, 3)).round(3)
flat = lambda p: "{ " + ", ".join(f"{v:.3f}" for v in p.ravel()) + " }"
print(f"REFERENCE points[24] = {flat(a)};\nREFERENCE others[24] = {flat(b)};")
for name, empty in (("rigid", sitk.VersorRigid3DTransform()), ("similarity", sitk.Similarity3DTransform()), ("affine", sitk.AffineTransform(3))):
    got = sitk.LandmarkBasedTransformInitializer(empty, a.ravel().tolist(), b.ravel().tolist())
    corners = np.array([got.TransformPoint(p) for p in ((0., 0., 0.), (50., 0., 0.), (0., 50., 0.), (0., 0., 50.))])
    print(f"REFERENCE itk_{name}[12] = {{ " + ", ".join(f"{v:.9g}" for v in corners.ravel()) + " };")
