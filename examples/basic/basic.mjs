// A first look at a volume: what it is, smooth, edges, a threshold, pictures and a NIfTI file of each.
//     node basic.mjs IN OUT-FOLDER
// IN is a DICOM folder or file, or any volume file that tomo reads. Research use only, not for diagnosis.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DICOMProcessor, ImageAnalyzer, run } from 'tomo';

const [input, folder] = process.argv.slice(2);
if (!input || !folder) {
  console.error('usage: node basic.mjs IN OUT-FOLDER');
  process.exit(2);
}
const analyzer = new ImageAnalyzer();

/** The volume as name.nii.gz and its middle axial plane, over `under` if that is given, as name.png. */
async function keep(name, volume, under) {
  await analyzer.saveImage(volume, join(folder, `${name}.nii.gz`));
  const picture = await run(under ? { image: under, labels: volume } : { image: volume }, 'render.slice');
  await analyzer.saveImage(picture, join(folder, `${name}.png`));
}

try {
  if (input.endsWith('.dcm')) {
    const dicom = new DICOMProcessor();
    const { patient, series } = dicom.getMetadata(await dicom.readDICOM(input, { stopBeforePixels: true }));
    console.log(`${series.modality} of ${patient.id}, ${series.description ?? 'no description'}`);
  }
  const image = await analyzer.loadImage(input);
  const mm = image.spacing.map((s) => Number(s.toPrecision(3)));
  console.log(`${image.size.join(' x ')} voxels of ${image.dtype}, ${mm.join(' x ')} mm, axes ${image.orientation}`);
  const { min, max, mean, std } = await analyzer.getStatistics(image);
  const [low, high, middle, spread] = [min, max, mean, std].map((v) => Number(v.toPrecision(6)));
  console.log(`values ${low} to ${high}, mean ${middle}, standard deviation ${spread}`);

  mkdirSync(folder, { recursive: true });
  const smooth = await analyzer.gaussianSmooth(image, { sigma: 1.5 }); // millimeters, whatever the voxels' size
  const edges = await analyzer.detectEdges(smooth);
  const mask = await analyzer.thresholdOtsu(smooth);
  await keep('smooth', smooth);
  await keep('edges', edges);
  await keep('mask', mask, image);
  const [row] = mask.labels;
  console.log(`${row.name}: ${row.note}`);
} catch (error) {
  console.error(`${error.code ?? error.name}: ${error.message}`);
  process.exit(1);
}
