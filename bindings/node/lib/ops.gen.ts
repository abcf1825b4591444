// Made from the operation tables by `make ops`; don't edit.

/** Options of image stats: Minimum, maximum, mean, spread and percentiles of the voxels. */
export interface ImageStatsOptions {
}

/** Options of image histogram: Count the voxels' values in bins of equal width. */
export interface ImageHistogramOptions {
  /** Bins of equal width (1 to 65536) Default 256. */
  bins?: number;
  /** Left edge of the first bin; not given = the image's minimum */
  min?: number;
  /** Right edge of the last bin; not given = the image's maximum */
  max?: number;
}

/** Options of image crop: Cut out a box of voxels, or one time point. */
export interface ImageCropOptions {
  /** First voxel along x, y, z, counted from 0 [voxels] (0 to 9.0072e+15) Default 0,0,0. */
  start?: readonly [number, number, number];
  /** Voxels along x, y, z; 0 = to the end [voxels] (0 to 9.0072e+15) Default 0,0,0. */
  size?: readonly [number, number, number];
  /** One time point, counted from 0; -1 = all of them (-1 to 2.14748e+09) Default -1. */
  time?: number;
  /** LPS position of one corner of a box, instead of start and size [mm] */
  corner?: readonly [number, number, number];
  /** LPS position of the opposite corner [mm] */
  opposite?: readonly [number, number, number];
  /** Added at each end of the mask's box [mm] (0 to 1e+09) Default 0. */
  margin?: number;
}

/** Options of image flip: Reverse the order of voxels along axes. */
export interface ImageFlipOptions {
  /** Reverse the columns Default false. */
  x?: boolean;
  /** Reverse the rows Default false. */
  y?: boolean;
  /** Reverse the slices Default false. */
  z?: boolean;
  /** Leave the geometry as it is, so that the content is mirrored in the patient Default false. */
  mirror?: boolean;
}

/** Options of image reorient: Swap and reverse axes until they point to the letters given. */
export interface ImageReorientOptions {
  /** Where x, y and z shall point, such as LPS or RAS */
  to: string;
}

/** Options of image pad: Put more voxels around an image. */
export interface ImagePadOptions {
  /** Voxels at the low end of x, y and z [voxels] (0 to 1e+06) Default 0,0,0. */
  before?: readonly [number, number, number];
  /** Voxels at the high end of x, y and z [voxels] (0 to 1e+06) Default 0,0,0. */
  after?: readonly [number, number, number];
  /** What they hold: a value, the nearest voxel, the image reflected (b a | a b), mirrored about its border voxels (c b | a b), or repeated Default constant. */
  mode?: 'constant' | 'nearest' | 'reflect' | 'mirror' | 'wrap';
  /** Value of constant Default 0. */
  value?: number;
}

/** Options of image permute: Put the axes of an image in another order. */
export interface ImagePermuteOptions {
  /** The axes that become x, y and z, such as zyx */
  order: string;
}

/** Options of image convert: Change the type of the voxels. */
export interface ImageConvertOptions {
  /** Type of the result */
  to: 'uint8' | 'int8' | 'uint16' | 'int16' | 'uint32' | 'int32' | 'uint64' | 'int64' | 'float32' | 'float64';
}

/** Options of image window: Turn a range of values into 8-bit gray. */
export interface ImageWindowOptions {
  /** Window center, in the image's units (HU for CT) Default 40. */
  center?: number;
  /** Window width: at least 1 for linear, above 0 for the others Default 400. */
  width?: number;
  /** VOI LUT function of PS3.3 C.11.2 Default linear. */
  function?: 'linear' | 'linear-exact' | 'sigmoid';
  /** White for low values, as MONOCHROME1 Default false. */
  invert?: boolean;
  /** Take the window from the 0.5 and 99.5 percentile of the image Default false. */
  percentiles?: boolean;
}

/** Options of filter gauss: Smooth by a Gaussian. */
export interface FilterGaussOptions {
  /** Standard deviation of the Gaussian, in the unit that `unit` names. [mm] (1e-06 to 1e+06) Default 1. */
  sigma?: number;
  /** Unit of sigma: mm blurs equally in the patient, voxels equally in the grid. Default mm. */
  unit?: 'mm' | 'voxels';
  /** Half-width of the kernel in sigmas. [sigmas] (1 to 8) Default 4. */
  reach?: number;
  /** What lies beyond the border: the nearest voxel, the image reflected (d c b a | a b c d), or zero. Default nearest. */
  edge?: 'nearest' | 'reflect' | 'zero';
  /** Type of the result: the input's, rounded to nearest and saturated, or float32. Default same. */
  dtype?: 'same' | 'float32';
  /** 2 blurs within slices only. (2 to 3) Default 3. */
  dims?: number;
  /** sampled: convolution with the sampled kernel; recursive: Deriche's approximation as in ITK, the same cost for any sigma; edge must be nearest. Default sampled. */
  method?: 'sampled' | 'recursive';
}

/** Options of filter median: Replace each voxel by the median of the box around it. */
export interface FilterMedianOptions {
  /** Whole voxels to each side along x, y and z: 1,1,1 is a box of 3 x 3 x 3, 1,1,0 works within slices. [voxels] (0 to 127) Default 1,1,1. */
  radius?: readonly [number, number, number];
}

/** Options of filter resample: Sample an image on another grid, or through a transform. */
export interface FilterResampleOptions {
  /** Spacing along x, y and z; 0 = from size, or as it is. [mm] (0 to 1e+06) Default 0,0,0. */
  spacing?: readonly [number, number, number];
  /** Whole voxels along x, y and z; 0 = from spacing. [voxels] (0 to 1e+06) Default 0,0,0. */
  size?: readonly [number, number, number];
  /** Interpolation: nearest and label keep labels, cubic is an interpolating B-spline, lanczos a windowed sinc, area the mean over what a new voxel covers. Default linear. */
  interp?: 'nearest' | 'linear' | 'cubic' | 'lanczos' | 'label' | 'area';
  /** Value where there is no input. Default 0. */
  outside?: number;
  /** Half-width of lanczos. [voxels] (2 to 5) Default 5. */
  radius?: number;
  /** What stays where it is with a new spacing or size: the center of the first voxel, as in ITK, or the edges of the image, as in OpenCV and scikit-image. Default first. */
  align?: 'first' | 'edges';
}

/** Options of filter erode: Shrink a mask. */
export interface FilterErodeOptions {
  /** Reach of the element from its center, in the unit that `unit` names. [mm] (0 to 1e+06) Default 1. */
  radius?: number;
  /** Unit of radius. Default mm. */
  unit?: 'mm' | 'voxels';
  /** Voxels with centers at most radius away (ball), at most radius away along each axis (box), or along one of them (cross). Default ball. */
  shape?: 'ball' | 'box' | 'cross';
  /** 2 works within slices only. (2 to 3) Default 3. */
  dims?: number;
  /** What the image continues into. Default background. */
  border?: 'background' | 'mask';
}

/** Options of filter dilate: Grow a mask. */
export interface FilterDilateOptions {
  /** Reach of the element from its center, in the unit that `unit` names. [mm] (0 to 1e+06) Default 1. */
  radius?: number;
  /** Unit of radius. Default mm. */
  unit?: 'mm' | 'voxels';
  /** Voxels with centers at most radius away (ball), at most radius away along each axis (box), or along one of them (cross). Default ball. */
  shape?: 'ball' | 'box' | 'cross';
  /** 2 works within slices only. (2 to 3) Default 3. */
  dims?: number;
  /** What the image continues into. Default background. */
  border?: 'background' | 'mask';
}

/** Options of filter open: Remove from a mask what an element does not fit into. */
export interface FilterOpenOptions {
  /** Reach of the element from its center, in the unit that `unit` names. [mm] (0 to 1e+06) Default 1. */
  radius?: number;
  /** Unit of radius. Default mm. */
  unit?: 'mm' | 'voxels';
  /** Voxels with centers at most radius away (ball), at most radius away along each axis (box), or along one of them (cross). Default ball. */
  shape?: 'ball' | 'box' | 'cross';
  /** 2 works within slices only. (2 to 3) Default 3. */
  dims?: number;
  /** What the image continues into. Default background. */
  border?: 'background' | 'mask';
}

/** Options of filter close: Fill gaps of a mask that an element does not fit into. */
export interface FilterCloseOptions {
  /** Reach of the element from its center, in the unit that `unit` names. [mm] (0 to 1e+06) Default 1. */
  radius?: number;
  /** Unit of radius. Default mm. */
  unit?: 'mm' | 'voxels';
  /** Voxels with centers at most radius away (ball), at most radius away along each axis (box), or along one of them (cross). Default ball. */
  shape?: 'ball' | 'box' | 'cross';
  /** 2 works within slices only. (2 to 3) Default 3. */
  dims?: number;
  /** What the image continues into. Default background. */
  border?: 'background' | 'mask';
}

/** Options of filter distance: Distance of each voxel to a mask. */
export interface FilterDistanceOptions {
  /** Of background voxels to the mask, of mask voxels to the background, or outside minus inside. Default outside. */
  side?: 'outside' | 'inside' | 'signed';
  /** Unit of the result. Default mm. */
  unit?: 'mm' | 'voxels';
  /** 2 works within slices only. (2 to 3) Default 3. */
  dims?: number;
}

/** Options of filter stretch: Spread the values between two percentiles. */
export interface FilterStretchOptions {
  /** Percentile that becomes the least value. [%] (0 to 100) Default 2. */
  low?: number;
  /** Percentile that becomes the greatest value. [%] (0 to 100) Default 98. */
  high?: number;
  /** Least value of the result; not given = the image's minimum. */
  toMin?: number;
  /** Greatest value of the result; not given = the image's maximum. */
  toMax?: number;
  /** Type of the result: the input's, rounded to nearest and saturated, or float32. Default same. */
  dtype?: 'same' | 'float32';
}

/** Options of filter gamma: Lift or darken values by a power law. */
export interface FilterGammaOptions {
  /** Exponent: below 1 lifts dark values, above 1 darkens. (0.001 to 1000) Default 1. */
  gamma?: number;
  /** Factor of the result. (1e-06 to 1e+06) Default 1. */
  gain?: number;
  /** What counts as 0 and 1: the image's minimum and maximum, or 0 and the type's maximum (1 for floats). Default image. */
  range?: 'image' | 'type';
  /** Type of the result: the input's, rounded to nearest and saturated, or float32. Default same. */
  dtype?: 'same' | 'float32';
}

/** Options of filter sigmoid: Stress the values around one by an S-curve. */
export interface FilterSigmoidOptions {
  /** Value in the middle of the curve (ITK's beta). Default 0. */
  center?: number;
  /** How slowly the curve rises (ITK's alpha); below 0 it falls. Default 1. */
  width?: number;
  /** Least value of the result; not given = the image's minimum. */
  toMin?: number;
  /** Greatest value of the result; not given = the image's maximum. */
  toMax?: number;
  /** Type of the result: the input's, rounded to nearest and saturated, or float32. Default same. */
  dtype?: 'same' | 'float32';
}

/** Options of filter equalize: Spread values so that each range of them is as frequent. */
export interface FilterEqualizeOptions {
  /** Bins of floats and types wider than 16 bits; others have one for every value. (2 to 65536) Default 256. */
  bins?: number;
  /** Result from 0 to 1 (with dtype float32) in place of the image's range. Default false. */
  unit?: boolean;
  /** Type of the result: the input's, rounded to nearest, or float32. Default same. */
  dtype?: 'same' | 'float32';
}

/** Options of filter clahe: Equalize the histogram of each neighborhood, with limited contrast. */
export interface FilterClaheOptions {
  /** Greatest count of a bin, in multiples of the tile's mean count; 0 sets no limit. (0 to 1e+06) Default 2. */
  clip?: number;
  /** Whole tiles along x, y, z. (1 to 64) Default 8,8,8. */
  tiles?: readonly [number, number, number];
  /** Bins of a tile's histogram; 8-bit types have at most 256. (2 to 65536) Default 256. */
  bins?: number;
  /** 2 equalizes each slice by itself. (2 to 3) Default 3. */
  dims?: number;
}

