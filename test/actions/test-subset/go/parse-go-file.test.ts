import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseGoFile } from '../../../../actions/test-subset/src/go/parse-go-file.ts';

describe('the imports of a Go file', () => {
  test.each<[string, string, readonly string[]]>([
    ['one', 'package a\nimport "fmt"\n', ['fmt']],
    ['with a name, a dot, a blank', 'package a\nimport x "a/x"\nimport . "b"\nimport _ "c"\n', ['a/x', 'b', 'c']],
    ['a list', 'package a\nimport (\n\t"a"\n\tb "b/v2" // import "no"\n\n\t. "c"; _ "d"\n)\n', ['a', 'b/v2', 'c', 'd']],
    ['an empty list, then another', 'package a; import (); import ("a")', ['a']],
    ['raw strings', 'package a\nimport `a`\nimport (b `b/c`)\n', ['a', 'b/c']],
    ['escapes', 'package a\nimport "\\x66mt"\nimport "a\\u002fb"\nimport "\\057c"\n', ['fmt', 'a/b', '/c']],
    ['cgo', 'package a\n/*\n#include "x.h"\nimport "no"\n*/\nimport "C"\n', ['C']],
    ['comments everywhere', '// import "no"\npackage /* a */ a // b\nimport /* ( */ x /* " */ "a" /* c */\n', ['a']],
    ['a byte order mark and carriage returns', '\ufeffpackage a\r\nimport (\r\n\t"a"\r\n)\r\n', ['a']],
    ['build constraints', '//go:build ignore\n// +build ignore\n\npackage main\n\nimport "a"\n', ['a']],
    ['names of other alphabets', 'package größe\nimport 世界 "a"\n', ['a']],
    ['nothing after the first declaration', 'package a\nimport "a"\nvar s = "b"\nconst t = `\nimport "no"\n`\n', ['a']],
    ['a package named as a word of the header', 'package list\nimport "a"\nfunc f() { g("import") }\n', ['a']],
    ['a comment without an end', 'package a\nimport "a"\n/* import "no"', ['a']],
    ['a string without an end', 'package a\nimport "a"\nimport "b\n', ['a']],
    ['no Go at all', '<html>"import"</html>', []],
    ['nothing', '', []],
  ])('%s', (_, source, imports) => {
    expect(parseGoFile(source).imports).toEqual(imports);
  });

  test('are read from any mixture of comments and forms', () => {
    const space = fc.constantFrom(' ', '\t', '/* "x" */', '/* import ( */ ', ' // ) "y"\n');
    const line = fc.constantFrom('\n', ';', '// c\n', '\r\n', '\n\n/* ; */\n');
    const name = fc.constantFrom('', '. ', '_ ', 'x ', 'x/**/');
    const path = fc.stringMatching(/^[a-z]{1,5}(?:\/[a-z]{1,5}){0,2}$/);
    const one = fc.tuple(space, name, path, fc.boolean(), line);
    const text = ([before, alias, imported, raw, end]: [string, string, string, boolean, string]) =>
      `${before}${alias}${raw ? `\`${imported}\`` : `"${imported}"`}${end}`;
    const declaration = fc.tuple(fc.boolean(), fc.array(one, { minLength: 1, maxLength: 4 }), line);
    fc.assert(
      fc.property(fc.array(declaration), line, (declarations, end) => {
        const parts = declarations.map(([isList, ones, after]) =>
          isList ? `import (${ones.map(text).join('')})${after}` : ones.map((each) => `import ${text(each)}`).join(''),
        );
        const expected = declarations.flatMap(([, ones]) => ones.map(([, , imported]) => imported));
        expect(parseGoFile(`package p${end}${parts.join('')}var v = "w"\n`).imports).toEqual(expected);
      }),
    );
  });

  test('never hang and never throw', () => {
    const pieces = [
      'package a\n',
      'import ',
      '(',
      ')',
      '"',
      '`',
      '/*',
      '*/',
      '//',
      '\n',
      '\\',
      'x',
      './a/b',
      '//go:embed ',
      ';',
      ' ',
    ];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 400 }), (words) => {
        expect(Array.isArray(parseGoFile(words.join('')).imports)).toBe(true);
      }),
    );
    for (const piece of pieces) expect(parseGoFile(`package ${piece.repeat(200_000)}`).embeds).toBeDefined();
    for (const piece of ['/* */ ', '"a/', '"./', 'import /**/ x ']) parseGoFile(`package ${piece.repeat(100_000)}1`);
  });
});

test('patterns of //go:embed', () => {
  const source =
    'package a\nimport "embed"\n\n//go:embed a.txt all:static "with space.txt" `raw`\nvar one embed.FS\n\nvar (\n\t//go:embed *.sql\n\ttwo string\n)\n// go:embed no\n';
  expect(parseGoFile(source).embeds).toEqual(['a.txt', 'static', 'with space.txt', 'raw', '*.sql']);
});

test('texts that may name the folder of a package', () => {
  const source =
    'package a\nimport "fmt/x"\nvar a = []string{"build", "./cmd/server", `../tool`, "example.com/m/cmd/x", "a b/c", "/api/v1", "n"}\n';
  expect(parseGoFile(source).paths).toEqual(['./cmd/server', '../tool', 'example.com/m/cmd/x']);
});
