import { NetworkError } from '../../errors.ts';
import { prepareNetworkInput } from '../../onnx/network-crop.ts';
import { extractFeatures } from '../../radiomics/extractor.ts';
import { createPhantom } from '../phantom/phantom.ts';
import { readProcessing } from './measure.ts';
import type { ExpressionMember } from './nsclc-pdl1-cohort.ts';
import { demonstrationDeclaration, type Kernels, pooledAnswers } from './nsclc-pdl1-network.ts';
import type { ImageFeatures } from './signature.ts';

/** Parameter file of the radiomics signature. */
export const expressionProcessing = 'original-shape-firstorder-glcm.yaml';

/** What the fit sees of one person. */
export interface ExpressionMeasurement {
  /** By the model's image name. */
  readonly features: ImageFeatures;
  /** The network without its last layer. */
  readonly pooled: Float64Array;
}

/**
 * Makes a person's CT, computes its features, cuts the network's block as the service does, and runs the convolution on it.
 *
 * @throws NetworkError if the block can't be cut.
 */
export function measureExpression({ phantom }: ExpressionMember, kernels: Kernels): ExpressionMeasurement {
  const parameters = readProcessing([expressionProcessing]).get(expressionProcessing);
  if (parameters === undefined) throw new RangeError(`${expressionProcessing}: not read`);
  const { volume, mask } = createPhantom(phantom);
  const { data, dims } = prepareNetworkInput(volume, mask, { ...demonstrationDeclaration, sha256: '' });
  const rows = dims.at(-1);
  if (rows === undefined) throw new NetworkError('NETWORK_FAILED', 'input', 'the block has no axes');
  return {
    features: { baseline: extractFeatures(volume, mask, parameters).features },
    pooled: pooledAnswers(data, rows, kernels),
  };
}
