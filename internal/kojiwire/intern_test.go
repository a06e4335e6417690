package kojiwire

import (
	"testing"

	"github.com/kojiwatch/kojiwatch/koji"
)

// TestInternedWords checks that a known word is not allocated and that any word is returned
// unchanged.
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
	for word, intern := range words {
		b := []byte(word)
		if got := intern(b); got != word {
			t.Errorf("%q became %q", word, got)
		}
		if n := testing.AllocsPerRun(10, func() { intern(b) }); n != 0 {
			t.Errorf("%q: %v allocations", word, n)
		}
	}
	for name, intern := range map[string]func([]byte) string{"word": internWord, "type": internType} {
		b := []byte("neznámé slovo")
		got := intern(b)
		b[0] = 'N'
		if got != "neznámé slovo" {
			t.Errorf("%s: an unknown word shares the bytes it was read from: %q", name, got)
		}
	}
}

func TestOptAndRef(t *testing.T) {
	if !(koji.Opt[bool]{}).IsZero() || koji.Some(false).IsZero() || !(koji.Ref{}).IsZero() || (koji.Ref{ID: 1}).IsZero() || (koji.Ref{Name: "x"}).IsZero() {
		t.Error("known and unknown are mixed up")
	}
}
