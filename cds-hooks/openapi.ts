import { z } from 'zod';
import { type ErrorCode, errorTable } from '../src/errors.ts';
import { describePanel } from '../src/http/api/openapi.ts';
import { discoverySchema, hookAnswerSchema, operationOutcomeSchema } from './answer-schema.ts';
import { feedbackSchema } from './feedback.ts';
import { type HookName, hookRequestSchema } from './request.ts';
import { serviceIds } from './services.ts';

type Json = Readonly<Record<string, unknown>>;

/** Failures before a call is answered, in the order in which they are looked for. */
const callFailures: readonly ErrorCode[] = [
  'HTTP_UNAUTHORIZED',
  'HTTP_TOO_MANY_REQUESTS',
  'HTTP_MEDIA_TYPE',
  'HTTP_TOO_LARGE',
  'HOOK_BODY_INVALID',
  'INTERNAL',
  'AUDIT_NOT_WRITTEN',
];
const clientFailures: readonly ErrorCode[] = ['HTTP_UNAUTHORIZED', 'HTTP_TOO_MANY_REQUESTS'];

/**
 * OpenAPI 3.1 description of all HTTP endpoints, made from the schemas that requests are parsed with and that the tests hold
 * the answers against.
 *
 * @param version Version of Deltascope.
 */
export function describeEndpoints(version: string): Json {
  const panel = describePanel();
  return {
    openapi: '3.1.0',
    info: {
      title: 'Deltascope',
      version,
      description:
        'CDS Hooks 2.0.1 service and panel of the viewer: risk under immune checkpoint inhibitors in lung cancer.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    security: [{ client: [] }],
    paths: {
      '/cds-services': { get: discovery },
      ...Object.fromEntries((Object.keys(serviceIds) as HookName[]).flatMap(pathsOf)),
      ...panel.paths,
      '/health': { get: health },
      '/openapi.json': { get: description },
    },
    components: {
      securitySchemes: {
        ...panel.securitySchemes,
        client: {
          type: 'http',
          scheme: 'bearer',
          bearerFormat: 'JWT',
          description: 'Signed by a registered client for the called endpoint (CDS Hooks 2.0.1, Trusting CDS Clients)',
        },
      },
      schemas: {
        ...Object.fromEntries(
          hookRequestSchema.options.map((option) => [requestName(option.shape.hook.value), jsonSchema(option)]),
        ),
        Feedback: jsonSchema(feedbackSchema),
        ...panel.schemas,
        Discovery: jsonSchema(discoverySchema),
        Cards: jsonSchema(hookAnswerSchema),
        OperationOutcome: jsonSchema(operationOutcomeSchema),
      },
    },
  };
}

const discovery = {
  operationId: 'discovery',
  summary: 'The services that are offered, with their prefetch templates',
  responses: {
    200: success('the services; an ETag says whether they changed', 'Discovery'),
    304: { description: 'not changed since the ETag of If-None-Match' },
    ...failures(clientFailures),
  },
};

const health = {
  operationId: 'health',
  summary: 'Answers when the database does',
  security: [],
  responses: {
    200: {
      description: 'ready',
      content: json(jsonSchema(z.strictObject({ status: z.literal('ok'), version: z.string() }))),
    },
    ...failures(['STORE_UNREACHABLE']),
  },
};

const description = {
  operationId: 'openapi',
  summary: 'This description',
  security: [],
  responses: { 200: { description: 'OpenAPI 3.1', content: json({ type: 'object' }) } },
};

function pathsOf(hook: HookName): [string, Json][] {
  const id = serviceIds[hook];
  return [
    [
      `/cds-services/${id}`,
      {
        post: {
          operationId: hook,
          summary: `Answers the hook ${hook}`,
          requestBody: { required: true, content: json(reference(requestName(hook))) },
          responses: {
            200: success('cards, often none', 'Cards'),
            ...failures([...callFailures, 'HOOK_MISMATCH', 'FHIR_SUBJECT_MISMATCH', 'HOOK_PREREQUISITE']),
          },
        },
      },
    ],
    [
      `/cds-services/${id}/feedback`,
      {
        post: {
          operationId: `${hook}-feedback`,
          summary: `Takes what became of cards of the hook ${hook}`,
          requestBody: { required: true, content: json(reference('Feedback')) },
          responses: { 200: { description: 'stored; no body' }, ...failures([...callFailures, 'STORE_UNREACHABLE']) },
        },
      },
    ],
  ];
}

function requestName(hook: HookName): string {
  return `${hook}-request`;
}

function success(text: string, schema: string): Json {
  return { description: text, content: json(reference(schema)) };
}

/** One entry a status, with all codes that come with it. */
function failures(codes: readonly ErrorCode[]): Json {
  const statuses = [...new Set(codes.map((code) => errorTable[code].status))];
  return Object.fromEntries(
    statuses.map((status) => {
      const same = codes.filter((code) => errorTable[code].status === status);
      return [status, success(same.join(', '), 'OperationOutcome')];
    }),
  );
}

function json(schema: Json): Json {
  return { 'application/json': { schema } };
}

function reference(name: string): Json {
  return { $ref: `#/components/schemas/${name}` };
}

/** What a client sends, where parsing changes it. The dialect is that of the whole document. */
function jsonSchema(schema: z.ZodType): Json {
  const { $schema, ...rest } = z.toJSONSchema(schema, { io: 'input' });
  return rest;
}
