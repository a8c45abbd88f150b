import { describe, expect, it } from 'vitest';
import { createCardNotes } from '../../../cds-hooks/issued-cards.ts';
import { unknownCaller } from '../../../cds-hooks/trust/caller.ts';
import { assess, atezolizumab, cards, constructedPatients } from '../../helpers/hook-scenarios.ts';
import { keepLog } from '../../helpers/private-log.ts';

const given = cards(assess(constructedPatients['second line, all inputs']!, 'none'), atezolizumab);
const request = {
  hook: 'patient-view' as const,
  hookInstance: 'd1577c69-dfbe-44ad-ba6d-3e05e953b2ea',
  context: { userId: 'Practitioner/1', patientId: 'p' },
};
const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('taking note of cards', () => {
  it('keeps no answer waiting, until too many wait to be written', async () => {
    const { logger } = keepLog();
    let unwritten = 0;
    let write: () => void = () => undefined;
    const written = new Promise<void>((resolve) => {
      write = resolve;
    });
    const note = createCardNotes({ saveIssuedCards: () => written, unwrittenCards: () => unwritten }, logger);
    await note(given, request, unknownCaller);
    unwritten = 5001;
    let answered = false;
    const waiting = note(given, request, unknownCaller).then(() => {
      answered = true;
    });
    await turn();
    expect(answered).toBe(false);
    write();
    await waiting;
  });

  it('says once, as an error, that the cards of a group are not written', async () => {
    const { logger, text } = keepLog();
    const error = new Error('no database');
    const store = { saveIssuedCards: () => Promise.reject(error), unwrittenCards: () => 0 };
    const note = createCardNotes(store, logger);
    for (let time = 0; time < 3; time++) await note(given, request, unknownCaller);
    await turn();
    expect(text().match(/cards are not noted/g)).toHaveLength(1);
    expect(text()).toContain('"level":50');
  });
});
