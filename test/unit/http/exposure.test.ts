import { describe, expect, it } from 'vitest';
import { readConfig } from '../../../src/config.ts';
import { checkExposure, isPlainHttp } from '../../../src/http/client-trust.ts';
import { isLoopback } from '../../../src/http/loopback.ts';

const check = (environment: Record<string, string>) => () => checkExposure(readConfig(environment));

describe('who can reach the service', () => {
  it.each(['127.0.0.1', '127.1.2.3', 'localhost', '::1', '[::1]', 'LOCALHOST', '::ffff:127.0.0.1'])(
    'J1: open mode may listen on %s',
    (host) => {
      expect(isLoopback(host)).toBe(true);
      expect(check({ DELTASCOPE_HOST: host })).not.toThrow();
    },
  );

  it.each(['0.0.0.0', '::', '192.168.1.2', 'ehr.example', 'localhost.example', '127.0.0.1.example', '128.0.0.1', ''])(
    'J1: "%s" is not loopback',
    (host) => {
      expect(isLoopback(host)).toBe(false);
    },
  );

  it.each(['0.0.0.0', '::', '192.168.1.2', 'ehr.example'])(
    'J1: open mode refuses to start on %s, and says what to do',
    (host) => {
      expect(check({ DELTASCOPE_HOST: host })).toThrow(
        expect.objectContaining({ code: 'CONFIG_INCOMPLETE', subject: 'DELTASCOPE_CLIENTS_FILE' }),
      );
      expect(check({ DELTASCOPE_HOST: host })).toThrow(/DELTASCOPE_CLIENTS_FILE.*127\.0\.0\.1.*DELTASCOPE_OPEN_MODE/);
    },
  );

  it('J1: open mode in a container must be asked for by name', () => {
    const open = { DELTASCOPE_HOST: '0.0.0.0', DELTASCOPE_OPEN_MODE: 'published-on-loopback' };
    expect(check(open)).not.toThrow();
    expect(() => readConfig({ ...open, DELTASCOPE_OPEN_MODE: 'yes' })).toThrow('published-on-loopback');
  });

  it('J6: registered clients beyond loopback need the address that their tokens name', () => {
    const registered = { DELTASCOPE_HOST: '0.0.0.0', DELTASCOPE_CLIENTS_FILE: 'clients.json' };
    expect(check(registered)).toThrow(expect.objectContaining({ subject: 'DELTASCOPE_PUBLIC_URL' }));
    expect(check({ ...registered, DELTASCOPE_PUBLIC_URL: 'https://cds.example' })).not.toThrow();
    expect(check({ DELTASCOPE_CLIENTS_FILE: 'clients.json' })).not.toThrow();
  });

  it('G5: names an address over which others can read along', () => {
    expect(isPlainHttp('http://cds.example')).toBe(true);
    expect([isPlainHttp('https://cds.example'), isPlainHttp('http://127.0.0.1:4180'), isPlainHttp(undefined)]).toEqual([
      false,
      false,
      false,
    ]);
  });

  it.each([
    '*',
    'null',
    'https://ehr.example/',
    'https://ehr.example/path',
    'ehr.example',
    'file:///x',
    'https://EHR.example',
  ])('O2: refuses the CORS origin %s', (origin) => {
    expect(() => readConfig({ DELTASCOPE_CORS_ORIGINS: `https://good.example, ${origin}` })).toThrow(
      'DELTASCOPE_CORS_ORIGINS',
    );
  });
});