/** Options of filter match: Give an image the histogram of another. */
export interface FilterMatchOptions {
  /** Bins of floats and types wider than 16 bits; others are exact. (2 to 65536) Default 65536. */
  bins?: number;
}

/** Options of filter rotate: Turn an image about one of its axes. */
export interface FilterRotateOptions {
  /** Angle; positive turns x toward y (about z), y toward z (about x), z toward x (about y). [degrees] (-1e+06 to 1e+06) Default 0. */
  angle?: number;
  /** Axis of the image to turn about. Default z. */
  axis?: 'x' | 'y' | 'z';
  /** Index of the point that stays; not given = the middle of the image. [voxels] */
  center?: readonly [number, number, number];
  /** Make the result so large that it holds the whole turned image. Default false. */
  fit?: boolean;
  /** Interpolation; see filter resample. Default linear. */
  interp?: 'nearest' | 'linear' | 'cubic' | 'lanczos' | 'label' | 'area';
  /** Value where there is no input. Default 0. */
  outside?: number;
  /** Half-width of lanczos. [voxels] (2 to 5) Default 5. */
  radius?: number;
}

/** Options of filter scale: More or fewer voxels over the same extent. */
export interface FilterScaleOptions {
  /** New voxels for an old one along x, y and z. (1e-06 to 1e+06) Default 1,1,1. */
  factor?: readonly [number, number, number];
  /** Interpolation; see filter resample. Default linear. */
  interp?: 'nearest' | 'linear' | 'cubic' | 'lanczos' | 'label' | 'area';
  /** Half-width of lanczos. [voxels] (2 to 5) Default 5. */
  radius?: number;
}

/** Options of filter affine: Resample through a matrix. */
export interface FilterAffineOptions {
  /** Matrix, row by row. */
  matrix: readonly [number, number, number, number, number, number, number, number, number];
  /** Added to the point after the matrix. [mm] Default 0,0,0. */
  translation?: readonly [number, number, number];
  /** Point that the matrix leaves where it is; not given = the middle of the image. [mm] */
  center?: readonly [number, number, number];
  /** Interpolation; see filter resample. Default linear. */
  interp?: 'nearest' | 'linear' | 'cubic' | 'lanczos' | 'label' | 'area';
  /** Value where there is no input. Default 0. */
  outside?: number;
  /** Half-width of lanczos. [voxels] (2 to 5) Default 5. */
  radius?: number;
}

/** Options of filter compose_transforms: Put transforms one after the other. */
export interface FilterComposeTransformsOptions {
}

/** Options of filter invert_transform: The transform that undoes another. */
export interface FilterInvertTransformOptions {
  /** Steps a voxel at most, where the inverse is found by iteration. (1 to 10000) Default 50. */
  iterations?: number;
  /** A voxel is done when its point comes back this near. [mm] (1e-12 to 1000) Default 0.0001. */
  tolerance?: number;
}

/** Options of filter transform_field: A transform as an image of displacements. */
export interface FilterTransformFieldOptions {
}

/** Options of filter jacobian: Where a transform enlarges or shrinks: the determinant of its Jacobian. */
export interface FilterJacobianOptions {
}

/** Options of filter warp: Deform an image by a displacement field. */
export interface FilterWarpOptions {
  /** Interpolation; see filter resample. Default linear. */
  interp?: 'nearest' | 'linear' | 'cubic' | 'lanczos' | 'label' | 'area';
  /** Value where there is no input. Default 0. */
  outside?: number;
  /** Half-width of lanczos. [voxels] (2 to 5) Default 5. */
  radius?: number;
}

/** Options of filter gray_erode: Least gray value around each voxel. */
export interface FilterGrayErodeOptions {
  /** Reach of the element from its center, in the unit that `unit` names. [mm] (0 to 1e+06) Default 1. */
  radius?: number;
  /** Unit of radius. Default mm. */
  unit?: 'mm' | 'voxels';
  /** Voxels with centers at most radius away (ball), at most radius away along each axis (box), or along one of them (cross). Default ball. */
  shape?: 'ball' | 'box' | 'cross';
  /** 2 works within slices only. (2 to 3) Default 3. */
  dims?: number;
}

/** Options of filter gray_dilate: Largest gray value around each voxel. */
export interface FilterGrayDilateOptions {
  /** Reach of the element from its center, in the unit that `unit` names. [mm] (0 to 1e+06) Default 1. */
  radius?: number;
  /** Unit of radius. Default mm. */
  unit?: 'mm' | 'voxels';
  /** Voxels with centers at most radius away (ball), at most radius away along each axis (box), or along one of them (cross). Default ball. */
  shape?: 'ball' | 'box' | 'cross';
  /** 2 works within slices only. (2 to 3) Default 3. */
  dims?: number;
}

/** Options of filter gray_open: Remove what is bright and smaller than an element. */
export interface FilterGrayOpenOptions {
  /** Reach of the element from its center, in the unit that `unit` names. [mm] (0 to 1e+06) Default 1. */
  radius?: number;
  /** Unit of radius. Default mm. */
  unit?: 'mm' | 'voxels';
  /** Voxels with centers at most radius away (ball), at most radius away along each axis (box), or along one of them (cross). Default ball. */
  shape?: 'ball' | 'box' | 'cross';
  /** 2 works within slices only. (2 to 3) Default 3. */
  dims?: number;
}

/** Options of filter gray_close: Fill what is dark and smaller than an element. */
export interface FilterGrayCloseOptions {
  /** Reach of the element from its center, in the unit that `unit` names. [mm] (0 to 1e+06) Default 1. */
  radius?: number;
  /** Unit of radius. Default mm. */
  unit?: 'mm' | 'voxels';
  /** Voxels with centers at most radius away (ball), at most radius away along each axis (box), or along one of them (cross). Default ball. */
  shape?: 'ball' | 'box' | 'cross';
  /** 2 works within slices only. (2 to 3) Default 3. */
  dims?: number;
}

/** Options of filter white_tophat: Keep what is bright and smaller than an element. */
export interface FilterWhiteTophatOptions {
  /** Reach of the element from its center, in the unit that `unit` names. [mm] (0 to 1e+06) Default 1. */
  radius?: number;
  /** Unit of radius. Default mm. */
  unit?: 'mm' | 'voxels';
  /** Voxels with centers at most radius away (ball), at most radius away along each axis (box), or along one of them (cross). Default ball. */
  shape?: 'ball' | 'box' | 'cross';
  /** 2 works within slices only. (2 to 3) Default 3. */
  dims?: number;
}

/** Options of filter black_tophat: Keep what is dark and smaller than an element. */
export interface FilterBlackTophatOptions {
  /** Reach of the element from its center, in the unit that `unit` names. [mm] (0 to 1e+06) Default 1. */
  radius?: number;
  /** Unit of radius. Default mm. */
  unit?: 'mm' | 'voxels';
  /** Voxels with centers at most radius away (ball), at most radius away along each axis (box), or along one of them (cross). Default ball. */
  shape?: 'ball' | 'box' | 'cross';
  /** 2 works within slices only. (2 to 3) Default 3. */
  dims?: number;
}

/** Options of filter morph_gradient: Range of gray values around each voxel: edges. */
export interface FilterMorphGradientOptions {
  /** Reach of the element from its center, in the unit that `unit` names. [mm] (0 to 1e+06) Default 1. */
  radius?: number;
  /** Unit of radius. Default mm. */
  unit?: 'mm' | 'voxels';
  /** Voxels with centers at most radius away (ball), at most radius away along each axis (box), or along one of them (cross). Default ball. */
  shape?: 'ball' | 'box' | 'cross';
  /** 2 works within slices only. (2 to 3) Default 3. */
  dims?: number;
}

/** Options of filter reconstruct: Rebuild a mask image from a marker. */
export interface FilterReconstructOptions {
  /** By dilation of a marker below the mask, or by erosion of one above it. Default dilation. */
  method?: 'dilation' | 'erosion';
  /** Which voxels are neighbors: through faces (6), edges too (18), corners too (26). Default 6. */
  connectivity?: '6' | '18' | '26';
  /** 2 takes each slice by itself. (2 to 3) Default 3. */
  dims?: number;
}

/** Options of filter h_maxima: Remove maxima that stand out by less than a height. */
export interface FilterHMaximaOptions {
  /** How far an extremum must stand out to be left; what is left is cut by as much. (0 to 1e+30) Default 1. */
  height?: number;
  /** Which voxels are neighbors: through faces (6), edges too (18), corners too (26). Default 6. */
  connectivity?: '6' | '18' | '26';
  /** 2 takes each slice by itself. (2 to 3) Default 3. */
  dims?: number;
}

/** Options of filter h_minima: Fill minima that are less deep than a height. */
export interface FilterHMinimaOptions {
  /** How far an extremum must stand out to be left; what is left is cut by as much. (0 to 1e+30) Default 1. */
  height?: number;
  /** Which voxels are neighbors: through faces (6), edges too (18), corners too (26). Default 6. */
  connectivity?: '6' | '18' | '26';
  /** 2 takes each slice by itself. (2 to 3) Default 3. */
  dims?: number;
}

/** Options of filter gray_fill_holes: Fill dark places that don't reach the border. */
export interface FilterGrayFillHolesOptions {
  /** Which voxels are neighbors: through faces (6), edges too (18), corners too (26). Default 6. */
  connectivity?: '6' | '18' | '26';
  /** 2 takes each slice by itself. (2 to 3) Default 3. */
  dims?: number;
}

/** Options of filter regional_maxima: Voxels of one value with no higher neighbor. */
export interface FilterRegionalMaximaOptions {
  /** Which voxels are neighbors: through faces (6), edges too (18), corners too (26). Default 6. */
  connectivity?: '6' | '18' | '26';
  /** 2 takes each slice by itself. (2 to 3) Default 3. */
  dims?: number;
}

/** Options of filter regional_minima: Voxels of one value with no lower neighbor. */
export interface FilterRegionalMinimaOptions {
  /** Which voxels are neighbors: through faces (6), edges too (18), corners too (26). Default 6. */
  connectivity?: '6' | '18' | '26';
  /** 2 takes each slice by itself. (2 to 3) Default 3. */
  dims?: number;
}

/** Options of filter skeleton: Thin a mask to its center lines. */
export interface FilterSkeletonOptions {
  /** lee in 2D and 3D, zhang within slices only. Default lee. */
  method?: 'lee' | 'zhang';
  /** 2 takes each slice by itself. (2 to 3) Default 3. */
  dims?: number;
}

/** Options of filter diffusion: Smooth flat regions and keep edges by anisotropic diffusion. */
export interface FilterDiffusionOptions {
  /** gradient (Perona and Malik) or curvature (Whitaker and Xue), which keeps thin lines better. Default gradient. */
  method?: 'gradient' | 'curvature';
  /** Number of steps. (0 to 10000) Default 5. */
  iterations?: number;
  /** Edges are what is steeper than this many times the mean gradient; small numbers keep more. (0 to 1e+06) Default 3. */
  conductance?: number;
  /** Length of a step; 0 takes the largest stable one, the least spacing / 2^(dims + 1). (0 to 1) Default 0. */
  timeStep?: number;
  /** Unit of the gradient's lengths: mm respects the spacing, voxels ignores it. Default mm. */
  unit?: 'mm' | 'voxels';
  /** Type of the result: the input's, rounded to nearest and saturated, or float32. Default same. */
  dtype?: 'same' | 'float32';
  /** 2 treats each slice by itself. (2 to 3) Default 3. */
  dims?: number;
}

/** Options of filter nlm: Remove noise by non-local means: average what has similar surroundings. */
export interface FilterNlmOptions {
  /** Strength, in the image's units: patches that differ by this much on average count 1/e. About the noise's standard deviation; 0.6 to 0.8 of it if sigma is given. (1e-12 to 1e+12) Default 10. */
  h?: number;
  /** Standard deviation of the noise: what patches differ by because of it is taken off. (0 to 1e+12) Default 0. */
  sigma?: number;
  /** Size of the patches that are compared; even sizes count as the next odd one. [voxels] (2 to 31) Default 7. */
  patchSize?: number;
  /** How far away along each axis patches are looked for: 10 is a window of 21. [voxels] (1 to 30) Default 10. */
  patchDistance?: number;
  /** Type of the result: the input's, rounded to nearest and saturated, or float32. Default same. */
  dtype?: 'same' | 'float32';
  /** 2 compares and averages within slices only. (2 to 3) Default 3. */
  dims?: number;
}

