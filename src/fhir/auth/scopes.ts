/** How far a token covers an interaction with a resource type; `unknown` where its scopes are not in SMART's language. */
export type Coverage = 'whole' | 'part' | 'none' | 'unknown';
export type Interaction = 'read' | 'search' | 'create';

/** The scopes of a token, read once. */
export interface Scopes {
  /** How far they allow one interaction with one resource type. */
  covers(resourceType: string, interaction: Interaction): Coverage;
}

interface Grant {
  readonly resourceType: string;
  readonly interactions: ReadonlySet<Interaction>;
  /** A SMART 2 scope with a query (`?category=laboratory`) grants those resources only. */
  readonly filtered: boolean;
}

const resourceScope = /^(?:patient|user|system)\/(\*|[A-Z][A-Za-z]*)\.([a-z]+|\*)(\?.+)?$/;
/** What SMART defines besides scopes of resources. */
const otherScope = /^(?:openid|fhirUser|profile|email|online_access|offline_access|launch(?:\/[a-z]+)?|smart\/[a-z]+)$/;
const versionOne: Readonly<Record<string, readonly Interaction[]>> = {
  read: ['read', 'search'],
  write: ['create'],
  '*': ['read', 'search', 'create'],
};

/** No statement about what is allowed: the server decides. */
export const unknownScopes: Scopes = { covers: () => 'unknown' };

/**
 * Reads scopes of SMART 1 (`patient/Observation.read`) and SMART 2 (`patient/Observation.rs?category=laboratory`).
 *
 * One scope in a vendor's own language makes the whole unknown: it may allow more than the others say, so that the server is
 * asked and decides.
 *
 * @param text Scopes separated by blanks; empty where nothing is known.
 * @see SMART App Launch 2.2, Scopes and Launch Context
 */
export function parseScopes(text: string): Scopes {
  const words = text.split(/\s+/).filter((word) => word !== '' && !otherScope.test(word));
  const grants = words.map(parseGrant);
  const known = grants.filter((grant) => grant !== undefined);
  if (known.length === 0 || known.length < grants.length) return unknownScopes;
  return {
    covers(resourceType, interaction) {
      const fitting = known.filter(
        (grant) =>
          (grant.resourceType === '*' || grant.resourceType === resourceType) && grant.interactions.has(interaction),
      );
      if (fitting.some(({ filtered }) => !filtered)) return 'whole';
      return fitting.length > 0 ? 'part' : 'none';
    },
  };
}

function parseGrant(word: string): Grant | undefined {
  const [, resourceType, permissions, query] = resourceScope.exec(word) ?? [];
  if (resourceType === undefined || permissions === undefined) return undefined;
  const interactions = versionOne[permissions] ?? versionTwo(permissions);
  if (interactions === undefined) return undefined;
  return { resourceType, interactions: new Set(interactions), filtered: query !== undefined };
}

/** SMART 2: some of `c`, `r`, `u`, `d`, `s`, in this order. */
function versionTwo(permissions: string): Interaction[] | undefined {
  if (!/^c?r?u?d?s?$/.test(permissions)) return undefined;
  return [
    ...(permissions.includes('c') ? (['create'] as const) : []),
    ...(permissions.includes('r') ? (['read'] as const) : []),
    ...(permissions.includes('s') ? (['search'] as const) : []),
  ];
}

/**
 * What was asked for and not granted.
 *
 * @returns The asked scopes of which the grant does not cover all; none where the grant is not in SMART's language.
 */
export function missingScopes(asked: string, granted: string): string[] {
  const given = parseScopes(granted);
  return asked.split(/\s+/).filter((word) => {
    const grant = parseGrant(word);
    if (grant === undefined) return false;
    return [...grant.interactions].some((each) => ['none', 'part'].includes(given.covers(grant.resourceType, each)));
  });
}
