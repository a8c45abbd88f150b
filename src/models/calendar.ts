const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;

/**
 * A date as people read it: `14 Oct 2026`. FHIR's partial dates stay partial: `Oct 2026`, `2026`.
 *
 * @param iso ISO 8601 date or date-time; the date is taken as written, without shifting the time zone.
 */
export function formatDate(iso: string): string {
  const [year, month, day] = iso.slice(0, 10).split('-');
  const monthName = months[Number(month) - 1];
  if (year === undefined || monthName === undefined) return iso;
  return day === undefined ? `${monthName} ${year}` : `${Number(day)} ${monthName} ${year}`;
}

/** Whole days from one ISO date (or date-time) to another, by calendar day; negative when `to` is earlier. */
export function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(to.slice(0, 10)) - Date.parse(from.slice(0, 10))) / 86_400_000);
}