/** Options of filter n4: Remove the slow shading of MR images (N4 bias field correction). */
export interface FilterN4Options {
  /** The field is found on every n-th voxel along each axis; 1 uses all. [voxels] (1 to 64) Default 4. */
  shrink?: number;
  /** At most so many at each level, with commas: 50,50,50,50 if not given. Each level doubles the resolution. */
  iterations?: string;
  /** A level ends when the field's coefficient of variation between two iterations is less. (0 to 1) Default 0.001. */
  convergence?: number;
  /** Full width at half maximum of the field's Gaussian, in log intensity. (1e-06 to 100) Default 0.15. */
  fwhm?: number;
  /** Noise of the Wiener filter. (1e-12 to 1e+06) Default 0.01. */
  noise?: number;
  /** Control points of the first level along x, y and z. (4 to 64) Default 4,4,4. */
  controlPoints?: readonly [number, number, number];
  /** Bins of the histogram. (2 to 4096) Default 200. */
  bins?: number;
  /** corrected: the image divided by the field; log-bias: the logarithm of the field, float32. Default corrected. */
  output?: 'corrected' | 'log-bias';
  /** Type of the corrected image: the input's, rounded to nearest and saturated, or float32. Default same. */
  dtype?: 'same' | 'float32';
}

/** Options of filter fft: Transform an image to its frequencies, or back. */
export interface FilterFftOptions {
  /** full: all frequencies, complex; half: along x only the first size / 2 + 1; log: log(1 + |F|) with zero frequency in the middle. For an inverse, what the input is. Default full. */
  spectrum?: 'full' | 'half' | 'log';
  /** From a complex spectrum back to a real image. Default false. */
  inverse?: boolean;
  /** Inverse of a half spectrum: the image had an odd size along x. Default false. */
  odd?: boolean;
  /** 2 transforms each slice by itself. (2 to 3) Default 3. */
  dims?: number;
}

/** Options of filter convolve: Convolve an image by a kernel image. */
export interface FilterConvolveOptions {
  /** same: the input's grid; valid: only where the kernel lies inside the image. Default same. */
  part?: 'same' | 'valid';
  /** What lies beyond the border: the nearest voxel, the image reflected (d c b a | a b c d), or zero. Default nearest. */
  edge?: 'nearest' | 'reflect' | 'zero';
  /** Divide by the kernel's sum. Default false. */
  normalize?: boolean;
  /** Type of the result: the input's, rounded to nearest and saturated, or float32. Default same. */
  dtype?: 'same' | 'float32';
}

/** Options of filter box: Replace each voxel by the mean of the box around it. */
export interface FilterBoxOptions {
  /** Whole voxels to each side along x, y and z: 1,1,1 is a box of 3 x 3 x 3, 1,1,0 works within slices. [voxels] (0 to 1000) Default 1,1,1. */
  radius?: readonly [number, number, number];
  /** What lies beyond the border: the nearest voxel, the image reflected (d c b a | a b c d), or zero. Default nearest. */
  edge?: 'nearest' | 'reflect' | 'zero';
  /** Type of the result: the input's, rounded to nearest, or float32. Default same. */
  dtype?: 'same' | 'float32';
}

/** Options of filter bilateral: Smooth within regions and keep edges (bilateral filter). */
export interface FilterBilateralOptions {
  /** Standard deviation of the distance, in the unit that `unit` names. [mm] (1e-06 to 1e+06) Default 1. */
  sigma?: number;
  /** Standard deviation of the difference in value: steps much larger than this stay sharp. (1e-06 to 1e+09) Default 50. */
  range?: number;
  /** Half-width of the window in sigmas. [sigmas] (1 to 8) Default 2.5. */
  reach?: number;
  /** ball: voxels whose center is within reach, as in OpenCV; box: along each axis, as in scikit-image and ITK. Default ball. */
  window?: 'ball' | 'box';
  /** Unit of sigma. Default mm. */
  unit?: 'mm' | 'voxels';
  /** What lies beyond the border: the nearest voxel, the image reflected (d c b a | a b c d), or zero. Default nearest. */
  edge?: 'nearest' | 'reflect' | 'zero';
  /** Type of the result: the input's, rounded to nearest and saturated, or float32. Default same. */
  dtype?: 'same' | 'float32';
  /** 2 works within slices only. (2 to 3) Default 3. */
  dims?: number;
}

/** Options of filter unsharp: Sharpen by unsharp masking. */
export interface FilterUnsharpOptions {
  /** Standard deviation of the Gaussian, in the unit that `unit` names. [mm] (1e-06 to 1e+06) Default 1. */
  sigma?: number;
  /** How much of what the Gaussian takes away is added; negative numbers blur. (-1000 to 1000) Default 1. */
  amount?: number;
  /** Unit of sigma. Default mm. */
  unit?: 'mm' | 'voxels';
  /** What lies beyond the border: the nearest voxel, the image reflected (d c b a | a b c d), or zero. Default reflect. */
  edge?: 'nearest' | 'reflect' | 'zero';
  /** Type of the result: the input's, rounded to nearest and saturated, or float32. Default same. */
  dtype?: 'same' | 'float32';
  /** 2 works within slices only. (2 to 3) Default 3. */
  dims?: number;
}

/** Options of filter gradient: Length of the gradient. */
export interface FilterGradientOptions {
  /** Standard deviation of a Gaussian whose derivatives are taken, in the unit that `unit` names; 0 takes central differences of the voxels as they are. [mm] (0 to 1e+06) Default 0. */
  sigma?: number;
  /** all: the length of the gradient; x, y or z: that component, signed. Default all. */
  axis?: 'all' | 'x' | 'y' | 'z';
  /** Unit of sigma and of the result: values per mm, or per voxel. Default mm. */
  unit?: 'mm' | 'voxels';
  /** Half-width of the Gaussian's kernel in sigmas. [sigmas] (1 to 8) Default 4. */
  reach?: number;
  /** What lies beyond the border, with sigma: the nearest voxel, the image reflected, or zero. Without sigma the border is repeated. Default nearest. */
  edge?: 'nearest' | 'reflect' | 'zero';
  /** 2 works within slices only. (2 to 3) Default 3. */
  dims?: number;
}

/** Options of filter sobel: Find edges by Sobel's operator. */
export interface FilterSobelOptions {
  /** all: the length of the gradient; x, y or z: that component, signed. Default all. */
  axis?: 'all' | 'x' | 'y' | 'z';
  /** mean: smoothing weights that sum to 1, and the length over the root of the number of axes, as in scikit-image; sum: whole weights and the length as in SciPy and OpenCV. Default mean. */
  scale?: 'mean' | 'sum';
  /** Values per voxel, or per mm. Default voxels. */
  unit?: 'mm' | 'voxels';
  /** 2 works within slices only. (2 to 3) Default 3. */
  dims?: number;
}

/** Options of filter prewitt: Find edges by Prewitt's operator. */
export interface FilterPrewittOptions {
  /** all: the length of the gradient; x, y or z: that component, signed. Default all. */
  axis?: 'all' | 'x' | 'y' | 'z';
  /** mean: smoothing weights that sum to 1, and the length over the root of the number of axes, as in scikit-image; sum: whole weights and the length as in SciPy and OpenCV. Default mean. */
  scale?: 'mean' | 'sum';
  /** Values per voxel, or per mm. Default voxels. */
  unit?: 'mm' | 'voxels';
  /** 2 works within slices only. (2 to 3) Default 3. */
  dims?: number;
}

/** Options of filter scharr: Find edges by Scharr's operator. */
export interface FilterScharrOptions {
  /** all: the length of the gradient; x, y or z: that component, signed. Default all. */
  axis?: 'all' | 'x' | 'y' | 'z';
  /** mean: smoothing weights that sum to 1, and the length over the root of the number of axes, as in scikit-image; sum: whole weights and the length as in SciPy and OpenCV. Default mean. */
  scale?: 'mean' | 'sum';
  /** Values per voxel, or per mm. Default voxels. */
  unit?: 'mm' | 'voxels';
  /** 2 works within slices only. (2 to 3) Default 3. */
  dims?: number;
}

/** Options of filter laplacian: Sum of the second differences along the axes. */
export interface FilterLaplacianOptions {
  /** Values per square mm, or per square voxel. Default mm. */
  unit?: 'mm' | 'voxels';
  /** 2 works within slices only. (2 to 3) Default 3. */
  dims?: number;
}

/** Options of filter response: Response map of a radiomics filter: mean, LoG, Laws, Gabor, wavelets, Simoncelli. */
export interface FilterResponseOptions {
  /** which filter Default mean. */
  kind?: 'mean' | 'log' | 'laws' | 'gabor' | 'wavelet' | 'simoncelli';
  /** what the image continues into Default mirror. */
  edge?: 'mirror' | 'zero' | 'nearest' | 'periodic';
  /** 2 works within slices only (2 to 3) Default 3. */
  dims?: number;
  /** side of the mean's box, odd [voxels] (1 to 1023) Default 15. */
  support?: number;
  /** scale of log and gabor [mm] (1e-06 to 1e+06) Default 3. */
  sigma?: number;
  /** wavelength of gabor [mm] (1e-06 to 1e+06) Default 4. */
  lambda?: number;
  /** ellipticity of gabor (0.001 to 1000) Default 1. */
  gamma?: number;
  /** direction of gabor [degrees] (-360 to 360) Default 0. */
  theta?: number;
  /** gabor: mean over a full turn in these steps; 0 = theta only [degrees] (0 to 360) Default 0. */
  thetaStep?: number;
  /** laws: as E5,L5,S5; wavelet: as LHL; x first */
  axes?: string;
  /** of wavelets Default haar. */
  family?: 'haar' | 'db2' | 'coif1';
  /** of wavelet and simoncelli (1 to 8) Default 1. */
  level?: number;
  /** laws and wavelet over all right-angle rotations Default false. */
  rotate?: boolean;
  /** laws: mean of absolute responses up to so far; 0 = none [voxels] (0 to 500) Default 0. */
  energy?: number;
}

/** Options of filter log: Laplacian of a Gaussian. */
export interface FilterLogOptions {
  /** Standard deviation of the Gaussian, in the unit that `unit` names. [mm] (1e-06 to 1e+06) Default 1. */
  sigma?: number;
  /** Unit of sigma and of the result: values per square mm, or per square voxel. Default mm. */
  unit?: 'mm' | 'voxels';
  /** Half-width of the kernel in sigmas. [sigmas] (1 to 8) Default 4. */
  reach?: number;
  /** What lies beyond the border: the nearest voxel, the image reflected (d c b a | a b c d), or zero. Default nearest. */
  edge?: 'nearest' | 'reflect' | 'zero';
  /** 2 works within slices only. (2 to 3) Default 3. */
  dims?: number;
}

/** Options of filter canny: Find edges one voxel wide (Canny), slice by slice. */
export interface FilterCannyOptions {
  /** Standard deviation of the Gaussian before, in the unit that `unit` names; 0 = none. (0 to 1e+06) Default 1. */
  sigma?: number;
  /** Edges go on while the gradient (SciPy's Sobel) is at least this; left out: a tenth of the type's greatest value (0.1 for floats). */
  low?: number;
  /** Edges begin where the gradient is at least this; left out: a fifth of the type's greatest value (0.2 for floats). */
  high?: number;
  /** Thresholds are quantiles, 0 to 1, of each slice's gradient. Default false. */
  quantiles?: boolean;
  /** Unit of sigma. Default voxels. */
  unit?: 'mm' | 'voxels';
}

