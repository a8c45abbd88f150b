import express from 'express';
import request from 'supertest';
import { describe, expect, it } from 'vitest';
import { createDemoPage, searchDrugs } from '../../src/demo/page-routes.ts';
import { fakeDrugs, fakePatients, neverAsked, noViewer } from '../helpers/fake-cds-service.ts';

const names = (text: string) => searchDrugs(fakeDrugs, text).map(({ inn }) => inn);

describe('drug search', () => {
  it('shows every drug in the given order for an empty text', () => {
    expect(names(' ')).toEqual(['atezolizumab', 'durvalumab', 'carboplatin']);
  });

  it('ignores case', () => expect(names('ATEZ')).toEqual(['atezolizumab']));

  it('puts names that begin with the text before names that contain it', () => {
    expect(names('a')).toEqual(['atezolizumab', 'durvalumab', 'carboplatin']);
    expect(names('c')).toEqual(['carboplatin']);
    expect(names('mab')).toEqual(['atezolizumab', 'durvalumab']);
  });

  it('answers with an empty list when nothing matches', () => expect(names('aspirin')).toEqual([]));
});

describe('routes of the demonstration page', () => {
  const app = express().use(
    createDemoPage({ patients: fakePatients, drugs: fakeDrugs, assess: neverAsked, viewer: noViewer }),
  );

  it('GET / is the page, and may load nothing from elsewhere', async () => {
    const response = await request(app)
      .get('/')
      .expect(200)
      .expect('content-type', /text\/html/);
    expect(response.text).toContain('Synthetic data: no real patients.');
    expect(response.headers['content-security-policy']).toMatch(/^default-src 'self';/);
    expect(response.headers['content-security-policy']).not.toContain('unsafe');
  });

  it.each([
    ['/page/main.js', /javascript/],
    ['/page/style.css', /text\/css/],
    ['/page/order-sentences.json', /json/],
    ['/vendor/marked.js', /javascript/],
    ['/vendor/purify.js', /javascript/],
    ['/demo/patients', /json/],
  ])('GET %s has the type that a browser wants', async (path, type) => {
    await request(app).get(path).expect(200).expect('content-type', type);
  });

  it.each(['/page/main.ts', '/page/tsconfig.json', '/page/none.js', '/page/..%2fpage-routes.js', '/vendor/zod.js'])(
    'GET %s is not served',
    async (path) => {
      await request(app).get(path).expect(404);
    },
  );

  it('the order sentences are complete and use the schedules of the form', async () => {
    const { schedules } = await import('../../src/demo/page/hook-request.ts');
    const { body } = await request(app).get('/page/order-sentences.json');
    for (const [inn, sentence] of Object.entries<Record<string, string>>(body)) {
      expect(Object.keys(sentence), inn).toEqual(['dose', 'unit', 'route', 'schedule']);
      expect(Object.keys(schedules), inn).toContain(sentence.schedule);
      expect(Number(sentence.dose), inn).toBeGreaterThan(0);
    }
  });

  it('GET /demo/viewer says whether the viewer can be opened, and is not kept', async () => {
    const viewer = () => ({ kind: 'fetching' as const, text: 'the viewer is being fetched (50 MB): downloading' });
    const page = createDemoPage({ patients: fakePatients, drugs: fakeDrugs, assess: neverAsked, viewer });
    const response = await request(express().use(page)).get('/demo/viewer').expect(200);
    expect(response.body).toEqual({ kind: 'fetching', text: 'the viewer is being fetched (50 MB): downloading' });
    expect(response.headers['cache-control']).toBe('no-store');
  });

  it('GET /demo/drugs takes one search text; a repeated one counts as none', async () => {
    const one = await request(app).get('/demo/drugs?q=atez');
    expect(one.body).toEqual([fakeDrugs[0]]);
    const repeated = await request(app).get('/demo/drugs?q=atez&q=x');
    expect(repeated.body).toHaveLength(fakeDrugs.length);
  });
});
