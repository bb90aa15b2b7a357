import {
  copyFrame,
  ExitShell,
  KilledBySignal,
  LeaveLoop,
  passSignal,
  ReturnFromFunction,
  signalStatus,
  type Frame,
} from './frame.ts';
import { BrokenPipe } from './streams.ts';

/** Runs in a copy of the shell; a signal or `exit` ends only the copy, and the shell itself if it has no trap. */
export async function inSubshell(
  frame: Frame,
  run: (inner: Frame) => Promise<number>,
): Promise<number> {
  try {
    return await run(copyFrame(frame));
  } catch (error) {
    if (error instanceof ExitShell || error instanceof ReturnFromFunction) return error.code;
    if (error instanceof BrokenPipe) return signalStatus('PIPE');
    if (error instanceof LeaveLoop) return 0;
    if (!(error instanceof KilledBySignal)) throw error;
    passSignal(frame);
    return signalStatus(error.signal);
  }
}