/** Options of filter frangi: Vesselness: how much each voxel looks like part of a tube (Frangi). */
export interface FilterFrangiOptions {
  /** Smallest scale: about the radius of the thinnest vessels, in the unit that `unit` names. [mm] (1e-06 to 1e+06) Default 1. */
  sigmaMin?: number;
  /** Greatest scale. [mm] (1e-06 to 1e+06) Default 9. */
  sigmaMax?: number;
  /** From scale to scale; at most 64 scales. [mm] (1e-06 to 1e+06) Default 2. */
  sigmaStep?: number;
  /** Look for vessels brighter than what is around them, not darker ones. Default false. */
  bright?: boolean;
  /** How much plates are told from tubes, in 3D. (1e-06 to 1e+06) Default 0.5. */
  alpha?: number;
  /** How much blobs are told from tubes. (1e-06 to 1e+06) Default 0.5. */
  beta?: number;
  /** How much structure is told from noise; 0 takes half of the greatest norm of the Hessian at the smallest scale. (0 to 1e+18) Default 0. */
  gamma?: number;
  /** Unit of the scales. Default mm. */
  unit?: 'mm' | 'voxels';
  /** What lies beyond the border: the nearest voxel, the image reflected (d c b a | a b c d), or zero. Default reflect. */
  edge?: 'nearest' | 'reflect' | 'zero';
  /** 2 works within slices only. (2 to 3) Default 3. */
  dims?: number;
}

/** Options of segment threshold: Mask of the voxels between two values. */
export interface SegmentThresholdOptions {
  /** smallest value inside; -inf = no limit */
  lower?: number;
  /** largest value inside; inf = no limit */
  upper?: number;
}

/** Options of segment otsu: Mask of the voxels above Otsu's threshold. */
export interface SegmentOtsuOptions {
  /** bins of the histogram; 0 = one a whole number where the values span at most 65536 of them, else 256 (0 to 65536) Default 0. */
  bins?: number;
}

/** Options of segment li: Mask of the voxels above Li's threshold (least cross entropy). */
export interface SegmentLiOptions {
  /** bins of the histogram; 0 = one a whole number where the values span at most 65536 of them, else 256 (0 to 65536) Default 0. */
  bins?: number;
}

/** Options of segment yen: Mask of the voxels above Yen's threshold (greatest correlation). */
export interface SegmentYenOptions {
  /** bins of the histogram; 0 = one a whole number where the values span at most 65536 of them, else 256 (0 to 65536) Default 0. */
  bins?: number;
}

/** Options of segment triangle: Mask of the voxels above the triangle threshold, for histograms of one peak. */
export interface SegmentTriangleOptions {
  /** bins of the histogram; 0 = one a whole number where the values span at most 65536 of them, else 256 (0 to 65536) Default 0. */
  bins?: number;
}

/** Options of segment multi_otsu: Classes of values between which the variance is greatest. */
export interface SegmentMultiOtsuOptions {
  /** number of classes (2 to 16) Default 3. */
  classes?: number;
  /** bins of the histogram; 0 = one a whole number where the values span at most 65536 of them, else 256 (kmeans: 65536) (0 to 65536) Default 0. */
  bins?: number;
}

/** Options of segment adaptive: Mask of the voxels above the mean of their neighborhood. */
export interface SegmentAdaptiveOptions {
  /** side of the neighborhood, odd [voxels] (3 to 4095) Default 35. */
  size?: number;
  /** taken from the neighborhood's mean Default 0. */
  offset?: number;
  /** weights of the neighborhood: Gaussian with sigma (size - 1) / 6, or all equal Default gaussian. */
  method?: 'gaussian' | 'mean';
  /** 2 looks within slices only (2 to 3) Default 3. */
  dims?: number;
}

/** Options of segment kmeans: Classes of values by k-means. */
export interface SegmentKmeansOptions {
  /** number of classes (2 to 16) Default 3. */
  classes?: number;
  /** bins of the histogram; 0 = one a whole number where the values span at most 65536 of them, else 256 (kmeans: 65536) (0 to 65536) Default 0. */
  bins?: number;
}

/** Options of segment slic: Superpixels: connected segments of like values and about one size. */
export interface SegmentSlicOptions {
  /** how many segments are wanted, about (1 to 1.67772e+07) Default 100. */
  segments?: number;
  /** weight of place against value: larger makes squarer segments (1e-06 to 1e+06) Default 0.1. */
  compactness?: number;
  /** at most so many steps (1 to 1000) Default 10. */
  iterations?: number;
  /** how distances are measured Default voxels. */
  unit?: 'mm' | 'voxels';
  /** smallest segment, as a part of the mean size (0 to 1) Default 0.5. */
  minSize?: number;
  /** largest segment, in mean sizes (1 to 100) Default 3. */
  maxSize?: number;
  /** 2 takes every slice by itself (2 to 3) Default 3. */
  dims?: number;
}

/** Options of segment components: Connected components of a mask, numbered by falling size. */
export interface SegmentComponentsOptions {
  /** which voxels touch: through faces (6), edges too (18), corners too (26) Default 6. */
  connectivity?: '6' | '18' | '26';
  /** smaller components are left out [ml] (0 to 1e+09) Default 0. */
  minVolume?: number;
  /** keep only so many of the largest; 0 = all (0 to 2.14748e+09) Default 0. */
  maxCount?: number;
}

/** Options of segment largest: Keep the largest connected component of a mask. */
export interface SegmentLargestOptions {
  /** which voxels touch: through faces (6), edges too (18), corners too (26) Default 6. */
  connectivity?: '6' | '18' | '26';
  /** how many of the largest to keep (1 to 2.14748e+09) Default 1. */
  count?: number;
}

/** Options of segment fill_holes: Fill the holes of a mask. */
export interface SegmentFillHolesOptions {
  /** 3d, or 2d: each x-y slice by itself Default 3d. */
  mode?: '3d' | '2d';
  /** larger holes stay; 0 = fill all [ml (2d: mm2)] (0 to 1e+09) Default 0. */
  maxSize?: number;
}

/** Options of segment grow: Voxels within limits that are connected to a seed. */
export interface SegmentGrowOptions {
  /** point to start from [voxels or mm] */
  seed: readonly [number, number, number];
  /** the seed is a voxel index, or LPS millimeters Default voxel. */
  space?: 'voxel' | 'lps';
  /** smallest value inside; -inf = no limit */
  lower?: number;
  /** largest value inside; inf = no limit */
  upper?: number;
  /** which voxels touch: through faces (6), edges too (18), corners too (26) Default 6. */
  connectivity?: '6' | '18' | '26';
}

/** Options of segment body: The patient in a CT, without air and table. */
export interface SegmentBodyOptions {
  /** at and above it a voxel is not air [HU] (-1000 to 200) Default -300. */
  threshold?: number;
  /** radius of the ball that contacts with the table must not survive [mm] (0 to 30) Default 4. */
  open?: number;
  /** take the values as HU even if they do not look so Default false. */
  assumeHu?: boolean;
}

/** Options of segment bones: Bone in a CT. */
export interface SegmentBonesOptions {
  /** a voxel that may be bone [HU] (-200 to 3000) Default 200. */
  lower?: number;
  /** at least 2% of a connected piece must reach it [HU] (-200 to 3000) Default 350. */
  strong?: number;
  /** at and above it a voxel is metal, not bone [HU] (500 to 32767) Default 3000. */
  metal?: number;
  /** smaller pieces are left out [ml] (0 to 1000) Default 0.1. */
  minVolume?: number;
  /** smaller holes in an axial slice are filled [mm2] (0 to 1e+06) Default 10. */
  maxHole?: number;
  /** take the values as HU even if they do not look so Default false. */
  assumeHu?: boolean;
}

/** Options of segment lungs: Left and right lung and the airways in a CT, with anatomical checks. */
export interface SegmentLungsOptions {
  /** below it a voxel inside the body is air or lung [HU] (-900 to 0) Default -400. */
  threshold?: number;
  /** radius of the ball that takes vessels into the lungs [mm] (0 to 30) Default 3. */
  close?: number;
  /** take the values as HU even if they do not look so Default false. */
  assumeHu?: boolean;
}

/** Options of segment head: The head in an MR or CT. */
export interface SegmentHeadOptions {
  /** radius of the ball that thin contacts must not survive [mm] (0 to 30) Default 3. */
  open?: number;
  /** radius of the ball that must fit through an opening (ear canals) for the outside to reach in; 0 = any does [mm] (0 to 30) Default 5. */
  close?: number;
}

/** Options of segment brain: The brain in a T1 MR of a head. */
export interface SegmentBrainOptions {
  /** brightness between background and brain at which the brain ends; less gives a larger brain (0.05 to 0.95) Default 0.5. */
  fraction?: number;
}

/** Options of segment inverse_gradient: 1 / sqrt(1 + alpha |gradient|): near 0 at borders, near 1 elsewhere. */
export interface SegmentInverseGradientOptions {
  /** steepness: larger makes borders darker (0 to 1e+12) Default 100. */
  alpha?: number;
  /** standard deviation of the Gaussian [voxels] (0.1 to 1000) Default 5. */
  sigma?: number;
}

/** Options of segment morph_geodesic: Contour that moves to borders, by morphological geodesic active contours. */
export interface SegmentMorphGeodesicOptions {
  /** steps (0 to 100000) Default 100. */
  iterations?: number;
  /** start where no mask is given Default disk. */
  init?: 'disk' | 'checkerboard';
  /** times the contour is smoothed in a step (0 to 100) Default 1. */
  smoothing?: number;
  /** the balloon stops below it; without it the 40th percentile (-1e+300 to 1e+300) */
  threshold?: number;
  /** above 0 grows, below 0 shrinks, 0 does neither (-1e+09 to 1e+09) Default 0. */
  balloon?: number;
  /** center of the disk; without it the middle [voxels] */
  center?: readonly [number, number, number];
  /** radius of the disk; without it 3/8 of the shortest side [voxels] (0 to 1e+09) */
  radius?: number;
}

/** Options of segment morph_chan_vese: Two regions of different means, by morphological active contours without edges. */
export interface SegmentMorphChanVeseOptions {
  /** steps (0 to 100000) Default 35. */
  iterations?: number;
  /** start where no mask is given Default checkerboard. */
  init?: 'disk' | 'checkerboard';
  /** times the contour is smoothed in a step (0 to 100) Default 1. */
  smoothing?: number;
  /** weight of the inside's spread (0 to 1e+09) Default 1. */
  lambda1?: number;
  /** weight of the outside's spread (0 to 1e+09) Default 1. */
  lambda2?: number;
  /** center of the disk; without it the middle [voxels] */
  center?: readonly [number, number, number];
  /** radius of the disk; without it 3/8 of the shortest side [voxels] (0 to 1e+09) */
  radius?: number;
}

/** Options of segment chan_vese: Two regions of different means with a short border between, by Chan and Vese's level set. */
export interface SegmentChanVeseOptions {
  /** start where no mask is given Default checkerboard. */
  init?: 'checkerboard' | 'disk' | 'small-disk';
  /** weight of the contour's length: larger makes rounder (0 to 1e+09) Default 0.25. */
  mu?: number;
  /** weight of the inside's spread (0 to 1e+09) Default 1. */
  lambda1?: number;
  /** weight of the outside's spread (0 to 1e+09) Default 1. */
  lambda2?: number;
  /** ends when the level set's root mean square change is at most this (0 to 1e+09) Default 0.001. */
  tolerance?: number;
  /** time step (1e-06 to 1000) Default 0.5. */
  step?: number;
  /** at most so many steps (0 to 100000) Default 500. */
  iterations?: number;
  /** 2 takes every slice by itself (2 to 3) Default 3. */
  dims?: number;
}

/** Options of segment level_set: Surface moved by speed, smoothness and pull until it rests. */
export interface SegmentLevelSetOptions {
  /** what moves the surface: an image that is small at borders, a range of values, the Laplacian, two means Default geodesic. */
  kind?: 'geodesic' | 'threshold' | 'laplacian' | 'regions';
  /** at most so many steps (0 to 100000) Default 1000. */
  iterations?: number;
  /** weight of the speed; positive expands (-1e+06 to 1e+06) Default 1. */
  propagation?: number;
  /** weight of smoothness (0 to 1e+06) Default 1. */
  curvature?: number;
  /** weight of the pull to borders, for geodesic (-1e+06 to 1e+06) Default 1. */
  advection?: number;
  /** smallest value inside, for threshold (-1e+30 to 1e+30) */
  lower?: number;
  /** largest value inside, for threshold (-1e+30 to 1e+30) */
  upper?: number;
  /** standard deviation of the Gaussian derivative that pulls [mm] (0.01 to 1000) Default 1. */
  sigma?: number;
  /** ends when the root mean square change is below this (0 to 1e+06) Default 0.02. */
  rms?: number;
  /** center of the ball to start from; without it the middle [voxels] */
  center?: readonly [number, number, number];
  /** radius of the ball; without it 3/8 of the shortest side [voxels] (0 to 1e+09) */
  radius?: number;
}

