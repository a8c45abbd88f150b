import { z } from 'zod';
import { type ErrorCode, errorTable } from '../../errors.ts';
import {
  analysisState,
  assessment,
  assessmentHistory,
  measuredRegion,
  panelView,
  patientCourse,
} from './answer-schemas.ts';
import {
  analysisBody,
  assessmentPath,
  figurePath,
  figureQuery,
  modelPath,
  panelQuery,
  patientPath,
  regionQuery,
} from './request-schemas.ts';

type Json = Readonly<Record<string, unknown>>;

/** Failures of every request of the panel. */
const common: readonly ErrorCode[] = [
  'HTTP_REQUEST_INVALID',
  'HTTP_UNAUTHORIZED',
  'VIEWER_FORBIDDEN',
  'HTTP_TOO_MANY_REQUESTS',
  'INTERNAL',
  'STORE_UNREACHABLE',
  'AUDIT_NOT_WRITTEN',
];
/** Of those that read the record. */
const record: readonly ErrorCode[] = [
  'FHIR_PATIENT_NOT_FOUND',
  'FHIR_REFUSED',
  'FHIR_RESPONSE_INVALID',
  'FHIR_UNREACHABLE',
];

/** Paths, schemas and ways to prove who calls of the panel API, to be part of an OpenAPI 3.1 document with `OperationOutcome`. */
export function describePanel(): { readonly paths: Json; readonly schemas: Json; readonly securitySchemes: Json } {
  return {
    paths: {
      '/api/panel': {
        get: operation('panel', 'All that the viewer shows beside the images of a patient', {
          parameters: parameters('query', panelQuery),
          answer: jsonAnswer('PanelView'),
          failures: [
            ...record,
            'VIEWER_STUDY_UNKNOWN',
            'VIEWER_PATIENT_UNKNOWN',
            'VIEWER_PATIENT_MISMATCH',
            'FHIR_SUBJECT_MISMATCH',
            'PACS_REFUSED',
            'PACS_UNREACHABLE',
          ],
        }),
      },
      '/api/patients/{id}/assessments': {
        get: operation('assessments', 'Assessments of a patient, newest first', {
          parameters: parameters('path', patientPath),
          answer: jsonAnswer('AssessmentHistory'),
        }),
      },
      '/api/patients/{id}/course': {
        get: operation('course', 'Therapy, blood values, studies and lesions of a patient on a time axis', {
          parameters: parameters('path', patientPath),
          answer: jsonAnswer('PatientCourse'),
          failures: record,
        }),
      },
      '/api/patients/{id}/analysis': {
        get: operation('analysis', "State of the analysis of a patient's images", {
          parameters: parameters('path', patientPath),
          answer: jsonAnswer('AnalysisState'),
        }),
        post: operation(
          'analyse',
          'Queues the analysis because a segmentation was stored; asking twice is one analysis',
          {
            parameters: parameters('path', patientPath),
            body: analysisBody,
            answer: { ...jsonAnswer('AnalysisState'), status: 202 },
            failures: ['HTTP_MEDIA_TYPE', 'HTTP_TOO_LARGE'],
          },
        ),
      },
      '/api/patients/{id}/analysis/events': {
        get: operation(
          'analysis-events',
          'Server-sent events named `analysis`, data AnalysisState, until the analysis ends. EventSource sends no Authorization: read the stream with fetch',
          {
            parameters: parameters('path', patientPath),
            answer: { type: 'text/event-stream', schema: { type: 'string' } },
          },
        ),
      },
      '/api/assessments/{id}': {
        get: operation('assessment', 'An assessment as it was stored', {
          parameters: parameters('path', assessmentPath),
          answer: jsonAnswer('Assessment'),
          failures: ['ASSESSMENT_UNKNOWN'],
        }),
      },
      '/api/assessments/{id}/figures/{model}/{figure}': {
        get: operation('figure', 'A figure of a model: nomogram, or what the study saw', {
          parameters: [...parameters('path', figurePath), ...parameters('query', figureQuery)],
          answer: { type: 'image/svg+xml', schema: { type: 'string' } },
          failures: ['ASSESSMENT_UNKNOWN', 'HTTP_NOT_FOUND'],
        }),
      },
      '/api/regions': {
        get: operation('region', 'The voxels that features were taken from, by CT image', {
          parameters: parameters('query', regionQuery),
          answer: jsonAnswer('MeasuredRegion'),
          failures: [
            ...record,
            'VIEWER_STUDY_UNKNOWN',
            'VIEWER_PATIENT_UNKNOWN',
            'VIEWER_REGION_UNKNOWN',
            'FHIR_SUBJECT_MISMATCH',
            'PACS_REFUSED',
            'PACS_RESPONSE_INVALID',
            'PACS_UNREACHABLE',
            'DICOM_INVALID',
            'SEG_GEOMETRY',
            'SEG_UNSUPPORTED',
          ],
        }),
      },
      '/api/models/{id}/card': {
        get: operation('model-card', 'What a model is, was made on and is not for', {
          parameters: parameters('path', modelPath),
          answer: { type: 'text/markdown', schema: { type: 'string' } },
          failures: ['MODEL_UNKNOWN'],
        }),
      },
    },
    schemas: {
      PanelView: answerSchema(panelView),
      AssessmentHistory: answerSchema(assessmentHistory),
      PatientCourse: answerSchema(patientCourse),
      AnalysisState: answerSchema(analysisState),
      MeasuredRegion: answerSchema(measuredRegion),
      Assessment: answerSchema(assessment),
    },
    securitySchemes: {
      viewer: {
        type: 'http',
        scheme: 'bearer',
        bearerFormat: 'JWT',
        description: "Access token of the hospital's identity provider",
      },
      session: {
        type: 'apiKey',
        in: 'cookie',
        name: '__Host-deltascope',
        description: 'Session of a SMART launch (over plain HTTP on one machine the name is deltascope)',
      },
    },
  };
}

