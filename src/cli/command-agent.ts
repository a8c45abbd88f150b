import { userInfo } from 'node:os';
import type { AuditAgent } from '../store/audit.ts';

/** The account that runs a command, for the audit trail. */
export function commandAgent(): AuditAgent {
  return { kind: 'command', issuer: null, tenant: null, user: accountName() };
}

/** A container may run under a number that has no name. */
function accountName(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid ${process.getuid?.() ?? 'unknown'}`;
  }
}