/** Options of segment fast_march: Times at which a front arrives that moves at the image's speed. */
export interface SegmentFastMarchOptions {
  /** point where the front starts [voxels or mm] */
  seed?: readonly [number, number, number];
  /** the seed is a voxel index, or LPS millimeters Default voxel. */
  space?: 'voxel' | 'lps';
  /** time at which the front stops */
  stop?: number;
  /** speed is the image's value divided by this (1e-30 to 1e+30) Default 1. */
  scale?: number;
}

/** Options of segment snake: Curve that is drawn to lines and edges of a slice. */
export interface SegmentSnakeOptions {
  /** start, as "x,y x,y ..."; without it an ellipse [voxels] */
  points?: string;
  /** center of the ellipse; without it the middle [voxels] */
  center?: readonly [number, number];
  /** radii of the ellipse; without them 3/8 of the sides [voxels] (0 to 1e+06) */
  radii?: readonly [number, number];
  /** points of the ellipse (5 to 2000) Default 200. */
  count?: number;
  /** the curve is closed, or its ends stay, or they are free Default closed. */
  ends?: 'closed' | 'fixed' | 'free';
  /** at most so many steps (1 to 100000) Default 2500. */
  iterations?: number;
  /** weight against length (0 to 1e+06) Default 0.01. */
  alpha?: number;
  /** weight against bending (0 to 1e+06) Default 0.1. */
  beta?: number;
  /** pull to bright voxels; below 0 to dark ones (-1e+06 to 1e+06) Default 0. */
  line?: number;
  /** pull to edges (-1e+06 to 1e+06) Default 1. */
  edge?: number;
  /** inverse of the time step (1e-09 to 1e+06) Default 0.01. */
  gamma?: number;
  /** a point moves no farther in a step [voxels] (1e-06 to 1000) Default 1. */
  most?: number;
  /** ends when no point has moved by this over ten steps [voxels] (0 to 1e+06) Default 0.1. */
  convergence?: number;
}

/** Options of register init: A first guess: the shift that brings two images' centers together. */
export interface RegisterInitOptions {
  /** Which centers: of the grids (geometry) or of mass (moments). Default moments. */
  start?: 'auto' | 'none' | 'geometry' | 'moments';
}

/** Options of register translation: The shift that brings one image over another. */
export interface RegisterTranslationOptions {
  /** What likeness is: Mattes' mutual information (any two modalities), mean squares (one scale of values), correlation (one modality, any scale). Default mattes. */
  metric?: 'mattes' | 'mean-squares' | 'correlation';
  /** Where to begin, if no initial transform is given: as the images lie (none), centers of the grids (geometry) or of mass (moments) together, or the best of these (auto). Default auto. */
  start?: 'auto' | 'none' | 'geometry' | 'moments';
  /** Resolution of each level, coarse to fine, such as 4,2,1; none: 4, 2 and 1 times the fixed image's least. [mm] */
  spacing?: string;
  /** Sigma of the Gaussian at each level, such as 2,1,0; none: half the level's spacing, 0 at the image's own. [mm] */
  smoothing?: string;
  /** Points at which the images are compared at each level, about; fewer where there are fewer voxels. (100 to 1e+09) Default 60000. */
  samples?: number;
  /** Where they are: one anywhere in each cell of a regular grid, or the voxels in the cells' middle. Default random. */
  sampler?: 'random' | 'grid';
  /** Of the random sampler. (0 to 2.14748e+09) Default 1. */
  seed?: number;
  /** Of each axis (Mattes). (8 to 255) Default 50. */
  bins?: number;
  /** Evaluations of the metric at most, each level. (1 to 100000) Default 100. */
  iterations?: number;
  /** A level is done when a step moves no corner of the fixed image by more, in its voxels. [voxels] (1e-09 to 1) Default 0.005. */
  tolerance?: number;
  /** Part of the samples that must lie in the moving image. (0 to 1) Default 0.1. */
  overlap?: number;
  /** How the moving image is sampled for the result. Default linear. */
  interp?: 'nearest' | 'linear' | 'cubic' | 'lanczos';
  /** Value of the result where there is no moving image. Default 0. */
  outside?: number;
}

/** Options of register rigid: The rotation and shift that bring one image over another. */
export interface RegisterRigidOptions {
  /** What likeness is: Mattes' mutual information (any two modalities), mean squares (one scale of values), correlation (one modality, any scale). Default mattes. */
  metric?: 'mattes' | 'mean-squares' | 'correlation';
  /** Where to begin, if no initial transform is given: as the images lie (none), centers of the grids (geometry) or of mass (moments) together, or the best of these (auto). Default auto. */
  start?: 'auto' | 'none' | 'geometry' | 'moments';
  /** Resolution of each level, coarse to fine, such as 4,2,1; none: 4, 2 and 1 times the fixed image's least. [mm] */
  spacing?: string;
  /** Sigma of the Gaussian at each level, such as 2,1,0; none: half the level's spacing, 0 at the image's own. [mm] */
  smoothing?: string;
  /** Points at which the images are compared at each level, about; fewer where there are fewer voxels. (100 to 1e+09) Default 60000. */
  samples?: number;
  /** Where they are: one anywhere in each cell of a regular grid, or the voxels in the cells' middle. Default random. */
  sampler?: 'random' | 'grid';
  /** Of the random sampler. (0 to 2.14748e+09) Default 1. */
  seed?: number;
  /** Of each axis (Mattes). (8 to 255) Default 50. */
  bins?: number;
  /** Evaluations of the metric at most, each level. (1 to 100000) Default 100. */
  iterations?: number;
  /** A level is done when a step moves no corner of the fixed image by more, in its voxels. [voxels] (1e-09 to 1) Default 0.005. */
  tolerance?: number;
  /** Part of the samples that must lie in the moving image. (0 to 1) Default 0.1. */
  overlap?: number;
  /** How the moving image is sampled for the result. Default linear. */
  interp?: 'nearest' | 'linear' | 'cubic' | 'lanczos';
  /** Value of the result where there is no moving image. Default 0. */
  outside?: number;
}

/** Options of register similarity: The rotation, scale and shift that bring one image over another. */
export interface RegisterSimilarityOptions {
  /** What likeness is: Mattes' mutual information (any two modalities), mean squares (one scale of values), correlation (one modality, any scale). Default mattes. */
  metric?: 'mattes' | 'mean-squares' | 'correlation';
  /** Where to begin, if no initial transform is given: as the images lie (none), centers of the grids (geometry) or of mass (moments) together, or the best of these (auto). Default auto. */
  start?: 'auto' | 'none' | 'geometry' | 'moments';
  /** Resolution of each level, coarse to fine, such as 4,2,1; none: 4, 2 and 1 times the fixed image's least. [mm] */
  spacing?: string;
  /** Sigma of the Gaussian at each level, such as 2,1,0; none: half the level's spacing, 0 at the image's own. [mm] */
  smoothing?: string;
  /** Points at which the images are compared at each level, about; fewer where there are fewer voxels. (100 to 1e+09) Default 60000. */
  samples?: number;
  /** Where they are: one anywhere in each cell of a regular grid, or the voxels in the cells' middle. Default random. */
  sampler?: 'random' | 'grid';
  /** Of the random sampler. (0 to 2.14748e+09) Default 1. */
  seed?: number;
  /** Of each axis (Mattes). (8 to 255) Default 50. */
  bins?: number;
  /** Evaluations of the metric at most, each level. (1 to 100000) Default 100. */
  iterations?: number;
  /** A level is done when a step moves no corner of the fixed image by more, in its voxels. [voxels] (1e-09 to 1) Default 0.005. */
  tolerance?: number;
  /** Part of the samples that must lie in the moving image. (0 to 1) Default 0.1. */
  overlap?: number;
  /** How the moving image is sampled for the result. Default linear. */
  interp?: 'nearest' | 'linear' | 'cubic' | 'lanczos';
  /** Value of the result where there is no moving image. Default 0. */
  outside?: number;
}

/** Options of register affine: The affine transform that brings one image over another. */
export interface RegisterAffineOptions {
  /** What likeness is: Mattes' mutual information (any two modalities), mean squares (one scale of values), correlation (one modality, any scale). Default mattes. */
  metric?: 'mattes' | 'mean-squares' | 'correlation';
  /** Where to begin, if no initial transform is given: as the images lie (none), centers of the grids (geometry) or of mass (moments) together, or the best of these (auto). Default auto. */
  start?: 'auto' | 'none' | 'geometry' | 'moments';
  /** Resolution of each level, coarse to fine, such as 4,2,1; none: 4, 2 and 1 times the fixed image's least. [mm] */
  spacing?: string;
  /** Sigma of the Gaussian at each level, such as 2,1,0; none: half the level's spacing, 0 at the image's own. [mm] */
  smoothing?: string;
  /** Points at which the images are compared at each level, about; fewer where there are fewer voxels. (100 to 1e+09) Default 60000. */
  samples?: number;
  /** Where they are: one anywhere in each cell of a regular grid, or the voxels in the cells' middle. Default random. */
  sampler?: 'random' | 'grid';
  /** Of the random sampler. (0 to 2.14748e+09) Default 1. */
  seed?: number;
  /** Of each axis (Mattes). (8 to 255) Default 50. */
  bins?: number;
  /** Evaluations of the metric at most, each level. (1 to 100000) Default 100. */
  iterations?: number;
  /** A level is done when a step moves no corner of the fixed image by more, in its voxels. [voxels] (1e-09 to 1) Default 0.005. */
  tolerance?: number;
  /** Part of the samples that must lie in the moving image. (0 to 1) Default 0.1. */
  overlap?: number;
  /** How the moving image is sampled for the result. Default linear. */
  interp?: 'nearest' | 'linear' | 'cubic' | 'lanczos';
  /** Value of the result where there is no moving image. Default 0. */
  outside?: number;
}

/** Options of register fuse: Recipe for PET/CT and the like: a scan of another modality, from one visit, on the CT's grid. */
export interface RegisterFuseOptions {
  /** What likeness is: Mattes' mutual information (any two modalities), mean squares (one scale of values), correlation (one modality, any scale). Default mattes. */
  metric?: 'mattes' | 'mean-squares' | 'correlation';
  /** Where to begin, if no initial transform is given: as the images lie (none), centers of the grids (geometry) or of mass (moments) together, or the best of these (auto). Default auto. */
  start?: 'auto' | 'none' | 'geometry' | 'moments';
  /** Resolution of each level, coarse to fine, such as 4,2,1; none: 4, 2 and 1 times the fixed image's least. [mm] */
  spacing?: string;
  /** Sigma of the Gaussian at each level, such as 2,1,0; none: half the level's spacing, 0 at the image's own. [mm] */
  smoothing?: string;
  /** Points at which the images are compared at each level, about; fewer where there are fewer voxels. (100 to 1e+09) Default 60000. */
  samples?: number;
  /** Where they are: one anywhere in each cell of a regular grid, or the voxels in the cells' middle. Default random. */
  sampler?: 'random' | 'grid';
  /** Of the random sampler. (0 to 2.14748e+09) Default 1. */
  seed?: number;
  /** Of each axis (Mattes). (8 to 255) Default 32. */
  bins?: number;
  /** Evaluations of the metric at most, each level. (1 to 100000) Default 100. */
  iterations?: number;
  /** A level is done when a step moves no corner of the fixed image by more, in its voxels. [voxels] (1e-09 to 1) Default 0.005. */
  tolerance?: number;
  /** Part of the samples that must lie in the moving image. (0 to 1) Default 0.1. */
  overlap?: number;
  /** How the moving image is sampled for the result. Default linear. */
  interp?: 'nearest' | 'linear' | 'cubic' | 'lanczos';
  /** Value of the result where there is no moving image. Default 0. */
  outside?: number;
}

