import { describe, expect, it } from 'vitest';
import { hasOracles, oracleSkipReason } from '../../helpers/oracles.ts';
import { compareWithIbsi, ibsiDocument } from './ibsi-table.ts';

const title = hasOracles ? 'IBSI consensus on the digital phantom' : `IBSI consensus: ${oracleSkipReason}`;

describe.skipIf(!hasOracles)(title, () => {
  const space = hasOracles ? compareWithIbsi('inSpace') : [];
  const plane = hasOracles ? compareWithIbsi('inPlane') : [];

  it('compares every feature that IBSI defines', () => {
    expect([space.length, plane.length]).toEqual([105, 74]);
    for (const { tag, reference } of [...space, ...plane]) expect(reference, tag).not.toBeNaN();
  });

  it.each([...space, ...plane])('$tag $id: $reference within $tolerance, 3 digits', ({ passes, definition, value }) => {
    // What differs without a reason is a fault.
    if (!passes) expect(definition.differs, `value ${value}`).toBeDefined();
  });

  it('differs from IBSI in exactly three values of the phantom', () => {
    const differing = [...space, ...plane].filter(({ passes }) => !passes).map(({ tag }) => tag);
    expect(differing).toEqual(['morph_pca_least_axis', 'morph_pca_min_axis', 'stat_kurt']);
  });

  it('docs/ibsi-digital-phantom.md is up to date', async () => {
    await expect(ibsiDocument()).toMatchFileSnapshot('../../../docs/ibsi-digital-phantom.md');
  });
});
