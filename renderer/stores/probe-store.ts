import { create } from 'zustand';
import type { ProbeStatus } from '../../shared/ipc/history.ts';
import type { HostError } from '../../shared/ipc/result.ts';

/** Running programs that are attached. Written by host/probes.ts only. */
interface ProbeState {
  readonly status: ProbeStatus | null;
  readonly error: HostError | null;
  /** What the last command to a program came to. */
  readonly answer: ProbeAnswer | null;
}

export interface ProbeAnswer {
  readonly command: 'snapshot' | 'pause' | 'resume' | 'load';
  readonly session: string;
  readonly ok: boolean;
  /** In the words of the program that was asked. */
  readonly reason: string | null;
}

export const useProbes = create<ProbeState>(() => ({ status: null, error: null, answer: null }));

export function probesAnswered(status: ProbeStatus): void {
  useProbes.setState({ status, error: null });
}

export function probesFailed(error: HostError): void {
  useProbes.setState({ error });
}

export function probeCommanded(answer: ProbeAnswer | null): void {
  useProbes.setState({ answer });
}
