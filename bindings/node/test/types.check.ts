/** Types, checked by tsc (npm run types); never run. Every expect-error line is an error that must be found. */
import {
  DICOMProcessor,
  ImageAnalyzer,
  MedicalImage,
  MedicalMesh,
  run,
  type PixelArray,
  type TypedArray,
} from '../lib/index.js';

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
function same<A, B>(_: Same<A, B>): void {}

export async function types(): Promise<void> {
  const dicom = new DICOMProcessor();
  const ds = await dicom.readDICOM('a.dcm', { stopBeforePixels: true, specificTags: ['PatientName'] });
  same<typeof ds.PatientName, string | null | undefined>(true);
  same<typeof ds.Rows, number | null | undefined>(true);
  same<typeof ds.PixelSpacing, (number | null)[] | null | undefined>(true);
  ds.ReferencedSeriesSequence?.[0]?.SeriesInstanceUID?.startsWith('2.25');
  same<ReturnType<typeof ds.keys>, string[]>(true);
  const rows = ds.get('Rows');
  same<typeof rows, number | null | undefined>(true);
  // @ts-expect-error no such keyword
  ds.PatientNmae;
  // @ts-expect-error data sets are read-only
  ds.PatientName = 'X';
  // @ts-expect-error no such option
  await dicom.readDICOM('a.dcm', { stopBeforePixel: true });

  const pixels: PixelArray = await dicom.getPixelArray(ds, { frame: 0, signal: new AbortController().signal });
  if (pixels.dtype === 'int16') same<typeof pixels.data, Int16Array>(true);
  // @ts-expect-error not before the type is known
  const bytes: Uint8Array = pixels.data;
  void bytes;
  const metadata = dicom.getMetadata(ds);
  same<typeof metadata.patient.name, string | undefined>(true);
  same<typeof metadata.image.rows, number | undefined>(true);

  const analyzer = new ImageAnalyzer();
  const image = await analyzer.loadImage('a.nii', { onProgress: (done) => done.toFixed(1) });
  same<typeof image, MedicalImage>(true);
  same<typeof image.data, TypedArray>(true);
  if (image.is('float32')) same<typeof image.data, Float32Array>(true);
  // @ts-expect-error the size is fixed
  image.size = [1, 2, 3];
  const smooth = await analyzer.gaussianSmooth(image, { sigma: 2, edge: 'reflect' });
  same<typeof smooth, MedicalImage>(true);
  // @ts-expect-error no such edge
  await analyzer.gaussianSmooth(image, { edge: 'wrap' });
  // @ts-expect-error a number is wanted
  await analyzer.gaussianSmooth(image, { sigma: '2' });
  const { mean } = await analyzer.getStatistics(image, { mask: smooth });
  same<typeof mean, number>(true);

  same<Awaited<ReturnType<typeof run<'mesh.surface'>>>, MedicalMesh>(true);
  const mesh = await run(image, 'mesh.surface', { value: 200 });
  await run(mesh, 'mesh.smooth');
  await run({ image, mask: smooth }, 'image.stats');
  await run(image, 'image.convert', { to: 'uint8' });
  // @ts-expect-error a required option
  await run(image, 'image.convert');
  // @ts-expect-error a mesh is wanted
  await run(image, 'mesh.smooth');
  // @ts-expect-error two inputs are wanted
  await run(image, 'measure.overlap');
  // @ts-expect-error no such operation
  await run(image, 'filter.nothing');
  await using closed = image;
  void closed;
}
