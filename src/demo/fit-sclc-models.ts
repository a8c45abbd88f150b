/**
 * Fits the demonstration models of ES-SCLC on what `fit-sclc-measure.ts` measured, and writes a `fit.json` each. Run by
 * `npm run fit:demo`.
 */
import { writeFit } from './fits/model-folder.ts';
import { readSclcFeatures } from './fits/sclc-features-file.ts';
import { fitNomogram } from './fits/sclc-nomogram-fit.ts';
import { nomogramId } from './fits/sclc-nomogram-model.ts';
import { fitPfs } from './fits/sclc-pfs-fit.ts';
import { pfsId } from './fits/sclc-pfs-model.ts';

const sites = readSclcFeatures();
writeFit(nomogramId, fitNomogram(sites));
writeFit(pfsId, fitPfs(sites));
