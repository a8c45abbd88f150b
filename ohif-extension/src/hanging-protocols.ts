/** Ids of the protocols; the mode names both, and their matching rules choose. */
export const hangingProtocolIds = ['deltascope-one', 'deltascope-two'] as const;

/** Custom attributes that the protocols match on; `viewer/hanging-attributes.ts` answers them. */
export const hangingAttributes = {
  panes: 'deltascopePanes',
  pane: 'deltascopePane',
  outlined: 'deltascopeOutlined',
  segmented: 'deltascopeSegmented',
} as const;

/** Window of the lung: 1500 HU around -600 HU. */
export const lungWindow = { windowWidth: 1500, windowCenter: -600 };

/** What a selector asks of a series: a CT, best the one that results rest on, else one with a segmentation, else a long one. */
const seriesMatchingRules = [
  { attribute: 'Modality', constraint: { equals: { value: 'CT' } }, weight: 1000 },
  { attribute: hangingAttributes.outlined, constraint: { equals: { value: 'yes' } }, weight: 100 },
  { attribute: hangingAttributes.segmented, constraint: { equals: { value: 'yes' } }, weight: 10 },
  { attribute: 'numImageFrames', constraint: { greaterThan: { value: 20 } }, weight: 1 },
  // Where there is no CT: images, not segmentations, reports or structure sets.
  { attribute: 'numImageFrames', constraint: { greaterThan: { value: 0 } }, weight: 1 },
];

function selector(pane: 'baseline' | 'newest'): Readonly<Record<string, unknown>> {
  return {
    studyMatchingRules: [
      { attribute: hangingAttributes.pane, constraint: { equals: { value: pane } }, required: true, weight: 1 },
    ],
    seriesMatchingRules,
  };
}

function viewport(pane: string): Readonly<Record<string, unknown>> {
  return {
    viewportOptions: {
      viewportId: `deltascope-${pane}`,
      viewportType: 'stack',
      toolGroupId: 'default',
      allowUnmatchedView: true,
      initialImageOptions: { preset: 'middle' },
    },
    displaySets: [{ id: pane, options: { voi: lungWindow } }],
  };
}

function protocol(id: string, name: string, panes: readonly ('baseline' | 'newest')[]): OhifHangingProtocol {
  return {
    id,
    name,
    protocolMatchingRules: [
      {
        attribute: hangingAttributes.panes,
        constraint: { equals: { value: panes.length } },
        required: true,
        weight: 1000,
      },
    ],
    numberOfPriorsReferenced: panes.length - 1,
    displaySetSelectors: Object.fromEntries(panes.map((pane) => [pane, selector(pane)])),
    defaultViewport: viewport('newest'),
    stages: [
      {
        name,
        viewportStructure: { layoutType: 'grid', properties: { rows: 1, columns: panes.length } },
        viewports: panes.map(viewport),
      },
    ],
  };
}

export interface OhifHangingProtocol {
  readonly id: string;
  readonly [key: string]: unknown;
}

/** One study in one pane; baseline and newest side by side. */
export const hangingProtocols: readonly OhifHangingProtocol[] = [
  protocol(hangingProtocolIds[0], 'CT at the tumour', ['newest']),
  protocol(hangingProtocolIds[1], 'Baseline and newest CT', ['baseline', 'newest']),
];
