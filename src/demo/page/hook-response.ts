import type { Card } from './wire.ts';

const indicators = new Set(['info', 'warning', 'critical']);

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Reads the cards out of a CDS Hooks response.
 *
 * @param body The parsed JSON body.
 * @throws Error whose text names the first part that is not as CDS Hooks 2.0.1 wants it.
 */
export function readCards(body: unknown): Card[] {
  if (!isObject(body) || !Array.isArray(body.cards)) throw new Error('"cards" is not a list');
  body.cards.forEach((card: unknown, index) => {
    const at = `cards[${index}]`;
    if (!isObject(card)) throw new Error(`"${at}" is not an object`);
    if (typeof card.summary !== 'string') throw new Error(`"${at}.summary" is missing`);
    if (!indicators.has(String(card.indicator))) throw new Error(`"${at}.indicator" is not info, warning or critical`);
    if (!isObject(card.source) || typeof card.source.label !== 'string')
      throw new Error(`"${at}.source.label" is missing`);
    if (card.detail !== undefined && typeof card.detail !== 'string') throw new Error(`"${at}.detail" is not a text`);
    for (const list of ['suggestions', 'links'] as const) {
      if (card[list] !== undefined && !Array.isArray(card[list])) throw new Error(`"${at}.${list}" is not a list`);
    }
  });
  return body.cards as Card[];
}

/** What an `OperationOutcome` says, one line an issue; null when the body is something else. */
export function readOutcome(body: unknown): string | null {
  if (!isObject(body) || body.resourceType !== 'OperationOutcome' || !Array.isArray(body.issue)) return null;
  const lines = body.issue.filter(isObject).map((issue) => {
    const text = isObject(issue.details) ? issue.details.text : undefined;
    return [text, issue.diagnostics].filter((part) => typeof part === 'string' && part !== '').join(': ');
  });
  return lines.filter(Boolean).join('\n') || null;
}
