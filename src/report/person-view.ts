import { formatDate } from '../models/calendar.ts';
import type { BoardReport } from './board-report.ts';
import type { DatedText } from './diagnosis.ts';
import { texts } from './texts.ts';

/** The top of the page: who it is about, and why. */
export interface PersonView {
  readonly name: string;
  /** "female, 74 years, born 3 Apr 1952". */
  readonly line: string;
  readonly identifiers: string;
  /** Diagnosis, stage, metastases and performance status. */
  readonly facts: readonly { readonly label: string; readonly text: string; readonly date: string | null }[];
  readonly question: string;
  /** Board and time as of which the record was read. */
  readonly when: string;
}

/** Who the page is about, from the course, and what the record says of the disease. */
export function personView({ assessment, course, diagnosis, question, boardDate }: BoardReport): PersonView {
  const { name, sex, birthDate, PatientIDs } = course.person;
  const { person, band } = texts;
  const fact = (label: string, known: DatedText | null) => ({
    label,
    text: known?.text ?? band.notInRecord,
    date: known === null ? null : formatDate(known.date),
  });
  const age = birthDate === null ? null : completedYears(birthDate, assessment.asOf);
  const born = birthDate === null ? person.birthDateMissing : person.born(formatDate(birthDate));
  const board = boardDate === null ? [] : [band.board(formatDate(boardDate))];
  return {
    name: name ?? person.unnamed,
    line: [
      person.sex[sex ?? 'unknown'] ?? person.sex.unknown,
      age === null ? person.ageMissing : person.age(age),
      born,
    ].join(', '),
    identifiers: person.identifiers(PatientIDs),
    facts: [
      fact(band.diagnosis, diagnosis.diagnosis),
      fact(band.stage, diagnosis.stage),
      fact(band.metastases, diagnosis.metastases),
      fact(band.performance, diagnosis.performance),
    ],
    question: question ?? band.noQuestion,
    when: [...board, band.asOf(formatDate(assessment.asOf))].join('. '),
  };
}

/** Null for a birth date that is not known to the day: a year too many would be read as a fact. */
function completedYears(birthDate: string, asOf: string): number | null {
  if (!/^\d{4}-\d\d-\d\d/.test(birthDate)) return null;
  const years = Number(asOf.slice(0, 4)) - Number(birthDate.slice(0, 4));
  return asOf.slice(5, 10) < birthDate.slice(5, 10) ? years - 1 : years;
}
