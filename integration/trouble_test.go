//go:build integration

package integration

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/kojiwatch/kojiwatch/integration/rig"
)

// troublePage is the page for operators whose rows are tested here.
const troublePage = "../docs/troubleshooting.md"

// trouble is a row of the page.
type trouble struct {
	what string
	// says is a pattern of the log line. It has only the quotation marks of the page, and
	// the line's JSON escapes as in the log.
	says *regexp.Regexp
	exit int // 0 means that the daemon keeps running
	// ready is the status of /readyz.
	ready  int
	metric measure
}

// measure is the value of a metric during a failure.
type measure struct {
	name, label string
	want        float64 // any means more than 0
	any         bool
}

// in checks the metric's value, summed over sinks and other labels.
func (m *measure) in(s scraped) error {
	total, found := 0.0, false
	for series, v := range s {
		if name, _, _ := strings.Cut(series, "{"); name == m.name && strings.Contains(series, m.label) {
			total += v
			found = true
		}
	}
	if !found || m.any && total <= 0 || !m.any && total != m.want {
		return fmt.Errorf("%s with %s is %g (found: %v)", m.name, m.label, total, found)
	}
	return nil
}

// readTroubles reads the tables of the page.
func readTroubles(t *testing.T) map[string]*trouble {
	t.Helper()
	text, err := os.ReadFile(troublePage)
	if err != nil {
		t.Fatal(err)
	}
	rows := map[string]*trouble{}
	var columns []string
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		if !strings.HasPrefix(line, "| ") {
			if line == "" {
				columns = nil
			}
			continue
		}
		cells := strings.Split(strings.Trim(line, "| "), " | ")
		if columns == nil {
			columns = cells
			continue
		}
		if len(cells) != len(columns) {
			t.Fatalf("a row with %d cells, want %d: %s", len(cells), len(columns), line)
		}
		row := &trouble{}
		for i, cell := range cells {
			row.fill(t, columns[i], cell)
		}
		if rows[row.what] != nil {
			t.Fatalf("%q is on the page twice", row.what)
		}
		rows[row.what] = row
	}
	return rows
}

func (row *trouble) fill(t *testing.T, column, cell string) {
	t.Helper()
	number := func() int {
		n, err := strconv.Atoi(cell)
		if err != nil {
			t.Fatalf("%s: %s: %v", row.what, column, err)
		}
		return n
	}
	switch column {
	case "what":
		row.what = cell
	case "it says":
		var parts []string
		for part := range strings.SplitSeq(strings.Trim(cell, "`"), "…") {
			parts = append(parts, regexp.QuoteMeta(strings.TrimSpace(part)))
		}
		row.says = regexp.MustCompile(strings.Join(parts, ".*"))
	case "exit":
		row.exit = number()
	case "ready":
		row.ready = number()
	case "metric":
		name, value, _ := strings.Cut(strings.TrimPrefix(cell, "`"), "`")
		name, label, _ := strings.Cut(strings.TrimSuffix(name, "}"), "{")
		row.metric = measure{name: name, label: label, any: true}
		if value = strings.TrimSpace(value); value != "" {
			n, err := strconv.ParseFloat(value, 64)
			if err != nil {
				t.Fatalf("%s: %v", row.what, err)
			}
			row.metric = measure{name: name, label: label, want: n}
		}
	}
}

// scene is a daemon with a failure.
type scene struct {
	*rig.Process
	// cure ends the failure, and over is the pattern of the log line about that. cure is nil
	// if a restart is necessary or there is nothing to end.
	cure func()
	over string
}

// attempt causes a failure.
type attempt struct {
	row string
	// variant distinguishes several attempts for a row.
	variant string
	make    func(t *testing.T) scene
}

// TestTroubles causes the failures on the page and checks what the daemon reports.
func TestTroubles(t *testing.T) {
	t.Parallel() // it mostly waits
	try(t, append(troublesAtStart(), troublesLater()...))
}

// TestCertificateTroubles does the same with a broker that requires certificates.
func TestCertificateTroubles(t *testing.T) {
	t.Parallel() // it mostly waits
	try(t, troublesOfCertificates(newFortress(t)))
}

// TestTroublePage checks that every row of the page is tested.
func TestTroublePage(t *testing.T) {
	rows := readTroubles(t)
	for _, a := range slices.Concat(troublesAtStart(), troublesLater(), troublesOfCertificates(nil)) {
		delete(rows, a.row)
	}
	for what := range rows {
		t.Errorf("%s has the row %q, which is not tested", troublePage, what)
	}
}

func try(t *testing.T, attempts []attempt) {
	t.Helper()
	rows := readTroubles(t)
	for _, a := range attempts {
		row := rows[a.row]
		if row == nil {
			t.Errorf("%s has no row %q", troublePage, a.row)
			continue
		}
		t.Run(strings.TrimSpace(a.row+" "+a.variant), func(t *testing.T) {
			t.Parallel()
			s := a.make(t)
			if row.exit != 0 {
				row.wantExit(t, s.Process)
			} else {
				row.wantTrouble(t, &s)
			}
		})
	}
}

// once checks that exactly one line reports the failure.
func (row *trouble) once(t *testing.T, text string) {
	t.Helper()
	lines := 0
	for line := range strings.Lines(text) {
		if row.says.MatchString(line) {
			lines++
		}
	}
	if lines != 1 {
		t.Errorf("%d lines match %s, want one:\n%s", lines, row.says, text)
	}
	if strings.Contains(text, secretWord) {
		t.Errorf("the log contains a secret:\n%s", text)
	}
}

// secretWord is part of every secret in these tests.
const secretWord = "hunter2"

func (row *trouble) wantExit(t *testing.T, d *rig.Process) {
	t.Helper()
	if code := d.WaitExit(t, patience); code != row.exit {
		t.Errorf("exit code %d, want %d", code, row.exit)
	}
	row.once(t, d.Stderr())
}

func (row *trouble) wantTrouble(t *testing.T, s *scene) {
	t.Helper()
	s.WaitStderr(t, patience, row.says.String())
	address := adminAddress(t, s.Process)
	wantAnswer(t, address, "/readyz", row.ready, "")
	wantAnswer(t, address, "/healthz", 200, "alive")
	rig.Eventually(t, patience, func() error { return row.metric.in(scrape(t, address)) })
	if s.cure != nil {
		s.cure()
		s.WaitStderr(t, patience, s.over)
		wantAnswer(t, address, "/readyz", 200, "ready")
	}
	row.once(t, s.Stderr())
	stop(t, s.Process)
}

// troubled writes a configuration with an admin listener and a sink that has a durable
// queue. more has additional keys.
func troubled(t *testing.T, brokerURL, sinkKeys, more string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "kojiwatch.yaml")
	var text bytes.Buffer
	fmt.Fprintf(&text, "broker: {url: %q}\nshutdown_grace: 2s\nadmin: {listen: \"127.0.0.1:0\"}\n", brokerURL)
	if !strings.Contains(more, "state_dir:") {
		fmt.Fprintf(&text, "state_dir: %q\n", filepath.Dir(path))
	}
	fmt.Fprintf(&text, "%s\nsinks:\n  - name: out\n    topics: [\"#\"]\n    queue: {name: %s, durable: true}\n    %s\n", more, queue, sinkKeys)
	if err := os.WriteFile(path, text.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
