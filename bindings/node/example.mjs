// A DICOM series or a NIfTI file: where it is, what is in it, and a smoothed copy beside it.
//     node example.mjs IN [OUT.nii.gz]
import { ImageAnalyzer } from 'tomo';

const [input, output] = process.argv.slice(2);
if (!input) {
  console.error('usage: node example.mjs IN [OUT.nii.gz]');
  process.exit(2);
}
const analyzer = new ImageAnalyzer();
try {
  const image = await analyzer.loadImage(input);
  console.log(`${image.size.join(' x ')} ${image.dtype}, voxels of ${image.spacing.map((s) => s.toFixed(2)).join(' x ')} mm`);
  const { min, max, mean, std } = await analyzer.getStatistics(image);
  console.log(`values ${min} to ${max}, mean ${mean.toFixed(1)}, standard deviation ${std.toFixed(1)}`);
  if (output) {
    await analyzer.saveImage(await analyzer.gaussianSmooth(image, { sigma: 1 }), output);
    console.log(`smoothed by 1 mm: ${output}`);
  }
} catch (error) {
  console.error(`${error.code ?? error.name}: ${error.message}`);
  process.exit(1);
}
