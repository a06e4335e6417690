package kojiwire

import (
	"testing"

	"github.com/kojiwatch/kojiwatch/koji"
)

// A word that is known costs nothing, and comes out as it went in.
func TestInternedWords(t *testing.T) {
	words := map[string]func([]byte) string{}
	for _, w := range []string{
		"noarch", "x86_64", "i386", "i686", "aarch64", "armv7hl", "ppc64", "ppc64le", "s390x", "riscv64", "src", "nosrc",
		"srpm", "tag", "image", "default", "createrepo", "maven", "container", "DEFAULT", "kojira",
	} {
		words[w] = internWord
	}
	for _, w := range []string{"rpm", "module", "win", "operator-manifests", "remote-sources"} {
		words[w] = internType
	}
	for name := range methods {
		if _, ok := words[name]; !ok {
			words[name] = internMethod
		}
	}
	for word, intern := range words {
		b := []byte(word)
		if got := intern(b); got != word {
			t.Errorf("%q became %q", word, got)
		}
		if n := testing.AllocsPerRun(10, func() { intern(b) }); n != 0 {
			t.Errorf("%q: %v allocations", word, n)
		}
	}
	for name, intern := range map[string]func([]byte) string{"word": internWord, "type": internType, "method": internMethod} {
		b := []byte("neznámé slovo")
		got := intern(b)
		b[0] = 'N'
		if got != "neznámé slovo" {
			t.Errorf("%s: an unknown word shares the bytes it was read from: %q", name, got)
		}
	}
}

func TestTruthOf(t *testing.T) {
	for _, v := range []any{true, 1, int64(-1), 0.5, "x", "True", []any{nil}, map[string]any{"a": nil}, struct{}{}} {
		if !truthOf(v) {
			t.Errorf("%#v is false", v)
		}
	}
	for _, v := range []any{nil, false, 0, int64(0), 0.0, "", "False", "false", "0", []any{}, map[string]any{}} {
		if truthOf(v) {
			t.Errorf("%#v is true", v)
		}
	}
}

func TestOptAndRef(t *testing.T) {
	if !(koji.Opt[bool]{}).IsZero() || koji.Some(false).IsZero() || !(koji.Ref{}).IsZero() || (koji.Ref{ID: 1}).IsZero() || (koji.Ref{Name: "x"}).IsZero() {
		t.Error("known and unknown are mixed up")
	}
}
