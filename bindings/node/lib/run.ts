/** Any operation of the library by its name, typed from the operation tables (ops.gen.ts). */
import { call } from './call.js';
import { wrongArgument } from './errors.js';
import { handleOf, MedicalImage, MedicalMesh, MedicalTransform, type MedicalValue } from './image.js';
import { native, type ImageHandle, type MeshHandle, type TransformHandle, type ValueHandle } from './native.js';
import type { Operations } from './ops.gen.js';
import type { ProgressOptions } from './types.js';

export type OperationName = keyof Operations;

interface Kinds {
  image: MedicalImage;
  labels: MedicalImage;
  rgb: MedicalImage;
  mesh: MedicalMesh;
  transform: MedicalTransform;
  json: Record<string, unknown>;
}
type Values<P> = { [N in keyof P]: P[N] extends keyof Kinds ? Kinds[P[N]] : Kinds[keyof Kinds] };
type IsUnion<T, U = T> = [T] extends [never] ? false : T extends unknown ? ([U] extends [T] ? false : true) : never;
type RequiredKeys<T> = { [K in keyof T]-?: object extends Pick<T, K> ? never : K }[keyof T];

/** What goes in by the ports' names; where only one port must be given, its value may stand alone. */
export type Inputs<K extends OperationName> =
  | Values<Operations[K]['in']>
  | (IsUnion<RequiredKeys<Operations[K]['in']>> extends true
      ? never
      : Values<Operations[K]['in']>[RequiredKeys<Operations[K]['in']>]);

/** What comes out: the one result, or several by the ports' names. */
export type Outputs<K extends OperationName> =
  IsUnion<keyof Operations[K]['out']> extends true
    ? Values<Operations[K]['out']>
    : Values<Operations[K]['out']>[keyof Operations[K]['out']];

export type RunOptions<K extends OperationName> = Operations[K]['options'] & ProgressOptions;

/** Options may be left out where none is required. */
export type RunArguments<K extends OperationName> = object extends Operations[K]['options']
  ? [options?: RunOptions<K>]
  : [options: RunOptions<K>];

/** One operation of the table, as `tomo ops` prints it. */
export interface OperationRow {
  room: string;
  name: string;
  help: string;
  detail: string;
  example: string;
  in: { name: string; kind: keyof Kinds; optional: boolean; help: string }[];
  out: { name: string; kind: keyof Kinds; optional: boolean; help: string }[];
  options: {
    name: string;
    type: 'bool' | 'int' | 'double' | 'enum' | 'text' | 'doubles';
    count: number;
    required: boolean;
    default?: number | null;
    min?: number;
    max?: number;
    unit: string;
    choices?: string[];
    help: string;
  }[];
}

let rows: Map<string, OperationRow> | undefined;

/** The operation tables, by name (`'filter.gauss'`). */
export function operations(): ReadonlyMap<string, OperationRow> {
  rows ??= new Map((JSON.parse(native.opsJson()) as OperationRow[]).map((op) => [`${op.room}.${op.name}`, op]));
  return rows;
}

type Given = MedicalValue | Record<string, MedicalValue | undefined>;

function handles(name: string, given: Given): Record<string, ValueHandle | undefined> {
  if (given instanceof MedicalImage || given instanceof MedicalMesh || given instanceof MedicalTransform) {
    const port = operations().get(name)?.in.find((p) => !p.optional);
    return { [port?.name ?? 'image']: handleOf(given, name) };
  }
  if (typeof given !== 'object' || given === null)
    throw wrongArgument(`${name}: the input is ${String(given)}, expected an image, a mesh, a transform, or an object of them`);
  return Object.fromEntries(
    Object.entries(given).map(([port, value]) => [
      port.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`), // fixedMask is the table's fixed-mask
      value && handleOf(value, `${name}: ${port}`),
    ]),
  );
}

function toValue(kind: keyof Kinds, value: ValueHandle | string | undefined): unknown {
  if (typeof value === 'string') return JSON.parse(value);
  if (value === undefined) return undefined;
  if (kind === 'transform') return new MedicalTransform(value as TransformHandle);
  return kind === 'mesh' ? new MedicalMesh(value as MeshHandle) : new MedicalImage(value as ImageHandle);
}

/** Run an operation off the JavaScript thread: `run(image, 'filter.median', { radius: [1, 1, 1] })`. */
export async function run<K extends OperationName>(
  inputs: Inputs<K>,
  name: K,
  ...[options]: RunArguments<K>
): Promise<Outputs<K>> {
  const { signal, onProgress, ...own }: ProgressOptions = options ?? {};
  const given = handles(name, inputs as Given);
  const out = await call({ signal, onProgress }, (job) => native.opRun(name, given, own, job));
  const ports = operations().get(name)?.out ?? [];
  const values = ports.map((port) => [port.name, toValue(port.kind, out[port.name])] as const);
  return (values.length === 1 ? values[0]?.[1] : Object.fromEntries(values)) as Outputs<K>;
}
