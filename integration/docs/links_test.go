package docs

import (
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
)

var (
	fenced  = regexp.MustCompile("(?ms)^ *```.*?^ *```")
	code    = regexp.MustCompile("`[^`\n]*`")
	target  = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	heading = regexp.MustCompile(`(?m)^#{1,6} +(.*?)\s*$`)
	linked  = regexp.MustCompile(`\[([^\]]*)\]\([^)]*\)`)
)

// TestLinks checks that every link to a file of the checkout leads to an existing file and
// heading.
func TestLinks(t *testing.T) {
	found := 0
	for _, page := range pages(t) {
		for _, link := range links(read(t, page)) {
			found++
			if err := follow(t, page, link); err != nil {
				t.Errorf("%s: %s: %v", page, link, err)
			}
		}
	}
	if found < 50 {
		t.Errorf("found only %d links", found)
	}
}

// TestIndex checks that docs/README.md links to every page in docs.
func TestIndex(t *testing.T) {
	const index = "docs/README.md"
	listed := links(read(t, index))
	for _, page := range pages(t) {
		below, isBelow := strings.CutPrefix(page, "docs/")
		if isBelow && page != index && !slices.Contains(listed, below) {
			t.Errorf("%s does not link to %s", index, below)
		}
	}
}

// links returns the targets of a text's links, except those to other sites.
func links(text string) []string {
	var all []string
	for _, m := range target.FindAllStringSubmatch(code.ReplaceAllString(fenced.ReplaceAllString(text, ""), ""), -1) {
		if !strings.Contains(m[1], "://") && !strings.HasPrefix(m[1], "mailto:") {
			all = append(all, m[1])
		}
	}
	return all
}

// follow checks the target of a link.
func follow(t *testing.T, page, link string) error {
	t.Helper()
	u, err := url.Parse(link)
	if err != nil {
		return err
	}
	to := page
	if u.Path != "" {
		to = filepath.Join(filepath.Dir(page), filepath.FromSlash(u.Path))
	}
	if _, err := os.Stat(filepath.Join(root, to)); err != nil {
		return err
	}
	if u.Fragment != "" && !anchors(read(t, to))[u.Fragment] {
		return fmt.Errorf("%s: no such heading", to)
	}
	return nil
}

// anchors returns the names that the headings of a page have on GitHub.
func anchors(text string) map[string]bool {
	names := map[string]bool{}
	for _, m := range heading.FindAllStringSubmatch(fenced.ReplaceAllString(text, ""), -1) {
		name := strings.Map(func(r rune) rune {
			switch {
			case r == ' ':
				return '-'
			case unicode.IsLetter(r), unicode.IsDigit(r), r == '-', r == '_':
				return unicode.ToLower(r)
			}
			return -1
		}, linked.ReplaceAllString(m[1], "$1"))
		unique := name
		for n := 1; names[unique]; n++ {
			unique = fmt.Sprintf("%s-%d", name, n)
		}
		names[unique] = true
	}
	return names
}

// TestAnchors checks that headings get the same names as on GitHub.
func TestAnchors(t *testing.T) {
	names := anchors("# A `b.c`, [d](e.md)\n```sh\n# no heading\n```\n## x_y-z\n## x_y-z\n")
	for _, want := range []string{"a-bc-d", "x_y-z", "x_y-z-1"} {
		if !names[want] {
			t.Errorf("there is no %q in %v", want, names)
		}
	}
	if len(names) != 3 {
		t.Errorf("unexpected names: %v", names)
	}
}
