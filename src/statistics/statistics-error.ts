/** Why a statistic is not defined: wrong arguments, columns that repeat each other, a perfect split, no end in sight. */
export type StatisticsErrorCode =
  | 'STATISTICS_INPUT'
  | 'STATISTICS_SINGULAR'
  | 'STATISTICS_SEPARATED'
  | 'STATISTICS_NOT_CONVERGED';

/** Data from which a statistic is not defined. Stands here, as this folder imports nothing outside itself. */
export class StatisticsError extends Error {
  readonly code: StatisticsErrorCode;
  /** The argument or column that the failure is about. */
  readonly subject: string;

  constructor(code: StatisticsErrorCode, subject: string, message: string) {
    super(message);
    this.name = 'StatisticsError';
    this.code = code;
    this.subject = subject;
  }
}