/** Options of register longitudinal: Recipe for two time points of one patient: the later scan on the earlier one's grid. */
export interface RegisterLongitudinalOptions {
  /** What likeness is: Mattes' mutual information (any two modalities), mean squares (one scale of values), correlation (one modality, any scale). Default correlation. */
  metric?: 'mattes' | 'mean-squares' | 'correlation';
  /** Where to begin, if no initial transform is given: as the images lie (none), centers of the grids (geometry) or of mass (moments) together, or the best of these (auto). Default auto. */
  start?: 'auto' | 'none' | 'geometry' | 'moments';
  /** Resolution of each level, coarse to fine, such as 4,2,1; none: 4, 2 and 1 times the fixed image's least. [mm] */
  spacing?: string;
  /** Sigma of the Gaussian at each level, such as 2,1,0; none: half the level's spacing, 0 at the image's own. [mm] */
  smoothing?: string;
  /** Points at which the images are compared at each level, about; fewer where there are fewer voxels. (100 to 1e+09) Default 60000. */
  samples?: number;
  /** Where they are: one anywhere in each cell of a regular grid, or the voxels in the cells' middle. Default random. */
  sampler?: 'random' | 'grid';
  /** Of the random sampler. (0 to 2.14748e+09) Default 1. */
  seed?: number;
  /** Of each axis (Mattes). (8 to 255) Default 50. */
  bins?: number;
  /** Evaluations of the metric at most, each level. (1 to 100000) Default 100. */
  iterations?: number;
  /** A level is done when a step moves no corner of the fixed image by more, in its voxels. [voxels] (1e-09 to 1) Default 0.005. */
  tolerance?: number;
  /** Part of the samples that must lie in the moving image. (0 to 1) Default 0.1. */
  overlap?: number;
  /** How the moving image is sampled for the result. Default linear. */
  interp?: 'nearest' | 'linear' | 'cubic' | 'lanczos';
  /** Value of the result where there is no moving image. Default 0. */
  outside?: number;
}

/** Options of register landmarks: The transform that brings points of one image nearest to those of another. */
export interface RegisterLandmarksOptions {
  /** Points of the fixed image in LPS: x,y,z;x,y,z;... (2D: x,y;...); spaces and line ends part numbers too. [mm] */
  fixedPoints: string;
  /** The same points in the moving image, in the same order. [mm] */
  movingPoints: string;
  /** What transform is sought. Default rigid. */
  kind?: 'translation' | 'rigid' | 'similarity' | 'affine';
  /** How the moving image is sampled for the result. Default linear. */
  interp?: 'nearest' | 'linear' | 'cubic' | 'lanczos';
  /** Value of the result where there is no moving image. Default 0. */
  outside?: number;
}

/** Options of register demons: The smooth deformation that brings one image over another of the same modality. */
export interface RegisterDemonsOptions {
  /** Resolution of each level, coarse to fine, such as 4,2,1; none: 4, 2 and 1 times the fixed image's least. [mm] */
  spacing?: string;
  /** Sigma of the Gaussian at each level, such as 2,1,0; none: half the level's spacing, 0 at the image's own. [mm] */
  smoothing?: string;
  /** Steps at most, each level. (1 to 100000) Default 60. */
  iterations?: number;
  /** A level is done when five steps lessen the mean square by less than this part. (0 to 1) Default 0.01. */
  tolerance?: number;
  /** Longest step, voxels of the level. [voxels] (0.1 to 4) Default 1. */
  step?: number;
  /** Sigma by which the field is smoothed at the finest level, as many voxels on coarser ones; 0 none, below 0: 1.5 times the least spacing. [mm] (-1 to 1000) Default -1. */
  diffusion?: number;
  /** The same for the field of each step. [mm] (0 to 1000) Default 0. */
  fluid?: number;
  /** How the moving image is sampled for the result. Default linear. */
  interp?: 'nearest' | 'linear' | 'cubic' | 'lanczos';
  /** Value of the result where there is no moving image. Default 0. */
  outside?: number;
}

/** Options of measure labels: Volume, place, extent and values of every label. */
export interface MeasureLabelsOptions {
  /** measure the largest distance between two voxels of each label Default true. */
  longest?: boolean;
}

/** Options of measure overlap: How far two masks agree: Dice, Jaccard, surface distances. */
export interface MeasureOverlapOptions {
  /** compare this number only; 0 = everything that is not 0 (0 to 1.67772e+07) Default 0. */
  label?: number;
  /** surface distances too (Hausdorff, 95 %, mean) Default false. */
  surface?: boolean;
}

/** Options of measure compare: How far an image is from a reference: error, PSNR, SSIM, correlation. */
export interface MeasureCompareOptions {
  /** side of SSIM's window, odd [voxels] (3 to 63) Default 7. */
  size?: number;
  /** full range for PSNR and SSIM; not given = the reference's maximum - minimum */
  range?: number;
  /** SSIM with the Gaussian window of its authors (sigma 1.5) Default false. */
  gaussian?: boolean;
  /** 2 takes SSIM's windows within slices (2 to 3) Default 3. */
  dims?: number;
}

/** Options of measure signal: Signal-to-noise and contrast-to-noise ratio of a region. */
export interface MeasureSignalOptions {
}

/** Options of measure sharpness: How sharp an image is, within slices. */
export interface MeasureSharpnessOptions {
}

/** Options of measure shape: Shape of every label: axes, elongation, surface, roundness. */
export interface MeasureShapeOptions {
  /** measure the largest distance between two voxels of each label Default true. */
  feret?: boolean;
}

/** Options of measure intensity: Values of an image in every label: moments, extremes, center of gravity. */
export interface MeasureIntensityOptions {
}

/** Options of measure radiomics: Radiomics of a region: shape, values, histogram and texture, by the IBSI or as pyradiomics. */
export interface MeasureRadiomicsOptions {
  /** the region is where the mask has this number; 0 = everything that is not 0 (0 to 1.67772e+07) Default 1. */
  label?: number;
  /** whose definitions and names hold where they differ Default ibsi. */
  definitions?: 'ibsi' | 'pyradiomics';
  /** neighbors in the volume, within slices in one matrix, or a matrix a slice Default 3d. */
  aggregation?: '3d' | '2.5d' | '2d' | 'all';
  /** gray levels of this width; 0 = by number (0 to 1e+30) Default 0. */
  binWidth?: number;
  /** so many gray levels of equal width; 0 = 32, or pyradiomics' width of 25 (0 to 2048) Default 0. */
  bins?: number;
  /** of values, when resampled Default linear. */
  interp?: 'linear' | 'cubic' | 'nearest';
  /** resample to this along x, y, z; 0 = the axis stays [mm] (0 to 1e+06) Default 0,0,0. */
  spacing?: readonly [number, number, number];
  /** round resampled values to whole numbers Default false. */
  round?: boolean;
  /** Moran's I and Geary's C too Default true. */
  spatial?: boolean;
  /** only values from here (re-segmentation); not given = all */
  rangeMin?: number;
  /** only values up to here */
  rangeMax?: number;
  /** only values within so many standard deviations of the mean; 0 = all (0 to 1000) Default 0. */
  outliers?: number;
  /** levels that differ by at most this depend on each other (NGLDM) [levels] (0 to 1.04858e+06) Default 0. */
  coarseness?: number;
  /** added to values before energy and root mean square Default 0. */
  shift?: number;
  /** also write the table to this file */
  csv?: string;
}

/** Options of measure lesions: Every label as a lesion: mesh volume and surface, sphericity, long and short axis in the slice. */
export interface MeasureLesionsOptions {
}

/** Options of measure recist: RECIST 1.1 response between two label images with the same number for the same lesion. */
export interface MeasureRecistOptions {
  /** labels that are lymph nodes, as 2,5: measured by their short axis */
  nodes?: string;
  /** smallest sum of earlier time points; not given = the baseline's [mm] */
  nadir?: number;
  /** long axis at baseline from which a lesion is a target; nodes need a short axis of 15 [mm] (0 to 1000) Default 10. */
  least?: number;
  /** targets at most, the largest (1 to 1000) Default 5. */
  most?: number;
}

/** Options of measure detection: Objects found against objects given: true and false positives, misses, F1. */
export interface MeasureDetectionOptions {
  /** least intersection over union of a pair; 0 = one common voxel is enough (0 to 1) Default 0.1. */
  overlap?: number;
}

/** Options of measure agreement: How far two surfaces agree: surface Dice at a tolerance (NSD), HD95, ASSD, volume error. */
export interface MeasureAgreementOptions {
  /** compare this number only; 0 = everything that is not 0 (0 to 1.67772e+07) Default 0. */
  label?: number;
  /** that surfaces may differ by [mm] (0 to 1e+06) Default 1. */
  tolerance?: number;
}

/** Options of measure distance: Length of the line through two or more points. */
export interface MeasureDistanceOptions {
  /** x,y,z;x,y,z;... in LPS mm */
  points: string;
  /** points are voxel indices Default false. */
  voxels?: boolean;
}

/** Options of measure angle: Angle at the second of three points, or between two lines of two points each. */
export interface MeasureAngleOptions {
  /** x,y,z;x,y,z;... in LPS mm */
  points: string;
  /** points are voxel indices Default false. */
  voxels?: boolean;
}

/** Options of measure area: Area and perimeter of a polygon of points. */
export interface MeasureAreaOptions {
  /** x,y,z;x,y,z;... in LPS mm */
  points: string;
  /** points are voxel indices Default false. */
  voxels?: boolean;
}

/** Options of measure roi: Values inside a sphere, a circle or a polygon. */
export interface MeasureRoiOptions {
  /** x,y,z;x,y,z;... in LPS mm */
  points: string;
  /** points are voxel indices Default false. */
  voxels?: boolean;
  /** around one point; 0 = points are the corners of a polygon within one slice [mm] (0 to 1e+06) Default 0. */
  radius?: number;
  /** 3 a sphere, 2 a circle within the slice (2 to 3) Default 3. */
  dims?: number;
}

/** Options of mesh surface: Triangle surface of gray values above a value, or of labels. */
export interface MeshSurfaceOptions {
  /** Surface of this label; 0 for all labels as one, -1 to cut gray values at --value. (-1 to 2.14748e+09) Default -1. */
  label?: number;
  /** Voxels of at least this are inside, in the image's units (HU for CT). Default 0.5. */
  value?: number;
  /** Close the surface at the image's border; auto does so for labels. Default auto. */
  close?: 'auto' | 'yes' | 'no';
  /** Give each vertex a normal from the image's gradient. Default true. */
  normals?: boolean;
}

/** Options of mesh smooth: Smooth a surface without shrinking it. */
export interface MeshSmoothOptions {
  /** Degree of the filter: more is sharper in frequency. (1 to 500) Default 20. */
  iterations?: number;
  /** Frequency up to which shape is kept, 0.001 (very smooth) to 2 (as it is). (0.001 to 2) Default 0.1. */
  passBand?: number;
}

/** Options of mesh check: Counts, area, volume and whether a surface is watertight. */
export interface MeshCheckOptions {
}

/** Options of render slice: One plane or slab of a volume as a picture. */
export interface RenderSliceOptions {
  /** which plane of the patient Default axial. */
  plane?: 'axial' | 'coronal' | 'sagittal';
  /** LPS point on the plane; the middle of the volume if not given [mm] */
  position?: readonly [number, number, number];
  /** oblique plane by its LPS normal Default 0,0,0. */
  normal?: readonly [number, number, number];
  /** window center; from the 0.5 and 99.5 percentiles if not given */
  center?: number;
  /** window width (1 to 1e+09) */
  width?: number;
  /** size of a pixel; 0 = the smallest spacing of the image [mm] (0 to 1000) Default 0. */
  pixel?: number;
  /** thickness of the slab; 0 = a plane [mm] (0 to 100000) Default 0. */
  slab?: number;
  /** what a slab shows along a ray Default max. */
  mode?: 'max' | 'min' | 'mean';
  /** strength of label colors (0 to 1) Default 0.35. */
  opacity?: number;
  /** draw label outlines at full strength Default true. */
  outline?: boolean;
  /** orientation letters and a scale bar Default true. */
  marks?: boolean;
}

