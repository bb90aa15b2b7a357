import { Text } from 'ink';
import type { Theme, ToneName } from '../../domain/theme.ts';

type Props = { readonly theme: Theme; readonly tone: ToneName; readonly children: string };

/** A piece of text in the colours of a tone. */
export function Tone({ theme, tone, children }: Props) {
  const { fg, bg, bold, dim, inverse, underline } = theme.tones[tone];
  return (
    <Text
      wrap="truncate"
      {...(fg ? { color: fg } : {})}
      {...(bg ? { backgroundColor: bg } : {})}
      bold={bold ?? false}
      dimColor={dim ?? false}
      inverse={inverse ?? false}
      underline={underline ?? false}
    >
      {children}
    </Text>
  );
}
