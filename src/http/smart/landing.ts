/**
 * Path of the page that a launch ends on: the patient's report.
 *
 * @param patientId Logical id, of the token response.
 * @param StudyInstanceUIDs That the launch names; all of this patient.
 */
export function landingPath(patientId: string, StudyInstanceUIDs: readonly string[]): string {
  const studies = StudyInstanceUIDs.length === 0 ? '' : `?StudyInstanceUIDs=${StudyInstanceUIDs.join(',')}`;
  return `/report/patients/${encodeURIComponent(patientId)}${studies}`;
}
