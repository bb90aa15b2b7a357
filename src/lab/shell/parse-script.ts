import {
  IncompleteScript,
  ScriptSyntaxError,
  type AndOr,
  type Assignment,
  type Command,
  type List,
  type Pipeline,
  type Redirect,
  type Word,
} from './syntax.ts';
import { asAssignment, plainText, readToken, type Token } from './tokens.ts';

/**
 * Parses a script.
 * @throws {IncompleteScript} when more text may complete it
 * @throws {ScriptSyntaxError} when nothing can
 */
export function parseScript(text: string): List {
  const reader = createReader(text, 0);
  const list = reader.list([]);
  const token = reader.peek();
  if (token.kind !== 'end') throw unexpected(token);
  return list;
}

function readListUpToParenthesis(text: string, start: number) {
  const reader = createReader(text, start);
  const list = reader.list([')']);
  reader.expectOperator(')');
  return { list, end: reader.position() };
}

function unexpected(token: Token): Error {
  if (token.kind === 'end') return new IncompleteScript('unexpected end of file');
  const what =
    token.kind === 'operator'
      ? token.text
      : token.kind === 'redirect'
        ? token.operator
        : (plainText(token.word) ?? 'word');
  return new ScriptSyntaxError(`syntax error: '${what === '\n' ? 'newline' : what}' unexpected`);
}

const RESERVED = new Set([
  'if',
  'then',
  'elif',
  'else',
  'fi',
  'while',
  'until',
  'do',
  'done',
  'for',
  'case',
  'esac',
  'in',
  '{',
  '}',
  '!',
]);
const CLOSERS = new Set(['then', 'elif', 'else', 'fi', 'do', 'done', 'esac', '}']);

