import { z } from 'zod';
import { codeSet, description } from './mapping-schema.ts';

const text = z.string().min(1);
const inn = z.string().regex(/^[a-z]+$/, 'an INN in lower case');
const days = z.number().int().positive();

/** Contents of `mappings/therapies.json`. */
export const therapiesSchema = z.strictObject({
  facts: z.strictObject({
    regimen: description,
    regimenClass: description,
    firstLineRegimenClass: description,
    firstLineImmunotherapy: description,
    checkpointInhibitorLine: description,
    surgery: description,
    progression: description,
  }),
  /** How lines of therapy are told apart; `rules` says in words what the numbers below mean. */
  lines: z.strictObject({
    source: text,
    rules: z.array(text).min(1),
    /** Drugs that begin within so many days of the first dose are the regimen of the line. */
    regimenDays: days,
    /** Longer without a dose, and the next one begins a new line. */
    gapDays: days,
    /** Drugs that may replace each other within a line. */
    substitutes: z.array(z.array(inn).min(2)),
    /** Drugs that may be added later without a new line. */
    maintenance: z.array(inn),
    maintenanceNote: text,
  }),
  /** Procedures that say that systemic therapy was given, without its doses. */
  systemicTherapyProcedures: codeSet,
  /** Procedures that resect lung. */
  surgery: codeSet,
});

export type LineRules = z.infer<typeof therapiesSchema>['lines'];

const systems = z.array(text).min(1);

const glucocorticoids = z.strictObject({
  /** Where the equivalence comes from. */
  source: text,
  /** The dose of prednisone that the drugs' `equivalentMg` is equivalent to. */
  prednisoneMg: z.number().positive(),
  systems: z.strictObject({ atc: systems, rxnorm: systems }),
  /** Every ATC code that begins so is for systemic use. */
  systemicAtcPrefix: text,
  drugs: z.array(
    z.strictObject({ inn, equivalentMg: z.number().positive(), atc: z.array(text).min(1), rxnorm: z.array(text) }),
  ),
  /** Routes that make a drug systemic whose code does not say it. */
  systemicRoutes: codeSet,
  /** Dose forms that say it in the name of a product, where no route is recorded. */
  systemicForms: z.array(text),
  /** Doses a day by coded timing. */
  timings: z.strictObject({ system: text, perDay: z.record(text, z.number().positive()) }),
  /** An administration so many days back is reported where nothing says the daily dose. */
  administrationDays: days,
});

/** Contents of `mappings/eligibility.json`. */
export const eligibilitySchema = z.strictObject({
  facts: z.strictObject({
    autoimmuneDisease: description,
    otherActiveCancer: description,
    combinedHistology: description,
    steroidDose: description,
  }),
  autoimmuneDisease: z.strictObject({ note: text, include: codeSet }),
  otherCancer: z.strictObject({
    note: text,
    include: codeSet,
    /** End of the profile by which a Condition says that it is a primary cancer, whatever its code. */
    primaryCancerProfile: text,
  }),
  /** Morphologies of small-cell carcinoma with another component. */
  combinedHistology: codeSet,
  glucocorticoids,
});

/** Contents of `mappings/tumour-board.json`. */
export const tumourBoardSchema = z.strictObject({
  note: text,
  /** `Appointment.serviceType` of the tumour boards of the site. */
  serviceTypes: codeSet,
});

export type Glucocorticoids = z.infer<typeof glucocorticoids>;