/** Options of render mpr: Axial, coronal and sagittal plane through one point, side by side. */
export interface RenderMprOptions {
  /** LPS point on the plane; the middle of the volume if not given [mm] */
  position?: readonly [number, number, number];
  /** window center; from the 0.5 and 99.5 percentiles if not given */
  center?: number;
  /** window width (1 to 1e+09) */
  width?: number;
  /** size of a pixel; 0 = the smallest spacing of the image [mm] (0 to 1000) Default 0. */
  pixel?: number;
  /** thickness of the slab; 0 = a plane [mm] (0 to 100000) Default 0. */
  slab?: number;
  /** what a slab shows along a ray Default max. */
  mode?: 'max' | 'min' | 'mean';
  /** strength of label colors (0 to 1) Default 0.35. */
  opacity?: number;
  /** draw label outlines at full strength Default true. */
  outline?: boolean;
  /** orientation letters and a scale bar Default true. */
  marks?: boolean;
}

/** Options of render mip: Maximum, minimum or mean intensity projection. */
export interface RenderMipOptions {
  /** which plane of the patient Default axial. */
  plane?: 'axial' | 'coronal' | 'sagittal';
  /** LPS point on the plane; the middle of the volume if not given [mm] */
  position?: readonly [number, number, number];
  /** window center; from the 0.5 and 99.5 percentiles if not given */
  center?: number;
  /** window width (1 to 1e+09) */
  width?: number;
  /** size of a pixel; 0 = the smallest spacing of the image [mm] (0 to 1000) Default 0. */
  pixel?: number;
  /** thickness of the slab; 0 = the whole volume [mm] (0 to 100000) Default 0. */
  slab?: number;
  /** what a slab shows along a ray Default max. */
  mode?: 'max' | 'min' | 'mean';
  /** orientation letters and a scale bar Default true. */
  marks?: boolean;
}

/** Options of render overlay: A plane of a volume with a mask or labels in color over it. */
export interface RenderOverlayOptions {
  /** which plane of the patient Default axial. */
  plane?: 'axial' | 'coronal' | 'sagittal';
  /** LPS point on the plane; the middle of the volume if not given [mm] */
  position?: readonly [number, number, number];
  /** oblique plane by its LPS normal Default 0,0,0. */
  normal?: readonly [number, number, number];
  /** window center; from the 0.5 and 99.5 percentiles if not given */
  center?: number;
  /** window width (1 to 1e+09) */
  width?: number;
  /** size of a pixel; 0 = the smallest spacing of the image [mm] (0 to 1000) Default 0. */
  pixel?: number;
  /** thickness of the slab; 0 = a plane [mm] (0 to 100000) Default 0. */
  slab?: number;
  /** what a slab shows along a ray Default max. */
  mode?: 'max' | 'min' | 'mean';
  /** strength of label colors (0 to 1) Default 0.35. */
  opacity?: number;
  /** draw label outlines at full strength Default true. */
  outline?: boolean;
  /** orientation letters and a scale bar Default true. */
  marks?: boolean;
}

/** Options of dicom load: A series of DICOM files to a volume. */
export interface DicomLoadOptions {
  /** stored values: no rescale to HU, SUV or others Default false. */
  raw?: boolean;
  /** accept missing slices and uneven spacing; remarks say so Default false. */
  allowGaps?: boolean;
  /** type of the voxels; auto is int16 or uint16 where values are whole and fit, else float32 Default auto. */
  dtype?: 'auto' | 'uint8' | 'int8' | 'uint16' | 'int16' | 'uint32' | 'int32' | 'uint64' | 'int64' | 'float32' | 'float64';
  /** how far slices may stray from even spacing; 0 is 1 % of the spacing, at least 0.01 [mm] (0 to 1000) Default 0. */
  tolerance?: number;
  /** PET: standardized uptake values by body weight, lean body mass (James, Janmahasatian) or body surface Default none. */
  suv?: 'none' | 'bw' | 'lbm' | 'lbm-janma' | 'bsa';
  /** gantry tilt: move the slices onto a straight grid (linear) Default false. */
  straighten?: boolean;
  /** values by this Real World Value Mapping, from 1, in place of the rescale; 0 is the rescale (0 to 1000) Default 0. */
  realWorld?: number;
  /** of a series that falls into parts (kinds of image, orientations, sizes) this one, from 1; 0 is the largest (0 to 2.14748e+09) Default 0. */
  part?: number;
  /** MR: the images of this echo time alone; 0 is all of them [ms] (0 to 1e+06) Default 0. */
  echo?: number;
}

/** Options of dicom write-series: A volume to a CT or MR series of DICOM files. */
export interface DicomWriteSeriesOptions {
  /** what the images are: CT or MR */
  modality?: string;
  /** Series Description */
  description?: string;
  /** derive UIDs from this, so that the same input gives the same files */
  seed?: string;
  /** Patient ID */
  patientId?: string;
  /** Patient's Name */
  patientName?: string;
  /** Study Date, YYYYMMDD */
  studyDate?: string;
  /** Derivation Description: what made the images */
  derivation?: string;
}

/** Options of format load: Read a volume from a file, or from many pictures. */
export interface FormatLoadOptions {
  /** only this time point of a 4D file, from 0; -1 is all (-1 to 2.14748e+09) Default -1. */
  time?: number;
  /** numbers as stored: the file's slope and intercept are not applied Default false. */
  raw?: boolean;
  /** read a sheared grid by its nearest rotation instead of refusing it Default false. */
  allowShear?: boolean;
  /** data files that a NRRD or MetaImage header names may lie outside of its folder Default false. */
  outside?: boolean;
  /** where the axes of Analyze 7.5 files run to, which they don't say: las as SPM and nibabel, lps as ITK Default las. */
  analyzeAxes?: 'las' | 'ras' | 'lps';
  /** last axis of a NumPy array; auto: components if it is a fifth, or 3 or 4 of uint8 in 3D and more Default auto. */
  lastAxis?: 'auto' | 'x' | 'components';
  /** which place of a NIfTI file counts where it has both Default sform. */
  form?: 'sform' | 'qform';
  /** NIfTI: one position along dimensions 5, 6, 7, from 0; TIFF: the first is the page; -1 is all (-1 to 2.14748e+09) Default -1,-1,-1. */
  index?: readonly [number, number, number];
  /** of pictures and stacks of them, instead of what the files say [mm] (1e-09 to 1e+09) */
  spacing?: readonly [number, number, number];
}

/** Options of format save: Write a volume or picture to a file; its ending chooses the format. */
export interface FormatSaveOptions {
  /** compression: 1 fast to 9 small; 0 is the default, in NRRD and MetaImage none (0 to 9) Default 0. */
  level?: number;
  /** NIfTI version 1 or 2; 0 takes 2 only if a size passes 32767 (0 to 2) Default 0. */
  version?: number;
  /** of NRRD, and but for bzip2 and hex of MetaImage; auto is gzip if a level is given, else raw Default auto. */
  encoding?: 'auto' | 'raw' | 'gzip' | 'bzip2' | 'ascii' | 'hex';
  /** .hdr and .img as Analyze 7.5, which holds no orientation: voxels are put in order LAS Default false. */
  analyze?: boolean;
  /** of JPEG and WebP, 1 to 100; 0 is 90 for JPEG and without loss for WebP (0 to 100) Default 0. */
  quality?: number;
  /** of TIFF Default deflate. */
  compression?: 'deflate' | 'none';
}

/** Options of pipeline run: The whole study to a report. */
export interface PipelineRunOptions {
  /** Series Instance UID; the largest CT or MR series if not given */
  series?: string;
  /** sigma of the Gaussian before segmentation; 0 = none [mm] (0 to 20) Default 0.5. */
  smooth?: number;
  /** mask file to hold the bone mask (CT) or head mask (MR) against */
  compare?: string;
  /** what that mask is, for the report */
  compareName?: string;
}

