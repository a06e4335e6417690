package exchange

import (
	"strings"
	"testing"

	"github.com/kojiwatch/kojiwatch/kojirpc/internal/printable"
)

func FuzzPageText(f *testing.F) {
	f.Add("<html><body class=x><h1>Bad &amp; worse</h1><p>")
	f.Add("<")
	f.Add("&#27;[31m<body")
	f.Fuzz(func(t *testing.T, page string) {
		got := pageText(page)
		if len(got) > printable.MaxError || strings.ContainsAny(got, "\n\x1b") {
			t.Errorf("%q", got)
		}
	})
}
