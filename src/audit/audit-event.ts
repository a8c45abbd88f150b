import { type ErrorCode, errorTable } from '../errors.ts';
import type { AuditAgent, AuditEntry, AuditRecord } from '../store/audit.ts';

const codeSystem = 'http://terminology.hl7.org/CodeSystem';
const balp = 'https://profiles.ihe.net/ITI/BALP/StructureDefinition';
const dicom = 'http://dicom.nema.org/resources/ontology/DCM';
/** Deltascope's own code for what happened, beside that of FHIR's interactions. */
const eventSystem = 'https://deltascope.example/fhir/CodeSystem/audit-event';

type Agent = fhir4.AuditEventAgent;
type Entity = fhir4.AuditEventEntity;

/** How an event is told in FHIR: its RESTful interaction, AuditEvent.action, and the profile that a success follows. */
const shapes: Readonly<
  Record<
    Exclude<AuditEntry['event'], keyof typeof loginSubtypes>,
    { interaction: string; action: 'C' | 'R' | 'E'; profile: string | null }
  >
> = {
  read: { interaction: 'read', action: 'R', profile: `${balp}/IHE.BasicAudit.PatientRead` },
  assessment: { interaction: 'create', action: 'C', profile: `${balp}/IHE.BasicAudit.PatientCreate` },
  publication: { interaction: 'create', action: 'C', profile: null },
  hook: { interaction: 'operation', action: 'E', profile: null },
  feedback: { interaction: 'create', action: 'C', profile: null },
  refusal: { interaction: 'operation', action: 'E', profile: null },
  analysis: { interaction: 'operation', action: 'E', profile: null },
};

/** What is no interaction with FHIR: the coming and going of a user (DICOM PS3.15, A.5.3.11). */
const loginSubtypes: Readonly<Record<'launch' | 'session-end', fhir4.Coding>> = {
  launch: { system: dicom, code: '110122', display: 'Login' },
  'session-end': { system: dicom, code: '110123', display: 'Logout' },
};

/**
 * An entry of the audit trail as a FHIR R4 AuditEvent: reads and assessments in the shape of IHE Basic Audit Log Patterns
 * (PatientRead, PatientCreate), hook calls, refused ones and feedback in the same shape without its profile. A failure claims no profile,
 * because those are about successes.
 *
 * @param record The entry as stored; its place in the chain goes into the entity detail `chain`.
 * @param deviceUrl Address of this service, which is client of the record and server of the EHR.
 * @see https://profiles.ihe.net/ITI/BALP, version 1.1.3
 */
export function auditEventOf(record: AuditRecord, deviceUrl: string): fhir4.AuditEvent {
  const entry = JSON.parse(record.text) as AuditEntry;
  const { type, subtype, action, profile } = kindOf(entry.event);
  const succeeded = entry.outcome === 'success';
  return {
    resourceType: 'AuditEvent',
    id: `deltascope-audit-${record.number}`,
    ...(succeeded && profile !== null && entry.patient !== null && { meta: { profile: [profile] } }),
    type,
    subtype: [subtype, { system: eventSystem, code: entry.event }],
    action,
    recorded: entry.at,
    outcome: succeeded ? '0' : outcomeOf(entry.outcome),
    ...(!succeeded && { outcomeDesc: entry.outcome }),
    agent: agentsOf(entry, deviceUrl),
    source: {
      observer: { display: deviceUrl },
      type: [{ system: `${codeSystem}/security-source-type`, code: '4', display: 'Application Server' }],
    },
    entity: entitiesOf(entry, record),
  };
}

function kindOf(event: AuditEntry['event']) {
  if (event === 'launch' || event === 'session-end') {
    const type = { system: dicom, code: '110114', display: 'User Authentication' };
    return { type, subtype: loginSubtypes[event], action: 'E', profile: null } as const;
  }
  const { interaction, action, profile } = shapes[event];
  const subtype = { system: 'http://hl7.org/fhir/restful-interaction', code: interaction, display: interaction };
  const type = { system: `${codeSystem}/audit-event-type`, code: 'rest', display: 'Restful Operation' };
  return { type, subtype, action, profile };
}

/** 4: what the caller did wrong; 8: what failed on this side or behind it. */
function outcomeOf(code: string): '4' | '8' {
  const status = code in errorTable ? errorTable[code as ErrorCode].status : 500;
  return status < 500 ? '4' : '8';
}

function agentsOf({ event, agent, details }: AuditEntry, deviceUrl: string): Agent[] {
  const deltascope: Agent = { who: { display: 'Deltascope' }, requestor: false, network: uri(deviceUrl) };
  // DICOM's roles follow the data where something is read, and the request where something is made.
  const [client, server] =
    event === 'read'
      ? [
          { ...deltascope, type: role('110152', 'Destination Role ID') },
          { ...other(details.fhirServer ?? 'record', agent.user === null), type: role('110153', 'Source Role ID') },
        ]
      : [
          { ...other(agent.issuer ?? ownName(agent), agent.user === null), type: role('110153', 'Source Role ID') },
          { ...deltascope, type: role('110152', 'Destination Role ID') },
        ];
  return [client, server, ...userOf(agent)];
}

function other(name: string, requestor: boolean): Agent {
  return { who: { identifier: { value: name } }, requestor, network: uri(name) };
}

function ownName({ kind }: AuditAgent): string {
  return {
    client: 'unknown client (open mode)',
    viewer: 'viewer',
    command: 'command line',
    service: 'Deltascope',
  }[kind];
}

function userOf({ user, issuer }: AuditAgent): Agent[] {
  if (user === null) return [];
  return [
    {
      type: {
        coding: [{ system: `${codeSystem}/v3-ParticipationType`, code: 'IRCP', display: 'information recipient' }],
      },
      who: { identifier: { ...(issuer !== null && { system: issuer }), value: user } },
      requestor: true,
    },
  ];
}

function role(code: string, display: string): fhir4.CodeableConcept {
  return { coding: [{ system: dicom, code, display }] };
}

/** Network type 5 is an address (URI), 1 a name. */
function uri(address: string): fhir4.AuditEventAgentNetwork {
  return { address, type: URL.canParse(address) ? '5' : '1' };
}

function entitiesOf(entry: AuditEntry, { number, previousHash, hash }: AuditRecord): Entity[] {
  const { patient, details } = entry;
  const chain = [
    ...Object.entries(details).map(([type, valueString]) => ({ type, valueString })),
    { type: 'chain', valueString: `${number} ${previousHash} ${hash}` },
  ];
  const isReport = entry.event === 'assessment';
  const data: Entity = {
    what: whatOf(entry),
    type: { system: `${codeSystem}/audit-entity-type`, code: '2', display: 'System Object' },
    role: {
      system: `${codeSystem}/object-role`,
      code: isReport ? '3' : '4',
      display: isReport ? 'Report' : 'Domain Resource',
    },
    detail: chain,
  };
  if (patient === null) return [data];
  return [
    {
      what: { reference: patient },
      type: { system: `${codeSystem}/audit-entity-type`, code: '1', display: 'Person' },
      role: { system: `${codeSystem}/object-role`, code: '1', display: 'Patient' },
    },
    data,
  ];
}

function whatOf({ event, patient, details }: AuditEntry): fhir4.Reference {
  const value: Partial<Record<AuditEntry['event'], string | undefined>> = {
    hook: details.hookInstance,
    assessment: details.assessment,
    publication: details.contentHash,
    feedback: details.card,
  };
  const identifier = value[event];
  if (identifier !== undefined) return { identifier: { value: identifier } };
  return patient === null ? { display: event } : { reference: patient };
}