/** Every operation: its name, its options, what goes in and comes out. */
export interface Operations {
  'image.stats': { options: ImageStatsOptions; in: { image: 'image'; mask?: 'labels' }; out: { numbers: 'json' } };
  'image.histogram': { options: ImageHistogramOptions; in: { image: 'image'; mask?: 'labels' }; out: { numbers: 'json' } };
  'image.crop': { options: ImageCropOptions; in: { image: 'image'; mask?: 'labels' }; out: { out: 'image' } };
  'image.flip': { options: ImageFlipOptions; in: { image: 'image' }; out: { out: 'image' } };
  'image.reorient': { options: ImageReorientOptions; in: { image: 'image' }; out: { out: 'image' } };
  'image.pad': { options: ImagePadOptions; in: { image: 'image' }; out: { out: 'image' } };
  'image.permute': { options: ImagePermuteOptions; in: { image: 'image' }; out: { out: 'image' } };
  'image.convert': { options: ImageConvertOptions; in: { image: 'image' }; out: { out: 'image' } };
  'image.window': { options: ImageWindowOptions; in: { image: 'image' }; out: { out: 'image' } };
  'filter.gauss': { options: FilterGaussOptions; in: { image: 'image' }; out: { image: 'image' } };
  'filter.median': { options: FilterMedianOptions; in: { image: 'image' }; out: { image: 'image' } };
  'filter.resample': { options: FilterResampleOptions; in: { image: 'image'; like?: 'image'; transform?: 'transform' }; out: { image: 'image' } };
  'filter.erode': { options: FilterErodeOptions; in: { mask: 'labels'; element?: 'labels' }; out: { mask: 'labels' } };
  'filter.dilate': { options: FilterDilateOptions; in: { mask: 'labels'; element?: 'labels' }; out: { mask: 'labels' } };
  'filter.open': { options: FilterOpenOptions; in: { mask: 'labels'; element?: 'labels' }; out: { mask: 'labels' } };
  'filter.close': { options: FilterCloseOptions; in: { mask: 'labels'; element?: 'labels' }; out: { mask: 'labels' } };
  'filter.distance': { options: FilterDistanceOptions; in: { mask: 'labels' }; out: { image: 'image' } };
  'filter.stretch': { options: FilterStretchOptions; in: { image: 'image'; mask?: 'image' }; out: { image: 'image' } };
  'filter.gamma': { options: FilterGammaOptions; in: { image: 'image' }; out: { image: 'image' } };
  'filter.sigmoid': { options: FilterSigmoidOptions; in: { image: 'image' }; out: { image: 'image' } };
  'filter.equalize': { options: FilterEqualizeOptions; in: { image: 'image'; mask?: 'image' }; out: { image: 'image' } };
  'filter.clahe': { options: FilterClaheOptions; in: { image: 'image' }; out: { image: 'image' } };
  'filter.match': { options: FilterMatchOptions; in: { image: 'image'; like: 'image' }; out: { image: 'image' } };
  'filter.rotate': { options: FilterRotateOptions; in: { image: 'image' }; out: { image: 'image' } };
  'filter.scale': { options: FilterScaleOptions; in: { image: 'image' }; out: { image: 'image' } };
  'filter.affine': { options: FilterAffineOptions; in: { image: 'image'; like?: 'image' }; out: { image: 'image' } };
  'filter.compose_transforms': { options: FilterComposeTransformsOptions; in: { first: 'transform'; second: 'transform'; third?: 'transform'; fourth?: 'transform' }; out: { transform: 'transform' } };
  'filter.invert_transform': { options: FilterInvertTransformOptions; in: { transform: 'transform'; like?: 'image' }; out: { inverse: 'transform'; numbers: 'json' } };
  'filter.transform_field': { options: FilterTransformFieldOptions; in: { transform: 'transform'; like: 'image' }; out: { field: 'image' } };
  'filter.jacobian': { options: FilterJacobianOptions; in: { transform: 'transform'; like: 'image' }; out: { image: 'image' } };
  'filter.warp': { options: FilterWarpOptions; in: { image: 'image'; field: 'image'; like?: 'image' }; out: { image: 'image' } };
  'filter.gray_erode': { options: FilterGrayErodeOptions; in: { image: 'image'; element?: 'labels' }; out: { image: 'image' } };
  'filter.gray_dilate': { options: FilterGrayDilateOptions; in: { image: 'image'; element?: 'labels' }; out: { image: 'image' } };
  'filter.gray_open': { options: FilterGrayOpenOptions; in: { image: 'image'; element?: 'labels' }; out: { image: 'image' } };
  'filter.gray_close': { options: FilterGrayCloseOptions; in: { image: 'image'; element?: 'labels' }; out: { image: 'image' } };
  'filter.white_tophat': { options: FilterWhiteTophatOptions; in: { image: 'image'; element?: 'labels' }; out: { image: 'image' } };
  'filter.black_tophat': { options: FilterBlackTophatOptions; in: { image: 'image'; element?: 'labels' }; out: { image: 'image' } };
  'filter.morph_gradient': { options: FilterMorphGradientOptions; in: { image: 'image'; element?: 'labels' }; out: { image: 'image' } };
  'filter.reconstruct': { options: FilterReconstructOptions; in: { marker: 'image'; mask: 'image' }; out: { image: 'image' } };
  'filter.h_maxima': { options: FilterHMaximaOptions; in: { image: 'image' }; out: { image: 'image' } };
  'filter.h_minima': { options: FilterHMinimaOptions; in: { image: 'image' }; out: { image: 'image' } };
  'filter.gray_fill_holes': { options: FilterGrayFillHolesOptions; in: { image: 'image' }; out: { image: 'image' } };
  'filter.regional_maxima': { options: FilterRegionalMaximaOptions; in: { image: 'image' }; out: { mask: 'labels' } };
  'filter.regional_minima': { options: FilterRegionalMinimaOptions; in: { image: 'image' }; out: { mask: 'labels' } };
  'filter.skeleton': { options: FilterSkeletonOptions; in: { mask: 'labels' }; out: { mask: 'labels' } };
  'filter.diffusion': { options: FilterDiffusionOptions; in: { image: 'image' }; out: { image: 'image' } };
  'filter.nlm': { options: FilterNlmOptions; in: { image: 'image' }; out: { image: 'image' } };
  'filter.n4': { options: FilterN4Options; in: { image: 'image'; mask?: 'labels' }; out: { image: 'image' } };
  'filter.fft': { options: FilterFftOptions; in: { image: 'image' }; out: { image: 'image' } };
  'filter.convolve': { options: FilterConvolveOptions; in: { image: 'image'; kernel: 'image' }; out: { image: 'image' } };
  'filter.box': { options: FilterBoxOptions; in: { image: 'image' }; out: { image: 'image' } };
  'filter.bilateral': { options: FilterBilateralOptions; in: { image: 'image' }; out: { image: 'image' } };
  'filter.unsharp': { options: FilterUnsharpOptions; in: { image: 'image' }; out: { image: 'image' } };
  'filter.gradient': { options: FilterGradientOptions; in: { image: 'image' }; out: { image: 'image' } };
  'filter.sobel': { options: FilterSobelOptions; in: { image: 'image' }; out: { image: 'image' } };
  'filter.prewitt': { options: FilterPrewittOptions; in: { image: 'image' }; out: { image: 'image' } };
  'filter.scharr': { options: FilterScharrOptions; in: { image: 'image' }; out: { image: 'image' } };
  'filter.laplacian': { options: FilterLaplacianOptions; in: { image: 'image' }; out: { image: 'image' } };
  'filter.response': { options: FilterResponseOptions; in: { image: 'image' }; out: { image: 'image' } };
  'filter.log': { options: FilterLogOptions; in: { image: 'image' }; out: { image: 'image' } };
  'filter.canny': { options: FilterCannyOptions; in: { image: 'image' }; out: { edges: 'labels' } };
  'filter.frangi': { options: FilterFrangiOptions; in: { image: 'image' }; out: { image: 'image' } };
  'segment.threshold': { options: SegmentThresholdOptions; in: { image: 'image' }; out: { mask: 'labels' } };
  'segment.otsu': { options: SegmentOtsuOptions; in: { image: 'image' }; out: { mask: 'labels' } };
  'segment.li': { options: SegmentLiOptions; in: { image: 'image' }; out: { mask: 'labels' } };
  'segment.yen': { options: SegmentYenOptions; in: { image: 'image' }; out: { mask: 'labels' } };
  'segment.triangle': { options: SegmentTriangleOptions; in: { image: 'image' }; out: { mask: 'labels' } };
  'segment.multi_otsu': { options: SegmentMultiOtsuOptions; in: { image: 'image' }; out: { labels: 'labels' } };
  'segment.adaptive': { options: SegmentAdaptiveOptions; in: { image: 'image' }; out: { mask: 'labels' } };
  'segment.kmeans': { options: SegmentKmeansOptions; in: { image: 'image' }; out: { labels: 'labels' } };
  'segment.slic': { options: SegmentSlicOptions; in: { image: 'image' }; out: { labels: 'labels' } };
  'segment.components': { options: SegmentComponentsOptions; in: { mask: 'labels' }; out: { labels: 'labels' } };
  'segment.largest': { options: SegmentLargestOptions; in: { mask: 'labels' }; out: { mask: 'labels' } };
  'segment.fill_holes': { options: SegmentFillHolesOptions; in: { mask: 'labels' }; out: { mask: 'labels' } };
  'segment.grow': { options: SegmentGrowOptions; in: { image: 'image' }; out: { mask: 'labels' } };
  'segment.body': { options: SegmentBodyOptions; in: { image: 'image' }; out: { mask: 'labels' } };
  'segment.bones': { options: SegmentBonesOptions; in: { image: 'image' }; out: { mask: 'labels' } };
  'segment.lungs': { options: SegmentLungsOptions; in: { image: 'image' }; out: { labels: 'labels' } };
  'segment.head': { options: SegmentHeadOptions; in: { image: 'image' }; out: { mask: 'labels' } };
  'segment.brain': { options: SegmentBrainOptions; in: { image: 'image' }; out: { mask: 'labels' } };
  'segment.inverse_gradient': { options: SegmentInverseGradientOptions; in: { image: 'image' }; out: { image: 'image' } };
  'segment.morph_geodesic': { options: SegmentMorphGeodesicOptions; in: { image: 'image'; start?: 'labels' }; out: { mask: 'labels' } };
  'segment.morph_chan_vese': { options: SegmentMorphChanVeseOptions; in: { image: 'image'; start?: 'labels' }; out: { mask: 'labels' } };
  'segment.chan_vese': { options: SegmentChanVeseOptions; in: { image: 'image'; start?: 'labels' }; out: { mask: 'labels' } };
  'segment.level_set': { options: SegmentLevelSetOptions; in: { image: 'image'; start?: 'labels' }; out: { mask: 'labels' } };
  'segment.fast_march': { options: SegmentFastMarchOptions; in: { image: 'image'; trials?: 'labels' }; out: { times: 'image' } };
  'segment.snake': { options: SegmentSnakeOptions; in: { image: 'image' }; out: { mask: 'labels'; curve: 'json' } };
  'register.init': { options: RegisterInitOptions; in: { fixed: 'image'; moving: 'image' }; out: { transform: 'transform' } };
  'register.translation': { options: RegisterTranslationOptions; in: { fixed: 'image'; moving: 'image'; fixedMask?: 'labels'; movingMask?: 'labels'; initial?: 'transform' }; out: { image: 'image'; transform: 'transform'; inverse: 'transform'; numbers: 'json' } };
  'register.rigid': { options: RegisterRigidOptions; in: { fixed: 'image'; moving: 'image'; fixedMask?: 'labels'; movingMask?: 'labels'; initial?: 'transform' }; out: { image: 'image'; transform: 'transform'; inverse: 'transform'; numbers: 'json' } };
  'register.similarity': { options: RegisterSimilarityOptions; in: { fixed: 'image'; moving: 'image'; fixedMask?: 'labels'; movingMask?: 'labels'; initial?: 'transform' }; out: { image: 'image'; transform: 'transform'; inverse: 'transform'; numbers: 'json' } };
  'register.affine': { options: RegisterAffineOptions; in: { fixed: 'image'; moving: 'image'; fixedMask?: 'labels'; movingMask?: 'labels'; initial?: 'transform' }; out: { image: 'image'; transform: 'transform'; inverse: 'transform'; numbers: 'json' } };
  'register.fuse': { options: RegisterFuseOptions; in: { fixed: 'image'; moving: 'image'; fixedMask?: 'labels'; movingMask?: 'labels'; initial?: 'transform' }; out: { image: 'image'; transform: 'transform'; inverse: 'transform'; numbers: 'json' } };
  'register.longitudinal': { options: RegisterLongitudinalOptions; in: { fixed: 'image'; moving: 'image'; fixedMask?: 'labels'; movingMask?: 'labels'; initial?: 'transform' }; out: { image: 'image'; transform: 'transform'; inverse: 'transform'; numbers: 'json' } };
  'register.landmarks': { options: RegisterLandmarksOptions; in: { fixed: 'image'; moving: 'image' }; out: { image: 'image'; transform: 'transform'; inverse: 'transform'; numbers: 'json' } };
  'register.demons': { options: RegisterDemonsOptions; in: { fixed: 'image'; moving: 'image'; fixedMask?: 'labels'; movingMask?: 'labels'; initial?: 'transform' }; out: { image: 'image'; transform: 'transform'; inverse: 'transform'; numbers: 'json'; field: 'image'; jacobian: 'image' } };
  'measure.labels': { options: MeasureLabelsOptions; in: { labels: 'labels'; image?: 'image' }; out: { measures: 'json' } };
  'measure.overlap': { options: MeasureOverlapOptions; in: { found: 'labels'; given: 'labels' }; out: { measures: 'json' } };
  'measure.compare': { options: MeasureCompareOptions; in: { image: 'image'; reference: 'image' }; out: { measures: 'json' } };
  'measure.signal': { options: MeasureSignalOptions; in: { image: 'image'; region: 'labels'; background?: 'labels' }; out: { measures: 'json' } };
  'measure.sharpness': { options: MeasureSharpnessOptions; in: { image: 'image' }; out: { measures: 'json' } };
  'measure.shape': { options: MeasureShapeOptions; in: { labels: 'labels' }; out: { measures: 'json' } };
  'measure.intensity': { options: MeasureIntensityOptions; in: { labels: 'labels'; image: 'image' }; out: { measures: 'json' } };
  'measure.radiomics': { options: MeasureRadiomicsOptions; in: { image: 'image'; mask: 'labels' }; out: { measures: 'json' } };
  'measure.lesions': { options: MeasureLesionsOptions; in: { labels: 'labels' }; out: { measures: 'json' } };
  'measure.recist': { options: MeasureRecistOptions; in: { baseline: 'labels'; now: 'labels' }; out: { measures: 'json' } };
  'measure.detection': { options: MeasureDetectionOptions; in: { found: 'labels'; given: 'labels' }; out: { measures: 'json' } };
  'measure.agreement': { options: MeasureAgreementOptions; in: { found: 'labels'; given: 'labels' }; out: { measures: 'json' } };
  'measure.distance': { options: MeasureDistanceOptions; in: { image: 'image' }; out: { measures: 'json' } };
  'measure.angle': { options: MeasureAngleOptions; in: { image: 'image' }; out: { measures: 'json' } };
  'measure.area': { options: MeasureAreaOptions; in: { image: 'image' }; out: { measures: 'json' } };
  'measure.roi': { options: MeasureRoiOptions; in: { image: 'image' }; out: { measures: 'json' } };
  'mesh.surface': { options: MeshSurfaceOptions; in: { image: 'image' }; out: { mesh: 'mesh' } };
  'mesh.smooth': { options: MeshSmoothOptions; in: { mesh: 'mesh' }; out: { mesh: 'mesh' } };
  'mesh.check': { options: MeshCheckOptions; in: { mesh: 'mesh' }; out: { facts: 'json' } };
  'render.slice': { options: RenderSliceOptions; in: { image: 'image'; labels?: 'labels' }; out: { picture: 'rgb' } };
  'render.mpr': { options: RenderMprOptions; in: { image: 'image'; labels?: 'labels' }; out: { picture: 'rgb' } };
  'render.mip': { options: RenderMipOptions; in: { image: 'image' }; out: { picture: 'rgb' } };
  'render.overlay': { options: RenderOverlayOptions; in: { image: 'image'; labels: 'labels' }; out: { picture: 'rgb' } };
}
