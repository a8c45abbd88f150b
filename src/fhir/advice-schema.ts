import { z } from 'zod';
import { riskGroups } from '../models/form-schema.ts';
import { codeSet } from './mapping-schema.ts';

const text = z.string().min(1);
const days = z.number().int().positive();
/** What a button says, and the line that a client shows for what it does. */
const words = { label: text, description: text };

const labOrder = z
  .strictObject({
    ...words,
    /** Facts that the result of this order mends. */
    facts: z.array(text).min(1),
    /** Test of `labs.json`: ordered by its preferred code. */
    lab: text.optional(),
    /** What else is ordered, such as a panel. */
    code: codeSet.optional(),
  })
  .refine(({ lab, code }) => (lab === undefined) !== (code === undefined), { error: 'either lab or code' });

/** Contents of `mappings/advice.json`. */
export const adviceSchema = z.strictObject({
  note: text,
  labOrders: z.array(labOrder),
  followUpCt: z.strictObject({
    note: text,
    ...words,
    /** Days on which a checkpoint inhibitor was given. */
    afterCycles: days,
    daysFromFirstDose: days,
    /** Not suggested when the last dose lies further back. */
    daysSinceLastDose: days,
    code: codeSet,
  }),
  tumourBoard: z.strictObject({
    note: text,
    ...words,
    text,
    /** An order that is older counts as forgotten; appointments are looked for so many days ahead. */
    openForDays: days,
  }),
  /** Risk groups that speak against the order of a checkpoint inhibitor. */
  disagreements: z.array(
    z.strictObject({
      note: text.optional(),
      /** Folder of the model. */
      model: text,
      event: z.enum(['death', 'progression']),
      group: z.enum(riskGroups),
      /** One sentence without a full stop: what the study saw. */
      because: text,
    }),
  ),
  /** Offered where a card is dismissed; each has a display. */
  overrideReasons: codeSet,
});

export type AdviceTable = z.infer<typeof adviceSchema>;