function createReader(text: string, start: number) {
  let at = start;
  let ahead: { readonly token: Token; readonly end: number } | null = null;

  const look = () => {
    ahead ??= readToken(text, at, readListUpToParenthesis);
    return ahead;
  };
  const peek = (): Token => look().token;
  const next = (): Token => {
    const { token, end } = look();
    at = end;
    ahead = null;
    return token;
  };
  const isOperator = (operator: string): boolean => {
    const token = peek();
    return token.kind === 'operator' && token.text === operator;
  };
  const keyword = (): string | null => {
    const token = peek();
    const word = token.kind === 'word' ? plainText(token.word) : null;
    return word !== null && RESERVED.has(word) ? word : null;
  };
  const expectOperator = (operator: string): void => {
    if (!isOperator(operator)) throw unexpected(peek());
    next();
  };
  const expectKeyword = (word: string): void => {
    if (keyword() !== word) throw unexpected(peek());
    next();
  };
  const skipNewlines = (): void => {
    while (isOperator('\n')) next();
  };

  function list(closers: readonly string[]): List {
    const items: AndOr[] = [];
    for (;;) {
      while (isOperator('\n') || (isOperator(';') && items.length > 0)) next();
      const token = peek();
      if (token.kind === 'end') return items;
      if (token.kind === 'operator' && (closers.includes(token.text) || token.text === ';;'))
        return items;
      const word = keyword();
      if (word !== null && CLOSERS.has(word)) return items;
      items.push(andOr());
      const after = peek();
      if (after.kind === 'operator' && (after.text === ';' || after.text === '&')) next();
    }
  }

  function andOr(): AndOr {
    const first = pipeline();
    const rest: { operator: '&&' | '||'; pipeline: Pipeline }[] = [];
    for (;;) {
      const operator = isOperator('&&') ? '&&' : isOperator('||') ? '||' : null;
      if (operator === null) return { first, rest };
      next();
      skipNewlines();
      rest.push({ operator, pipeline: pipeline() });
    }
  }

  function pipeline(): Pipeline {
    const negated = keyword() === '!';
    if (negated) next();
    const commands = [command()];
    while (isOperator('|')) {
      next();
      skipNewlines();
      commands.push(command());
    }
    return { negated, commands };
  }

  function command(): Command {
    if (isOperator('(')) {
      next();
      const body = list([')']);
      expectOperator(')');
      return { kind: 'subshell', body, redirects: redirects() };
    }
    switch (keyword()) {
      case '{': {
        next();
        const body = list([]);
        expectKeyword('}');
        return { kind: 'group', body, redirects: redirects() };
      }
      case 'if':
        return conditional();
      case 'while':
      case 'until':
        return loop();
      case 'for':
        return forLoop();
      case 'case':
        return caseOf();
      case null:
        return simple();
      default:
        throw unexpected(peek());
    }
  }

  function conditional(): Command {
    const branches: { test: List; body: List }[] = [];
    let otherwise: List = [];
    next();
    for (;;) {
      const test = list([]);
      expectKeyword('then');
      branches.push({ test, body: list([]) });
      if (keyword() !== 'elif') break;
      next();
    }
    if (keyword() === 'else') {
      next();
      otherwise = list([]);
    }
    expectKeyword('fi');
    return { kind: 'if', branches, otherwise, redirects: redirects() };
  }

  function body(): List {
    skipNewlines();
    expectKeyword('do');
    const items = list([]);
    expectKeyword('done');
    return items;
  }

  function loop(): Command {
    const kind = keyword() === 'until' ? 'until' : 'while';
    next();
    const test = list([]);
    return { kind, test, body: body(), redirects: redirects() };
  }

  function forLoop(): Command {
    next();
    const token = next();
    const name = token.kind === 'word' ? plainText(token.word) : null;
    if (name === null) throw unexpected(token);
    let words: Word[] | null = null;
    skipNewlines();
    if (keyword() === 'in') {
      next();
      words = [];
      for (let item = peek(); item.kind === 'word'; item = peek()) {
        words.push(item.word);
        next();
      }
    }
    if (isOperator(';')) next();
    return { kind: 'for', name, words, body: body(), redirects: redirects() };
  }

  function caseOf(): Command {
    next();
    const token = next();
    if (token.kind !== 'word') throw unexpected(token);
    skipNewlines();
    expectKeyword('in');
    const arms: { patterns: Word[]; body: List }[] = [];
    for (;;) {
      skipNewlines();
      if (keyword() === 'esac') break;
      if (isOperator('(')) next();
      const patterns: Word[] = [];
      for (;;) {
        const pattern = next();
        if (pattern.kind !== 'word') throw unexpected(pattern);
        patterns.push(pattern.word);
        if (!isOperator('|')) break;
        next();
      }
      expectOperator(')');
      arms.push({ patterns, body: list([]) });
      if (isOperator(';;')) next();
    }
    expectKeyword('esac');
    return { kind: 'case', subject: token.word, arms, redirects: redirects() };
  }

  function redirects(): readonly Redirect[] {
    const found: Redirect[] = [];
    for (let token = peek(); token.kind === 'redirect'; token = peek()) found.push(redirect());
    return found;
  }

  function redirect(): Redirect {
    const token = next();
    if (token.kind !== 'redirect') throw unexpected(token);
    const operator = token.operator === '>|' ? '>' : token.operator;
    if (operator === '<<') throw new ScriptSyntaxError('here-documents are not supported');
    const target = next();
    if (target.kind !== 'word') throw unexpected(target);
    return {
      descriptor: token.descriptor ?? (operator.startsWith('<') ? 0 : 1),
      operator: operator as Redirect['operator'],
      target: target.word,
    };
  }

  function simple(): Command {
    const assignments: Assignment[] = [];
    const words: Word[] = [];
    const found: Redirect[] = [];
    for (;;) {
      const token = peek();
      if (token.kind === 'redirect') {
        found.push(redirect());
        continue;
      }
      if (token.kind === 'word') {
        const assignment = words.length === 0 ? asAssignment(token.word) : null;
        if (assignment) assignments.push(assignment);
        else words.push(token.word);
        next();
        continue;
      }
      const name = words.length === 1 ? plainText(words[0] ?? []) : null;
      if (name !== null && isOperator('(')) return functionDefinition(name);
      break;
    }
    if (assignments.length + words.length + found.length === 0) throw unexpected(peek());
    return { kind: 'simple', assignments, words, redirects: found };
  }

  function functionDefinition(name: string): Command {
    expectOperator('(');
    expectOperator(')');
    skipNewlines();
    return { kind: 'function', name, body: command() };
  }

  return { list, peek, expectOperator, position: () => at };
}
