/** Drafts as JSON texts, for every wire that carries one: each row a name and the raw text. */

const deep = (depth: number) => '['.repeat(depth) + ']'.repeat(depth)

/** Valid JSON that is no draft: `bad-draft` on every wire. */
export const badDrafts: [name: string, json: string][] = [
  ['null', 'null'],
  ['a list', '[]'],
  ['a string', '"hi"'],
  ['a number', '1'],
  ['an empty object', '{}'],
  ['a text that is a number', '{"text":123}'],
  ['a text that is a list', '{"text":["hi"]}'],
  ['a text that is null', '{"text":null}'],
  ['a text that is an object', '{"text":{"length":1}}'],
  ['an empty text', '{"text":""}'],
  ['a text of 4,001 code points', `{"text":"${'x'.repeat(4_001)}"}`],
  ['a text of 4,001 emoji', `{"text":"${'🙂'.repeat(4_001)}"}`],
  ['a text with NUL', '{"text":"a\\u0000b"}'],
  ['a text with a lone high surrogate', '{"text":"a\\ud800b"}'],
  ['a text with a lone low surrogate', '{"text":"\\udc00"}'],
  ['a text with surrogates the wrong way round', '{"text":"\\ude00\\ud83d"}'],
  ['an empty id', '{"text":"hi","id":""}'],
  ['an id with a control character', '{"text":"hi","id":"a\\u0007"}'],
  ['an id with a line feed at its end', '{"text":"hi","id":"a\\n"}'],
  ['an id with a space', '{"text":"hi","id":"a b"}'],
  ['an id that is not ASCII', '{"text":"hi","id":"ä"}'],
  ['an id of 65 characters', `{"text":"hi","id":"${'i'.repeat(65)}"}`],
  ['an id that is a number', '{"text":"hi","id":7}'],
  ['an id that is null', '{"text":"hi","id":null}'],
  ['an empty name', '{"text":"hi","name":""}'],
  ['a name of 41 characters', `{"text":"hi","name":"${'n'.repeat(41)}"}`],
  ['a name with a line feed', '{"text":"hi","name":"Ada\\nadmin"}'],
  ['a name with a lone surrogate', '{"text":"hi","name":"\\ud800"}'],
  ['a name that is a list', '{"text":"hi","name":["Ada"]}'],
  ['a sentAt that is a string', '{"text":"hi","sentAt":"1"}'],
  ['a sentAt that is infinite', '{"text":"hi","sentAt":1e999}'],
  ['a sentAt before 1970', '{"text":"hi","sentAt":-1}'],
  ['a sentAt that no Date can hold', '{"text":"hi","sentAt":8640000000000001}'],
  ['an unknown kind', '{"text":"hi","kind":"shout"}'],
  ['a notice, which only the server makes', '{"text":"hi","kind":"notice"}'],
  ['a kind that is __proto__', '{"text":"hi","kind":"__proto__"}'],
]

/** Refused before anything looks for a draft in it: the frame is bad where there is one, else the draft. */
export const poisonedDrafts: [name: string, json: string][] = [
  ['__proto__ beside a text', '{"text":"hi","__proto__":{"admin":true}}'],
  ['a text inherited from __proto__', '{"__proto__":{"text":"hi"}}'],
  ['__proto__ spelled with an escape', '{"text":"hi","\\u005f_proto__":{}}'],
  ['__proto__ deep in an unknown field', '{"text":"hi","x":[{"y":{"__proto__":1}}]}'],
  ['constructor.prototype', '{"text":"hi","constructor":{"prototype":{"admin":true}}}'],
  ['6,000 nested lists', deep(6_000)],
  ['6,000 nested lists as the text', `{"text":${deep(6_000)}}`],
  ['6,000 nested lists in an unknown field', `{"text":"hi","x":${deep(6_000)}}`],
  ['6,000 nested objects', `${'{"text":'.repeat(6_000)}"hi"${'}'.repeat(6_000)}`],
]

/** Odd, and a draft: what each becomes as an entry's text. */
export const oddDrafts: [name: string, json: string, text: string][] = [
  ['4,000 emoji', `{"text":"${'🙂'.repeat(4_000)}"}`, '🙂'.repeat(4_000)],
  ['emoji written as escapes', '{"text":"\\ud83d\\ude42"}', '🙂'],
  ['control characters other than NUL', '{"text":"\\u0001\\u001b[31m\\u007f"}', '\u0001\u001b[31m\u007f'],
  ['unknown fields', '{"text":"hi","seq":99,"at":1,"room":"admin","from":{"id":"root"}}', 'hi'],
  ['a field called constructor', '{"text":"hi","constructor":"x","toString":1,"hasOwnProperty":null}', 'hi'],
  ['the same field twice, of which the last counts', '{"text":"one","text":"two"}', 'two'],
]
