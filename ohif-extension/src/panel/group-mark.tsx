import type { RiskGroup } from '../../../src/models/model-result.ts';
import { riskStyle } from '../overlay/risk-style.ts';

/** Letter, outline and colour of a risk group: each of them tells the groups apart without the others. */
export function GroupMark({ group, large = false }: { group: RiskGroup | null; large?: boolean }) {
  const { colour, letter, word } = riskStyle(group);
  return (
    <span
      className={`ds-mark ds-mark-${group ?? 'none'}${large ? ' ds-mark-large' : ''}`}
      style={{ color: colour, borderColor: colour }}
      role="img"
      aria-label={group === null ? word : `${word} risk`}
    >
      {letter}
    </span>
  );
}
