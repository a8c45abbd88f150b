import { z } from 'zod';

const text = z.string().min(1);
const size = z.number().positive();
const count = z.int().positive().max(512);
/** A feature key: what a model's term names. */
const featureKey = z.string().regex(/^[A-Za-z][A-Za-z0-9_-]*$/, 'letters, digits, _ and -, such as dlsig_score');

/** Letters of a tensor's axes, each once: N the patient, C a channel, both of size 1; D slices, H rows, W columns. */
function isLayout(letters: string): boolean {
  const axes = [...letters];
  return (
    new Set(axes).size === axes.length &&
    ['N', 'D', 'H', 'W'].every((axis) => axes.includes(axis)) &&
    axes.every((axis) => 'NCDHW'.includes(axis))
  );
}

const output = z.union([
  /** Each value of the tensor has its own key, in order. */
  z.strictObject({ name: text, names: z.array(featureKey).min(1) }),
  /** Keys are the prefix and the position, from 0: `deep_0`, `deep_1`. */
  z.strictObject({ name: text, prefix: featureKey }),
]);

/**
 * Contents of `mappings/processing/<name>.json`: a neural network in ONNX, what is cut out of the CT for it, and the feature
 * keys that its outputs get.
 */
export const networkSchema = z.strictObject({
  type: z.literal('onnx'),
  /** What the network is and where it comes from; never part of a result's identity. */
  about: text,
  /** Said wherever the network is described: "DEMONSTRATION NETWORK, not for clinical use". */
  notice: text,
  /** The ONNX file, relative to the declaration and below its folder. */
  file: z
    .string()
    .regex(
      /^(?!.*\.\.)[A-Za-z0-9][A-Za-z0-9._/-]*\.onnx$/,
      'a path to an .onnx file below the folder of the declaration',
    ),
  /** Of the file, hex: another file never runs under this declaration. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/, '64 hex digits'),
  /** The block of tissue that the network sees, along the axes of the scan. */
  crop: z.strictObject({
    centre: z.literal('mask-centroid'),
    /**
     * Edge lengths (mm) along columns, rows and slices. `null` for the slices: slices as they were scanned, around the one
     * nearest to the centroid.
     */
    sizeMm: z.tuple([size, size, size.nullable()]),
    /** Voxels along columns, rows and slices; voxel centres lie half a voxel inside the edges. */
    sizeVoxels: z.tuple([count, count, count]),
    /** Value (HU) of what lies outside the scan: -1000, air. */
    outsideHu: z.number(),
  }),
  interpolation: z.enum(['nearest', 'linear', 'bspline']),
  /** Lowest and highest value (HU), before normalising. */
  clip: z.tuple([z.number(), z.number()]).refine(([low, high]) => low < high, { error: 'the lower bound comes first' }),
  normalise: z.union([
    /** `(value - mean) / sd` */
    z.strictObject({ mean: z.number(), sd: size }),
    /** `(value - minimum) / (maximum - minimum)` */
    z
      .strictObject({ minimum: z.number(), maximum: z.number() })
      .refine(({ minimum, maximum }) => minimum < maximum, { error: 'minimum must be below maximum' }),
  ]),
  input: z.strictObject({
    /** Name of the graph's input. */
    name: text,
    /** Order of its axes, last one fastest: `NCDHW`, or `NDHW` where the slices stand in place of channels. */
    layout: z.string().refine(isLayout, { error: 'the letters N, D, H, W and at most C, each once' }),
  }),
  outputs: z.array(output).min(1),
});

/** Declaration of a network, checked. */
export type NetworkDeclaration = z.output<typeof networkSchema>;
