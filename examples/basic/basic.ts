/**
 * Look at a scan, smooth it, find its edges and its bright part, and save pictures and volumes.
 *     node basic.js IN OUT-FOLDER
 *
 * IN is a DICOM folder or file, or a volume (.nii, .nii.gz, .nrrd, .mha ...); the folder OUT must be there.
 * Research use only, not for diagnosis.
 */
import { join } from 'node:path';
import { ImageAnalyzer, run, TomoError, type MedicalImage } from 'tomo';

const analyzer = new ImageAnalyzer();

function printMetadata(scan: MedicalImage): void {
  console.log(`size         ${scan.size.join(' x ')} voxels of ${scan.dtype}`);
  const spacing = scan.spacing.map((mm) => mm.toFixed(2)).join(' x ');
  console.log(`spacing      ${spacing} mm, orientation ${scan.orientation}`);
}

/** What a median and percentiles say that a mean does not: air is most of many scans. */
async function printStatistics(scan: MedicalImage): Promise<void> {
  const { min, max, mean, std, percentiles: p } = await analyzer.getStatistics(scan);
  console.log(`values       ${min} to ${max}, mean ${mean.toFixed(2)}, standard deviation ${std.toFixed(2)}`);
  console.log(`percentiles  5 %: ${p[5]}, median ${p[50]}, 95 %: ${p[95]}`);
}

async function main(input: string, folder: string): Promise<void> {
  const scan = await analyzer.loadImage(input);
  printMetadata(scan);
  await printStatistics(scan);

  const smooth = await analyzer.gaussianSmooth(scan, { sigma: 2 }); // mm: long voxels blur equally in the patient
  const edges = await analyzer.detectEdgesSobel(smooth);
  const bright = await analyzer.thresholdOtsu(smooth);
  console.log(`bright part  ${bright.labels[0]?.note}`);

  async function save(image: MedicalImage, name: string): Promise<void> {
    const path = join(folder, name);
    await analyzer.saveImage(image, path);
    console.log(`saved        ${path}`);
  }
  // the middle slice as a picture; any operation of the library has its name and types in run()
  await save(await run(scan, 'render.slice'), 'scan.png');
  await save(await run(smooth, 'render.slice'), 'smooth.png');
  await save(await run(edges, 'render.slice'), 'edges.png');
  await save(await run({ image: scan, labels: bright }, 'render.slice'), 'bright.png');
  await save(smooth, 'smooth.nii.gz');
  await save(bright, 'bright.nii.gz');
}

const [input, folder] = process.argv.slice(2);
if (!input || !folder) {
  console.error('usage: node basic.js IN OUT-FOLDER');
  process.exit(2);
}
try {
  await main(input, folder);
} catch (error) {
  if (!(error instanceof TomoError)) throw error;
  console.error(`${error.code}: ${error.message}`);
  process.exitCode = 1;
}
