/** What is wrong with a persistence.yaml, and where. Messages quote names of the file's own, never a value that may be secret. */
import type { PersistenceFault, PersistenceFaultCode } from '../../../shared/ipc/persistence.ts';

export type Fault = PersistenceFault;
export type FaultCode = PersistenceFaultCode;
export type FaultParams = Fault['params'];

/** `line 4, column 7: …` */
export function faultText({ line, column, message }: Fault): string {
  return `line ${line}, column ${column}: ${message}`;
}
