/** How far an attempt to connect has come: where it stands still is where it hangs. */
export type ConnectPhase = 'config' | 'turn' | 'jump' | 'dns' | 'tcp' | 'kex' | 'auth' | 'shell';

export const PHASE_WORDS: Readonly<Record<ConnectPhase, string>> = {
  config: 'reads the ssh configuration',
  turn: 'waits for its turn',
  jump: 'waits for the jump host',
  dns: 'resolves the name',
  tcp: 'opens the line',
  kex: 'exchanges keys',
  auth: 'logs in',
  shell: 'starts a shell',
};
