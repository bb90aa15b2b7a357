/** The syntax tree of the lab's shell: the part of sh(1) that scripts sent by programs use. */
export type Part =
  | { readonly kind: 'text'; readonly text: string; readonly quoted: boolean }
  | {
      readonly kind: 'parameter';
      readonly name: string;
      /** `:-`, `-`, `:=`, `=`, `:+`, `+`, `:?`, `?`, `#` (length), or none. */
      readonly operator: string;
      readonly argument: Word;
      readonly quoted: boolean;
    }
  | { readonly kind: 'substitution'; readonly body: List; readonly quoted: boolean };
export type Word = readonly Part[];
export type Redirect = {
  readonly descriptor: number;
  readonly operator: '<' | '>' | '>>' | '>&' | '<&';
  readonly target: Word;
};
export type Assignment = { readonly name: string; readonly value: Word };
export type Command =
  | {
      readonly kind: 'simple';
      readonly assignments: readonly Assignment[];
      readonly words: readonly Word[];
      readonly redirects: readonly Redirect[];
    }
  | {
      readonly kind: 'subshell' | 'group';
      readonly body: List;
      readonly redirects: readonly Redirect[];
    }
  | { readonly kind: 'function'; readonly name: string; readonly body: Command }
  | {
      readonly kind: 'if';
      readonly branches: readonly { readonly test: List; readonly body: List }[];
      readonly otherwise: List;
      readonly redirects: readonly Redirect[];
    }
  | {
      readonly kind: 'while' | 'until';
      readonly test: List;
      readonly body: List;
      readonly redirects: readonly Redirect[];
    }
  | {
      readonly kind: 'for';
      readonly name: string;
      /** null: the positional parameters. */
      readonly words: readonly Word[] | null;
      readonly body: List;
      readonly redirects: readonly Redirect[];
    }
  | {
      readonly kind: 'case';
      readonly subject: Word;
      readonly arms: readonly { readonly patterns: readonly Word[]; readonly body: List }[];
      readonly redirects: readonly Redirect[];
    };
export type Pipeline = { readonly negated: boolean; readonly commands: readonly Command[] };
export type AndOr = {
  readonly first: Pipeline;
  readonly rest: readonly { readonly operator: '&&' | '||'; readonly pipeline: Pipeline }[];
};
export type List = readonly AndOr[];

/** The text ends inside a quote or a compound command: more lines may complete it. */
export class IncompleteScript extends Error {}
/** The text is no script. */
export class ScriptSyntaxError extends Error {}
