import { stringify } from 'yaml';
import { sanitize } from '../../domain/text.ts';
import { asRecord } from './status-error.ts';

/** An object as lines of YAML with sorted keys, as kubectl get -o yaml prints it; `managedFields` only when wanted. */
export function objectYaml(object: unknown, hasManagedFields: boolean): readonly string[] {
  const whole = asRecord(object);
  const { managedFields: _managed, ...metadata } = asRecord(whole['metadata']);
  const shown = hasManagedFields ? whole : { ...whole, metadata };
  const text = stringify(shown, {
    sortMapEntries: true,
    // What YAML 1.1 takes for something else than a text is quoted: kubectl reads that version.
    version: '1.1',
    indentSeq: false,
    lineWidth: 0,
    aliasDuplicateObjects: false,
  });
  return sanitize(text).trimEnd().split('\n');
}
