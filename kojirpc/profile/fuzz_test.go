package profile

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// FuzzParseINI looks for panics, for errors without a line, and for files that change
// when they are written and parsed again.
func FuzzParseINI(f *testing.F) {
	for _, pattern := range []string{"testdata/syntax/*.conf", "testdata/mistakes/*.conf"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			f.Fatalf("%s: no seeds: %v", pattern, err)
		}
		for _, file := range files {
			data, err := os.ReadFile(file)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(data)
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		doc, err := parseINI("x.conf", data)
		if err != nil {
			var e *Error
			if !errors.As(err, &e) || e.At.Line < 1 || e.At.Line > 1+strings.Count(universalNewlines(string(data)), "\n") {
				t.Fatalf("bad error: %v", err)
			}
			return
		}
		expandAll(t, doc)
		again, err := parseINI("x.conf", []byte(render(doc)))
		if err != nil {
			t.Fatalf("written out as %q: %v", render(doc), err)
		}
		if want, got := values(doc), values(again); !reflect.DeepEqual(got, want) {
			t.Fatalf("got  %q\nwant %q", got, want)
		}
	})
}

// expandAll expands every option of every profile.
func expandAll(t *testing.T, doc document) {
	t.Helper()
	s := &Set{doc: doc}
	for _, name := range s.Names() {
		v, _ := s.view(name)
		for _, key := range v.keys() {
			value, err := v.expand(key)
			var e *Error
			if err != nil && (!errors.As(err, &e) || e.At.Line < 1) {
				t.Fatalf("bad error: %v", err)
			}
			if !utf8.ValidString(value) {
				t.Fatalf("%q is not UTF-8", value)
			}
		}
		if _, err := s.Profile(name); err != nil && !strings.Contains(err.Error(), "x.conf:") {
			t.Fatalf("the error names no file: %v", err)
		}
	}
}

// render formats a document like configparser.
func render(doc document) string {
	var b strings.Builder
	for _, section := range slices.Sorted(maps.Keys(doc)) {
		fmt.Fprintf(&b, "[%s]\n", section)
		for _, key := range slices.Sorted(maps.Keys(doc[section])) {
			fmt.Fprintf(&b, "%s = %s\n", key, strings.ReplaceAll(doc[section][key].raw, "\n", "\n\t"))
		}
	}
	return b.String()
}

func values(doc document) map[string]map[string]string {
	out := map[string]map[string]string{}
	for section, options := range doc {
		out[section] = map[string]string{}
		for key, e := range options {
			out[section][key] = e.raw
		}
	}
	return out
}

// FuzzLocation looks for panics and for URLs that do not cover themselves.
func FuzzLocation(f *testing.F) {
	for _, seed := range []string{
		"https://koji.example.com/koji/taskinfo?taskID=1", "http://h:80//a/../b/%2e%2E/%2f", "https://[::1]:443", "http:koji", "//h/x", "%zz",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		l, err := parseLocation(raw)
		if err != nil {
			return
		}
		below := l
		below.segments = append(slices.Clone(l.segments), "taskinfo")
		if !l.covers(l) || !l.covers(below) || below.covers(l) {
			t.Fatalf("%q gives %+v", raw, l)
		}
	})
}
