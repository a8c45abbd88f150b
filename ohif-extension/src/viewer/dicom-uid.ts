/** A new DICOM UID: `2.25.` and a random UUID as a decimal number. DICOM PS3.5 section B.2. */
export function newUid(): string {
  return `2.25.${BigInt(`0x${crypto.randomUUID().replaceAll('-', '')}`)}`;
}
