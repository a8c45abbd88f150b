const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;

/** A date as people read it, "14 Oct 2026"; partial dates stay partial. @param iso ISO 8601, taken as written without a time zone. */
export function dateWords(iso: string | null): string {
  if (iso === null) return 'undated';
  const [year, month, day] = iso.slice(0, 10).split('-');
  const name = months[Number(month) - 1];
  if (year === undefined || name === undefined) return iso;
  return day === undefined ? `${name} ${year}` : `${Number(day)} ${name} ${year}`;
}

/** Time of day on this machine, "14:02". @param ms Milliseconds since 1970. */
export function timeWords(ms: number): string {
  const at = new Date(ms);
  return `${String(at.getHours()).padStart(2, '0')}:${String(at.getMinutes()).padStart(2, '0')}`;
}

const superscripts = '\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079';

/** The service's plain text as a screen can show it: "2 x 10^8 HU^2" with raised exponents and a multiplication sign. */
export function typeset(text: string): string {
  return text
    .replace(/ x 10\^/g, ' \u00d7 10^')
    .replace(
      /\^(-?)(\d+)/g,
      (_match, minus: string, digits: string) => `${minus === '' ? '' : '\u207b'}${raised(digits)}`,
    );
}

function raised(digits: string): string {
  return [...digits].map((digit) => superscripts[Number(digit)]).join('');
}

/** Three significant digits; whole numbers from 1000, powers of ten from a million: as the service's own texts have it. */
export function numberWords(value: number): string {
  if (Math.abs(value) >= 1_000_000) return typeset(value.toExponential(2).replace('e+', ' x 10^'));
  return Math.abs(value) >= 1000 ? Math.round(value).toString() : String(Number(value.toPrecision(3)));
}

/** A number at an axis, where there is room for six characters: "1.6\u00b710\u2078". */
export function axisWords(value: number): string {
  if (Math.abs(value) < 100_000) return numberWords(value);
  const [digits = '', exponent = ''] = value.toExponential(1).split('e+');
  return `${Number(digits)}\u00b710${raised(exponent)}`;
}

/** A number with its unit; `unitText` may be empty. */
export function quantityWords(value: number, unitText: string): string {
  return unitText === '' ? numberWords(value) : `${numberWords(value)} ${unitText}`;
}

/** A difference with its sign; a true minus, because a hyphen is easily overlooked at this size. */
export function signedWords(value: number): string {
  const text = numberWords(Math.abs(value));
  if (Number(text) === 0) return '0';
  return value < 0 ? `\u2212${text}` : `+${text}`;
}

/** A relative change: "+18%". @param share 0.18 for 18 percent more. */
export function percentWords(share: number): string {
  const percent = Math.abs(share) * 100;
  const text = percent < 10 ? String(Number(percent.toPrecision(2))) : String(Math.round(percent));
  if (Number(text) === 0) return '0%';
  return `${share < 0 ? '\u2212' : '+'}${text}%`;
}

/** Change since the baseline, absolute and relative: "+6.2 mL (+18%)"; null where neither is known. */
export function deltaWords(
  { absoluteDelta, relativeDelta }: { absoluteDelta: number | null; relativeDelta: number | null },
  unitText: string,
): string | null {
  if (absoluteDelta === null) return relativeDelta === null ? null : percentWords(relativeDelta);
  const absolute = unitText === '' ? signedWords(absoluteDelta) : `${signedWords(absoluteDelta)} ${unitText}`;
  return relativeDelta === null ? absolute : `${absolute} (${percentWords(relativeDelta)})`;
}

/** Capital first letter. */
export function capitalise(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/**
 * Sentences of the form "what: remark" with one remark are said once: "baseline CT, follow-up CT: the mask was made by a program".
 * Order of first appearance; equal sentences once.
 */
export function mergeRemarks(sentences: readonly string[]): string[] {
  const subjects = new Map<string, string[]>();
  for (const sentence of sentences) {
    const colon = sentence.indexOf(': ');
    const subject = colon === -1 ? '' : sentence.slice(0, colon);
    const remark = colon === -1 ? sentence : sentence.slice(colon + 2);
    const known = subjects.get(remark) ?? [];
    if (!known.includes(subject)) known.push(subject);
    subjects.set(remark, known);
  }
  return [...subjects].map(([remark, of]) => capitalise(of[0] === '' ? remark : `${of.join('; ')}: ${remark}`));
}
