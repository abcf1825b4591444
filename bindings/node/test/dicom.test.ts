/** Data sets, pixels and metadata, held against what pydicom reads from the same files. */
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { describe, expect, it, test } from 'vitest';
import { DicomDataset, DICOMProcessor, TomoError, type TypedArray } from '../lib/index.js';
import { native } from '../lib/native.js';
import { caseFile, caseJson, data, failure, temporary } from './support.js';

interface Reference {
  values: Record<string, unknown>;
  shape: number[];
  dtype: string;
  pixels: number[];
  json: Record<string, { vr: string; Value?: unknown[] }>;
}

const dicom = new DICOMProcessor();
const pydicom = caseJson<Reference>('small.json');
const small = () => dicom.readDICOM(caseFile('small.dcm'));
const folder = temporary();

describe('values', () => {
  it('are what pydicom reads', async () => {
    const ds = await small();
    const bag = ds as unknown as Record<string, unknown>;
    let compared = 0;
    for (const [keyword, theirs] of Object.entries(pydicom.values)) {
      const ours = bag[keyword];
      if (keyword === 'SelectorSVValue' || keyword === 'SelectorUVValue') continue; // past 2^53: below
      const plain = theirs === '' ? null : typeof theirs === 'string' ? theirs.replace(', ', ',') : theirs;
      expect(ours, keyword).toEqual(Array.isArray(ours) && !Array.isArray(plain) ? [plain] : keyword === 'PatientComments' ? theirs : plain);
      compared++;
    }
    expect(compared).toBeGreaterThan(40);
  });

  it('of 64 bits are exact', async () => {
    const ds = await small();
    expect(ds.SelectorSVValue).toEqual([-5, -9007199254740995n]);
    expect(ds.SelectorUVValue).toEqual([18446744073709551615n, 7]);
  });

  it('are arrays where the dictionary allows several, however many there are', async () => {
    const ds = await small();
    expect(ds.WindowCenter).toEqual([40]);
    expect(ds.ImageType).toEqual(['ORIGINAL', 'PRIMARY', 'AXIAL']);
    expect(ds.PixelSpacing).toEqual([0.5, 0.25]);
    expect(ds.Rows).toBe(4);
    expect(ds.get('(0009,1010)')).toEqual(['a', 'b']);
  });

  it('absent is undefined, empty is null or no items', async () => {
    const ds = await small();
    expect(ds.PatientAddress).toBeUndefined();
    expect(ds.AccessionNumber).toBeNull();
    expect(ds.ProcedureCodeSequence).toEqual([]);
    expect((ds as unknown as Record<string, unknown>)['NoSuchKeyword']).toBeUndefined();
    expect((ds as unknown as Record<string, unknown>)['then']).toBeUndefined(); // so that await gives the data set
  });

  it('binary ones are copies of the bytes', async () => {
    const ds = await small();
    expect(ds.ICCProfile).toEqual(new Uint8Array([1, 2, 3, 4]));
    const file = readFileSync(caseFile('small.dcm'));
    expect(ds.PixelData).toEqual(new Uint8Array(file.subarray(file.length - 120)));
    ds.ICCProfile?.fill(9);
    expect(ds.ICCProfile).toEqual(new Uint8Array([1, 2, 3, 4]));
  });

  it('of items are reached by index and by path', async () => {
    const ds = await small();
    const items = ds.ReferencedSeriesSequence ?? [];
    expect(items.map((item) => item.SeriesInstanceUID)).toEqual(['2.25.100', '2.25.101']);
    expect(items[1]).toBeInstanceOf(DicomDataset);
    const path = 'ReferencedSeriesSequence[1].ReferencedInstanceSequence[0].ReferencedSOPInstanceUID';
    expect(ds.get(path)).toBe('2.25.201');
    expect(items[1]?.ReferencedInstanceSequence?.[0]?.ReferencedSOPInstanceUID).toBe('2.25.201');
    expect(ds.get('ReferencedSeriesSequence[0]')).toBeInstanceOf(DicomDataset);
    expect(ds.get('ReferencedSeriesSequence[2].SeriesInstanceUID')).toBeUndefined();
    expect(ds.get('0020000E')).toBe('2.25.8');
  });

  it('has() and keys() say what is there', async () => {
    const ds = await small();
    expect(ds.has('AccessionNumber')).toBe(true);
    expect(ds.has('PatientAddress')).toBe(false);
    expect(ds.has('ReferencedSeriesSequence[1].SeriesInstanceUID')).toBe(true);
    expect('PatientName' in ds).toBe(true);
    expect('PatientAddress' in ds).toBe(false);
    const keys = ds.keys();
    expect(keys.slice(-2)).toEqual(['SelectorUVValue', 'PixelData'].sort().reverse());
    expect(keys).toContain('00091010');
    for (const keyword of Object.keys(pydicom.values)) expect(keys).toContain(keyword);
  });

  it('can not be set, deleted, or printed by accident', async () => {
    const ds = await small();
    expect(() => ((ds as unknown as Record<string, unknown>)['PatientName'] = 'X')).toThrow(TomoError);
    expect(() => delete (ds as unknown as Record<string, unknown>)['PatientName']).toThrow(TomoError);
    expect(inspect(ds)).not.toContain('ller');
  });

  it('toJSON() is the DICOM JSON model as pydicom writes it', async () => {
    const ds = await small();
    const ours = JSON.parse(JSON.stringify(ds)) as Reference['json'];
    expect(ours['00080005']?.Value).toEqual(['ISO_IR 192']); // JSON is UTF-8 (PS3.18 F.2.2)
    const skip = new Set(['00080005', '00720082', '00720083', '7FE00010']); // 64-bit numbers, bulk data: written in other allowed ways
    for (const [tag, theirs] of Object.entries(pydicom.json)) {
      if (skip.has(tag)) continue;
      const value = theirs.Value?.length === 0 ? undefined : theirs.Value;
      expect(ours[tag]?.vr, tag).toBe(theirs.vr);
      expect(ours[tag]?.Value, tag).toEqual(value);
    }
  });
});

