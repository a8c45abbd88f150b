import type { Findings, Reading } from './chart.ts';
import type { Fact } from './facts.ts';
import { readLesions } from './lesions.ts';
import { knownMetastases, type Metastasis } from './metastasis-record.ts';
import { parseMoment } from './moment.ts';

/**
 * Metastases by organ and of any, the number of metastatic lesions, and extensive stage of a small-cell cancer that has spread.
 *
 * An organ without a metastasis is a fact (`false`) only where the record documents metastatic status at all: by a metastasis
 * somewhere, or by M0. Else it is unknown.
 *
 * @param staged Facts of histology and of the M category, newest first within a key.
 */
export function readMetastases(reading: Reading, staged: readonly Fact[]): Findings {
  const metastases = knownMetastases(reading);
  const lesions = readLesions(reading, metastases);
  return {
    facts: [
      ...organFacts(metastases, reading, staged),
      ...anyMetastasis(metastases, staged),
      ...lesions.facts,
      ...extensiveFacts(metastases, staged),
    ],
    problems: lesions.problems,
  };
}

function organFacts(metastases: readonly Metastasis[], reading: Reading, staged: readonly Fact[]): Fact[] {
  const mStage = staged.find(({ key }) => key === 'mStage');
  const m0 = mStage?.value === 0 ? [mStage] : [];
  const documents = [
    ...metastases.map(({ moment, source }) => ({ date: moment.text, at: moment.at, source })),
    ...m0.map(({ date, sources }) => ({ date, at: parseMoment(date)?.at ?? 0, source: sources[0] ?? '' })),
  ].toSorted((a, b) => b.at - a.at);
  const [latest] = documents;
  return reading.mappings.conditions.metastases.flatMap((organ): Fact[] => {
    if (organ.fact === undefined) return [];
    const key = organ.fact;
    const there = metastases.filter((each) => each.organ === organ);
    if (there.length > 0) {
      return there.map(({ moment, source, status }) => ({
        ...{ key, value: true, unit: null, date: moment.text, sources: [source], status },
      }));
    }
    // A metastasis of an unknown site could be in this very organ, and an unread list could name it.
    const unread = ['Condition', 'Observation', 'BodyStructure'].some((each) => reading.unread.has(each));
    const open = unread || metastases.some((each) => each.organ === undefined);
    if (latest === undefined || open) return [];
    const sources = [...new Set(documents.map(({ source }) => source))];
    const derivation = `metastatic status is documented, without the ${organ.organ}`;
    return [{ key, value: false, unit: null, date: latest.date, sources, status: 'derived', derivation }];
  });
}

/** Distant metastases of any organ: by a metastasis outside the lymph nodes, else by the M category. */
function anyMetastasis(metastases: readonly Metastasis[], staged: readonly Fact[]): Fact[] {
  const key = 'metastases';
  const there = metastases.filter(({ organ }) => organ?.regional !== true);
  if (there.length > 0) {
    return there.map(({ moment, source, status }) => ({
      ...{ key, value: true, unit: null, date: moment.text, sources: [source], status },
    }));
  }
  const mStage = staged.find((fact) => fact.key === 'mStage');
  if (mStage === undefined) return [];
  const { value, date, sources } = mStage;
  return [{ key, value: value === 1, unit: null, date, sources, status: 'derived', derivation: `M${value}` }];
}

/** M1, stage IV where no M category is known, or a metastasis that means M1: one in the lymph nodes or the lung itself may not. */
function extensiveFacts(metastases: readonly Metastasis[], staged: readonly Fact[]): Fact[] {
  const histology = staged.find(({ key }) => key === 'histology');
  const mStage = staged.find(({ key }) => key === 'mStage');
  if (histology?.value !== 'sclc') return [];
  const m1 = mStage?.value === 1 ? mStage : undefined;
  const stageGroup = mStage === undefined ? staged.find(({ key }) => key === 'stageGroup') : undefined;
  const distant = metastases.find(({ organ }) => organ?.distant === true);
  const common = { key: 'extent', value: 'extensive', unit: null, status: 'derived' } as const;
  if (m1 !== undefined) {
    const sources = [...histology.sources, ...m1.sources];
    return [{ ...common, date: m1.date, sources, derivation: 'small-cell lung cancer with M1' }];
  }
  if (stageGroup !== undefined && String(stageGroup.value).startsWith('IV')) {
    const sources = [...new Set([...histology.sources, ...stageGroup.sources])];
    return [{ ...common, date: stageGroup.date, sources, derivation: 'small-cell lung cancer of stage IV' }];
  }
  if (distant === undefined) return [];
  const derivation = `small-cell lung cancer with metastasis in the ${distant.organ?.organ}`;
  return [{ ...common, date: distant.moment.text, sources: [...histology.sources, distant.source], derivation }];
}
