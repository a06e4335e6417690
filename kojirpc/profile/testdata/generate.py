#!/usr/bin/env python3
"""Writes the golden JSON files beside it: what Python makes of the same input.

syntax.json and random.json come from the standard library's configparser,
trees.json and mistakes.json from Koji's own client, koji.read_config, which
must be importable (PYTHONPATH). Run it in this folder.
"""

import configparser
import json
import os
import random

import koji


def write(name, value):
    with open(name, 'w', encoding='ascii') as out:
        json.dump(value, out, indent=1, sort_keys=True)
        out.write('\n')


def failure(ex):
    """The class of an exception, and the line it names (0 for none)."""
    line = getattr(ex, 'lineno', 0)
    if type(ex) is configparser.ParsingError:
        line = ex.errors[0][0]
    return {'error': type(ex).__name__, 'line': line}


def expanded(parser, section, key):
    try:
        return {'value': parser.get(section, key)}
    except configparser.InterpolationError as ex:
        return {'error': type(ex).__name__}


def parse(path):
    """Everything configparser reads from a file, with DEFAULT merged in."""
    parser = configparser.ConfigParser()
    try:
        parser.read(path, encoding='utf8')
    except (configparser.Error, UnicodeDecodeError) as ex:
        return failure(ex)
    return {'sections': {
        section: {key: expanded(parser, section, key) for key in parser.options(section)}
        for section in parser.sections()}}


def syntax():
    write('syntax.json', {name: parse(os.path.join('syntax', name))
                          for name in sorted(os.listdir('syntax'))})


OPTIONS = (
    ['[koji]', '[stg]', '[DEFAULT]', '[DEFAULT] ', '[ a ]', '[x]y]', '[z] tail', '[[]]'] +
    ['a = 1', 'b: 2', 'C=3', 'a=', 'd = e = f', 'g : h', 'k = [koji]', '[] = 1', 't = v ; w', 'u = # x'] +
    ['l = %(a)s', 'm = %(l)s%(l)s', 'n = 5%', 'o = %%', 'p = %(q)s', 'q = %(p)s', 'r = %(A', 's = %()s'] +
    ['\u00c9 = \u00e9', '\u0130 = i', 'x\u00a0=\u00a0y'])
FILLERS = ['# comment', '; comment', '', '', '', '\t', '\x1c', '\x0b', '\u2028', '\x85']
BARE = ['more', '100%%', '%(b)s', '[in brackets]', 'and: more', '# comment']
WRONG = ['i', '= x', ': y', '[]']
INDENTS = ['', '', '', '', ' ', '  ']
DEEP = ['   ', '    ', '\t\t\t', '\u00a0\u00a0\u00a0', ' \x1f ', '\t']
ENDS = ['\n', '\n', '\n', '\n', '\r\n', '\r', '\n\n']


def text(rng):
    """Lines that touch each other's rules, mostly below a section header."""
    lines = ['[koji]\n'] if rng.random() < 0.95 else []
    used = set(lines)
    for _ in range(rng.randrange(1, 12)):
        roll = rng.random()
        if roll < 0.02:
            line = rng.choice(WRONG)
        elif roll < 0.25:
            line = rng.choice(FILLERS)
        elif roll < 0.45 and len(lines) > 1:
            line = rng.choice(DEEP) + rng.choice(BARE)
        else:
            line = rng.choice(OPTIONS)
            if line in used and rng.random() < 0.95:
                continue
            used.add(line)
            line = rng.choice(INDENTS) + line
        lines.append(line + rng.choice(ENDS))
    return ''.join(lines)


def randoms(count=1000):
    rng = random.Random(1)
    cases = []
    for _ in range(count):
        data = text(rng)
        with open('random.tmp', 'w', encoding='utf8', newline='') as out:
            out.write(data)
        cases.append({'text': data, 'result': parse('random.tmp')})
    os.remove('random.tmp')
    with open('random.json', 'w', encoding='ascii') as out:
        out.write('[\n' + ',\n'.join(json.dumps(c, sort_keys=True) for c in cases) + '\n]\n')


def read_config(tree, profile, config=None):
    """koji.read_config with /etc and ~ inside a tree."""
    original = koji.read_config_files

    def relocated(files, raw=False):
        return original([tree + f if isinstance(f, str) and f.startswith('/etc/') else f
                         for f in files], raw)

    koji.read_config_files = relocated
    os.environ['HOME'] = tree + '/home'
    try:
        return {'profile': koji.read_config(profile, config)}
    except (koji.GenericError, configparser.Error, ValueError) as ex:
        return {'error': type(ex).__name__}
    finally:
        koji.read_config_files = original


TREES = [
    ('order', ['koji', 'only-etc', 'only-home', 'only-user', 'KOJI', 'DEFAULT'],
     [None, 'trees/order/user.conf', 'trees/order/user.d', '~/user.conf', 'trees/order/user.d/c.txt']),
    ('swapped', ['koji'], [None]),
    ('strict', ['koji'], [None, 'trees/strict/empty.d', 'trees/strict/odd.d', 'trees/strict/absent']),
    ('merge', ['koji', 'stg'], [None]),
    ('keys', ['all', 'bare', 'empty', 'old', 'falses', 'verify'], [None]),
    ('certs', ['koji', 'set', 'none', 'odd'], [None]),
    ('absent', ['koji'], [None]),
]


def trees():
    cases = []
    for tree, profiles, configs in TREES:
        for profile in profiles:
            for config in configs:
                result = read_config('trees/' + tree, profile, config)
                cases.append({'tree': tree, 'name': profile, 'config': config or '', 'result': result})
    write('trees.json', cases)


def mistakes():
    write('mistakes.json', {
        name: read_config('absent', 'koji', os.path.join('mistakes', name)).get('error', '')
        for name in sorted(os.listdir('mistakes')) if name.endswith('.conf')})


if __name__ == '__main__':
    syntax()
    randoms()
    trees()
    mistakes()
