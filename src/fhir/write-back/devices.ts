import type { ModelResult } from '../../models/model-result.ts';
import {
  aiMeta,
  deviceIdentifierSystem,
  identifiedEntry,
  type NewEntry,
  type PublishedResult,
} from './resource-parts.ts';

/** Deltascope itself, by its version. */
export function softwareDevice(result: PublishedResult): NewEntry {
  const { version } = result;
  const device: fhir4.Device = {
    resourceType: 'Device',
    meta: deviceMeta(result),
    status: 'active',
    manufacturer: 'Deltascope',
    deviceName: [{ name: 'Deltascope', type: 'user-friendly-name' }],
    version: [{ value: version }],
    type: { text: 'Decision support software' },
  };
  return identifiedEntry(device, deviceIdentifierSystem, 'deltascope', version);
}

/** A model, by id, version and hash: what was computed with. */
export function modelDevice(result: PublishedResult, { model }: ModelResult, software: NewEntry): NewEntry {
  const { source, limits, performance } = model;
  const texts = [`Standing: ${model.standing}. ${model.standingNote}`, ...performance, ...limits];
  const device: fhir4.Device = {
    resourceType: 'Device',
    meta: deviceMeta(result),
    status: 'active',
    deviceName: [{ name: model.title, type: 'model-name' }],
    modelNumber: model.id,
    version: [{ value: model.version }, { type: { text: 'SHA-256' }, value: model.hash }],
    type: { text: 'Risk model' },
    parent: { reference: software.fullUrl },
    ...(source.doi !== undefined && { url: `https://doi.org/${source.doi}` }),
    note: texts.map((text) => ({ text })),
  };
  return identifiedEntry(device, deviceIdentifierSystem, model.id, model.version, model.hash);
}

/** The same device serves many publications. */
function deviceMeta(result: PublishedResult): fhir4.Meta {
  const { security } = aiMeta(result);
  return { ...(security !== undefined && { security }) };
}
