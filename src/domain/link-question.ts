/**
 * What only a person can answer before a host is reached. `id` names this very question: an answer to
 * one that no longer stands is ignored. All texts are safe for a screen.
 */
export type LinkQuestion =
  /** The host shows a key that no known_hosts file has. */
  | {
      readonly kind: 'host-key';
      readonly id: string;
      /** Address and port; `bastion: …` in front when it is a jump host's. */
      readonly place: string;
      /** The name under which a `yes` notes the key: `name`, or `[name]:port`. */
      readonly knownHostsName: string;
      /** `ssh-ed25519`, … */
      readonly keyType: string;
      /** `SHA256:…`, as `ssh-keygen -l` shows it. */
      readonly fingerprint: string;
      /** The lines that `ssh-keygen -lv` draws, frame included. */
      readonly randomart: readonly string[];
      /** The file to which a `yes` appends the key. */
      readonly file: string;
      /** The host is verified by a certificate authority; its plain key alone proves nothing of that. */
      readonly authority: boolean;
    }
  /** A key file is encrypted, and no agent holds its key. */
  | {
      readonly kind: 'passphrase';
      readonly id: string;
      readonly path: string;
      /** Of the key in the file; null when the file does not show it unencrypted. */
      readonly fingerprint: string | null;
      /** The last answer did not open it. */
      readonly wrong: boolean;
    }
  /** The server asks: a password, or keyboard-interactive (RFC 4256). */
  | {
      readonly kind: 'prompts';
      readonly id: string;
      readonly place: string;
      readonly name: string;
      readonly instructions: string;
      readonly prompts: readonly LinkPrompt[];
    };

export type LinkPrompt = {
  readonly text: string;
  /** Whether what is typed may be seen. */
  readonly echo: boolean;
};

/** `yes` accepts a host key; `texts` are a passphrase, or one answer for each prompt; `no` leaves the host held. */
export type LinkReply = { readonly id: string } & (
  | { readonly kind: 'yes' }
  | { readonly kind: 'no' }
  | { readonly kind: 'texts'; readonly texts: readonly string[] }
);