describe('readDICOM', () => {
  it('keeps specific tags only', async () => {
    const ds = await dicom.readDICOM(caseFile('small.dcm'), { specificTags: ['PatientID', '00280010', '(0028,0011)'] });
    expect(ds.keys().filter((k) => !k.startsWith('FileMeta') && ds.get(k) !== undefined)).toEqual(
      expect.arrayContaining(['SpecificCharacterSet', 'PatientID', 'Rows', 'Columns']),
    );
    expect(ds.PatientName).toBeUndefined();
    await failure(dicom.readDICOM(caseFile('small.dcm'), { specificTags: ['PatientNmae'] }), 'TOMO_E_ARG');
  });

  it('stops before the pixels, by option or by default', async () => {
    for (const ds of [
      await dicom.readDICOM(caseFile('small.dcm'), { stopBeforePixels: true }),
      await new DICOMProcessor({ stopBeforePixels: true }).readDICOM(caseFile('small.dcm')),
    ]) {
      expect(ds.PixelData).toBeUndefined();
      expect(ds.Rows).toBe(4);
      await failure(dicom.getPixelArray(ds), 'TOMO_E_NOTFOUND');
    }
  });

  it('says what is wrong', async () => {
    const missing = await failure(dicom.readDICOM(join(folder, 'none.dcm')), 'TOMO_E_NOTFOUND');
    expect(missing.osErrno).toBe(2);
    expect(missing.message).toContain('none.dcm');
    expect(missing.name).toBe('TomoError');
    const text = join(folder, 'text.dcm');
    writeFileSync(text, 'This is a letter, and a long one, but no data set of any kind.\n'.repeat(9));
    expect((await failure(dicom.readDICOM(text), 'TOMO_E_FORMAT')).message.length).toBeGreaterThan(10);
    await failure(dicom.readDICOM('a\0b'), 'TOMO_E_ARG');
    await failure(dicom.readDICOM(7 as unknown as string), 'TOMO_E_ARG');
    const ds = await small();
    expect(() => ds.get('Patient Name')).toThrow(TomoError);
    expect(() => ds.get('ReferencedSeriesSequence.SeriesInstanceUID')).toThrow(/item/);
  });

  it('reads a damaged file by force and remarks on it', async () => {
    const whole = readFileSync(caseFile('small.dcm'));
    const cut = join(folder, 'cut.dcm');
    writeFileSync(cut, whole.subarray(0, whole.length - 50));
    await failure(dicom.readDICOM(cut), 'TOMO_E_FORMAT');
    const ds = await dicom.readDICOM(cut, { force: true });
    expect(ds.PatientID).toBe('P-1');
    expect(ds.remarks.length).toBeGreaterThan(0);
  });

  it('closes: items too, twice without harm', async () => {
    const ds = await small();
    const item = ds.ReferencedSeriesSequence?.[0];
    const pixels = await dicom.getPixelArray(ds);
    ds.close();
    ds.close();
    expect(() => ds.PatientName).toThrow(/closed/);
    expect(() => item?.SeriesInstanceUID).toThrow(/closed/);
    await failure(dicom.getPixelArray(ds), 'TOMO_E_ARG');
    expect(Array.from(pixels.data as Int16Array)).toEqual(pydicom.pixels); // has its own reference
  });

  it('closing does not pull the file from under a running call', async () => {
    const ds = await small();
    const running = dicom.getPixelArray(ds);
    ds.close();
    expect(Array.from((await running).data as Int16Array)).toEqual(pydicom.pixels);
  });
});

