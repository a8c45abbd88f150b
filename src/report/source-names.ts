/** Short names for DICOM instances, which have up to 64 digits each. */
export interface SourceNames {
  /** References as they are, UIDs by their short names. */
  name(sources: readonly string[]): string;
  /** What the short names stand for, in order of their first use. */
  list(): { readonly name: string; readonly uid: string }[];
}

/** Gives short names as they are asked for: `D1`, `D2`. A FHIR reference has a slash, a UID has none. */
export function createSourceNames(): SourceNames {
  const names = new Map<string, string>();
  const nameOf = (uid: string) => {
    const known = names.get(uid) ?? `D${names.size + 1}`;
    names.set(uid, known);
    return known;
  };
  return {
    name: (sources) => sources.map((source) => (source.includes('/') ? source : nameOf(source))).join(', '),
    list: () => [...names].map(([uid, name]) => ({ name, uid })),
  };
}