interface Answer {
  readonly type: string;
  readonly schema: Json;
  readonly status?: number;
}

function operation(
  operationId: string,
  summary: string,
  parts: {
    readonly parameters: readonly Json[];
    readonly answer: Answer;
    readonly body?: z.ZodType;
    readonly failures?: readonly ErrorCode[];
  },
): Json {
  const { parameters: all, answer, body, failures: own = [] } = parts;
  const { type, schema, status = 200 } = answer;
  return {
    operationId: `viewer-${operationId}`,
    summary,
    security: [{ viewer: [] }, { session: [] }],
    ...(all.length > 0 && { parameters: all }),
    ...(body !== undefined && {
      requestBody: { required: true, content: { 'application/json': { schema: requestSchema(body) } } },
    }),
    responses: {
      [status]: { description: summary, content: { [type]: { schema } } },
      ...failures([...common, ...own]),
    },
  };
}

function jsonAnswer(schema: string): Answer {
  return { type: 'application/json', schema: { $ref: `#/components/schemas/${schema}` } };
}

/** One entry a status, with all codes that come with it. */
function failures(codes: readonly ErrorCode[]): Json {
  const content = { 'application/json': { schema: { $ref: '#/components/schemas/OperationOutcome' } } };
  const statuses = [...new Set(codes.map((code) => errorTable[code].status))];
  return Object.fromEntries(
    statuses.map((status) => [
      status,
      { description: codes.filter((code) => errorTable[code].status === status).join(', '), content },
    ]),
  );
}

function parameters(where: 'path' | 'query', schema: z.ZodObject): Json[] {
  const { properties = {}, required = [] } = z.toJSONSchema(schema, { io: 'input' });
  return Object.entries(properties).map(([name, property]) => {
    const { description, ...rest } = property as { description?: string };
    return {
      name,
      in: where,
      required: required.includes(name),
      ...(description !== undefined && { description }),
      schema: rest,
    };
  });
}

function requestSchema(schema: z.ZodType): Json {
  const { $schema, ...rest } = z.toJSONSchema(schema, { io: 'input' });
  return rest;
}

function answerSchema(schema: z.ZodType): Json {
  const { $schema, ...rest } = z.toJSONSchema(schema, { io: 'output' });
  return rest;
}