describe('getPixelArray', () => {
  it('gives the values that pydicom decodes, all frames or one', async () => {
    const ds = await small();
    const all = await dicom.getPixelArray(ds);
    expect([all.shape, all.dtype, all.samples]).toEqual([pydicom.shape, pydicom.dtype, 1]);
    expect(Array.from(all.data as Int16Array)).toEqual(pydicom.pixels);
    const one = await dicom.getPixelArray(ds, { frame: 2 });
    expect(one.shape).toEqual([4, 5]);
    expect(Array.from(one.data as Int16Array)).toEqual(pydicom.pixels.slice(40));
    await failure(dicom.getPixelArray(ds, { frame: 3 }), 'TOMO_E_ARG');
    await failure(dicom.getPixelArray(ds, { frame: 0.5 }), 'TOMO_E_ARG');
  });

  it('shares its memory with the library', async () => {
    const ds = await small();
    const image = await native.pixels((ds as unknown as Record<symbol, never>)[Object.getOwnPropertySymbols(ds)[0] as symbol] as never, -1);
    const array = native.imageData(image);
    expect(array.shared).toBe(true);
    expect(native.testAddressOf(array.data)).toBe(native.testImageAddress(image));
    expect((await dicom.getPixelArray(ds)).shared).toBe(true);
  });

  it('says what it will be, without decoding', async () => {
    const info = dicom.getPixelArrayInfo(await small());
    expect(info.shape).toEqual(pydicom.shape);
    expect(info).toMatchObject({ bitsStored: 12, signed: true, photometric: 'MONOCHROME2', slope: 1, intercept: -1024 });
    expect(info.window).toEqual({ center: 40, width: 400 });
    expect(info.spacing).toEqual([0.5, 0.25]);
  });
});

test('getMetadata gives plain objects without what is not there', async () => {
  const metadata = dicom.getMetadata(await small());
  expect(metadata.patient).toEqual({
    id: 'P-1', name: 'Müller^Jürgen', birthDate: '19700102', sex: 'M', age: '056Y', size: 1.83, weight: 81.5,
  });
  expect(metadata.study).toEqual({ uid: '2.25.7', date: '20261122', time: '101500.25', description: 'Schädel nativ' });
  expect(metadata.series).toMatchObject({ uid: '2.25.8', number: 4, modality: 'CT' });
  expect(metadata.image).toMatchObject({
    rows: 4, columns: 5, frames: 3, pixelSpacing: [0.5, 0.25], position: [-10.5, 20, 100], rescaleIntercept: -1024,
    transferSyntax: '1.2.840.10008.1.2.1',
  });
  expect(JSON.parse(JSON.stringify(metadata))).toEqual(metadata);
});

// pydicom 3.0 with pylibjpeg and GDCM: all of these decode to the same pixels
describe('one CT image in many transfer syntaxes', () => {
  const ct = data('dicom/ct-all-syntaxes');
  const lossless = /ImplicitTransfer|Explicit|JPEG2000Lossless|JPEGLSLossless|Process14|RLE|CTImage\.dcm$/;

  it.skipIf(!ct)('has the same pixels in every lossless one', async () => {
    let seen = 0;
    for (const name of readdirSync(ct ?? '').filter((n) => n.startsWith('CTImage') && lossless.test(n))) {
      const ds = await dicom.readDICOM(join(ct ?? '', name));
      const { shape, dtype, data: pixels } = await dicom.getPixelArray(ds);
      const facts = [shape, dtype, sum(pixels), min(pixels), max(pixels)];
      expect(facts, name).toEqual([[512, 512], 'int16', 19640763, -2000, 2402]);
      expect(ds.PixelSpacing).toEqual([0.675781, 0.675781]);
      seen++;
    }
    expect(seen).toBe(10);
  });
});

// pydicom 2.3, str(ds.PatientName)
describe('character sets', () => {
  const folder = data('dicom/charsets');
  const names: [string, string][] = [
    ['chrArab.dcm', 'قباني^لنزار'],
    ['chrGreek.dcm', 'Διονυσιος'],
    ['chrRuss.dcm', 'Люкceмбypг'],
    ['chrH31.dcm', 'Yamada^Tarou=山田^太郎=やまだ^たろう'],
    ['chrKoreanMulti.dcm', '김희중'],
    ['chrFren.dcm', 'Buc^Jérôme'],
  ];
  it.skipIf(!folder)('names are decoded', async () => {
    for (const [file, name] of names) expect((await dicom.readDICOM(join(folder ?? '', file))).PatientName, file).toBe(name);
  });
});

function sum(a: TypedArray): number {
  let s = 0;
  for (const v of a) s += Number(v);
  return s;
}
function min(a: TypedArray): number {
  let m = Infinity;
  for (const v of a) m = Math.min(m, Number(v));
  return m;
}
function max(a: TypedArray): number {
  let m = -Infinity;
  for (const v of a) m = Math.max(m, Number(v));
  return m;
}
