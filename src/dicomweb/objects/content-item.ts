import type { NaturalDataset } from 'dcmjs';
import type { Code } from '../dataset.ts';

/** An item of an SR content tree, as a data set. DICOM PS3.3 section C.17.3. */
export type ContentItem = NaturalDataset;

export type Relationship =
  | 'CONTAINS'
  | 'HAS CONCEPT MOD'
  | 'HAS OBS CONTEXT'
  | 'HAS ACQ CONTEXT'
  | 'HAS PROPERTIES'
  | 'INFERRED FROM'
  | 'SELECTED FROM';

/** VR SH. */
const longestCodeValue = 16;
/** VR LO. */
const longestMeaning = 64;

/** DICOM Controlled Terminology, PS3.16 annex D. */
export function dcm(value: string, meaning: string): Code {
  return { scheme: 'DCM', value, meaning };
}

/** A unit of UCUM; its code is its meaning too, but for the unity. */
export function ucum(unit: string): Code {
  return { scheme: 'UCUM', value: unit, meaning: unit === '1' ? 'no units' : unit };
}

/** A coded concept, as an item of a code sequence; a long value goes where the standard wants it. PS3.3 section 8. */
export function codeItem({ value, scheme, meaning }: Code): NaturalDataset {
  const keyword = value.length > longestCodeValue ? 'LongCodeValue' : 'CodeValue';
  return { [keyword]: value, CodingSchemeDesignator: scheme, CodeMeaning: meaning.slice(0, longestMeaning) };
}

function item(
  RelationshipType: Relationship,
  ValueType: string,
  concept: Code,
  value: NaturalDataset,
  children: readonly ContentItem[] = [],
): ContentItem {
  return {
    RelationshipType,
    ValueType,
    ConceptNameCodeSequence: [codeItem(concept)],
    ...value,
    ...(children.length > 0 && { ContentSequence: [...children] }),
  };
}

/** A container; `template` is its TID of PS3.16. */
export function container(concept: Code, children: readonly ContentItem[], template?: string): ContentItem {
  return item('CONTAINS', 'CONTAINER', concept, containerValue(template), children);
}

/** The root of a document. */
export function rootContainer(concept: Code, children: readonly ContentItem[], template: string): ContentItem {
  const { RelationshipType: _none, ...root } = container(concept, children, template);
  return root;
}

function containerValue(template: string | undefined): NaturalDataset {
  return {
    ContinuityOfContent: 'SEPARATE',
    ...(template !== undefined && {
      ContentTemplateSequence: [
        { MappingResource: 'DCMR', MappingResourceUID: '1.2.840.10008.8.1.1', TemplateIdentifier: template },
      ],
    }),
  };
}

/** A coded value. */
export function codeContent(
  relationship: Relationship,
  concept: Code,
  value: Code,
  children?: readonly ContentItem[],
): ContentItem {
  return item(relationship, 'CODE', concept, { ConceptCodeSequence: [codeItem(value)] }, children);
}

/** A text of any length. */
export function textContent(relationship: Relationship, concept: Code, text: string): ContentItem {
  return item(relationship, 'TEXT', concept, { TextValue: text });
}

/** A UID. */
export function uidContent(relationship: Relationship, concept: Code, uid: string): ContentItem {
  return item(relationship, 'UIDREF', concept, { UID: uid });
}

/**
 * A date.
 *
 * @param date YYYYMMDD.
 */
export function dateContent(relationship: Relationship, concept: Code, date: string): ContentItem {
  return item(relationship, 'DATE', concept, { Date: date });
}

/**
 * A measured value. The decimal string holds 16 characters only, so that the same number stands beside it in double precision.
 *
 * @param value Finite.
 * @throws RangeError for a value that is not.
 */
export function numberContent(
  concept: Code,
  value: number,
  unit: Code,
  children: readonly ContentItem[] = [],
): ContentItem {
  if (!Number.isFinite(value)) throw new RangeError(`${concept.meaning}: ${value} is no number`);
  const measured = {
    NumericValue: longestDecimal(value),
    FloatingPointValue: value,
    MeasurementUnitsCodeSequence: [codeItem(unit)],
  };
  return item('CONTAINS', 'NUM', concept, { MeasuredValueSequence: [measured] }, children);
}

/** As many digits as a decimal string (VR DS, 16 characters) holds. */
function longestDecimal(value: number): string {
  for (let digits = 17; ; digits--) {
    const text = String(Number(value.toPrecision(digits)));
    if (text.length <= 16) return text;
  }
}

export interface InstanceReference {
  readonly SOPClassUID: string;
  readonly SOPInstanceUID: string;
}

/** A reference to an image. */
export function imageContent(relationship: Relationship, concept: Code, image: InstanceReference): ContentItem {
  return item(relationship, 'IMAGE', concept, { ReferencedSOPSequence: [referenceTo(image)] });
}

/** A reference to a segment of a SEG. */
export function segmentContent(concept: Code, seg: InstanceReference, segmentNumber: number): ContentItem {
  const reference = { ...referenceTo(seg), ReferencedSegmentNumber: segmentNumber };
  return item('CONTAINS', 'IMAGE', concept, { ReferencedSOPSequence: [reference] });
}

function referenceTo({ SOPClassUID, SOPInstanceUID }: InstanceReference): NaturalDataset {
  return { ReferencedSOPClassUID: SOPClassUID, ReferencedSOPInstanceUID: SOPInstanceUID };
}

/**
 * A line on an image from which a number was inferred.
 *
 * @param points In pixels, from the upper left corner of the first one; exact where they are multiples of a half. A closed line ends with its
 *   first point.
 * @see DICOM PS3.3 section C.18.6
 */
export function lineContent(
  concept: Code,
  points: readonly (readonly [x: number, y: number])[],
  image: ContentItem,
): ContentItem {
  const graphic = { GraphicType: 'POLYLINE', GraphicData: points.flat() };
  return item('INFERRED FROM', 'SCOORD', concept, graphic, [image]);
}
