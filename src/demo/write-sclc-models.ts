/**
 * Turns the `fit.json` of the ES-SCLC demonstration models into `model.json` and `model-card.md`. Run by `npm run fit:demo`; also
 * alone, after a change of their words.
 */
import { readFit, writeModel } from './fits/model-folder.ts';
import { nomogramCard } from './fits/sclc-nomogram-card.ts';
import type { NomogramFit } from './fits/sclc-nomogram-fit.ts';
import { nomogramId, nomogramModel } from './fits/sclc-nomogram-model.ts';
import { pfsCard } from './fits/sclc-pfs-card.ts';
import type { PfsFit } from './fits/sclc-pfs-fit.ts';
import { pfsId, pfsModel } from './fits/sclc-pfs-model.ts';

const nomogram = readFit<NomogramFit>(nomogramId);
writeModel(nomogramModel(nomogram), nomogramCard(nomogram));

const pfs = readFit<PfsFit>(pfsId);
writeModel(pfsModel(pfs), pfsCard(pfs));
