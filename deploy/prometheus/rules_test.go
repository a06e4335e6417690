package prometheus

import (
	"os"
	"regexp"
	"testing"
)

// The metrics page is held to the code by a test of its own.
func TestRulesAskForMetricsThatThereAre(t *testing.T) {
	rules, err := os.ReadFile("kojiwatch.rules.yml")
	if err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile("../../docs/metrics.md")
	if err != nil {
		t.Fatal(err)
	}
	there := map[string]bool{}
	for _, row := range regexp.MustCompile("(?m)^\\| `(kojiwatch_[a-z_]+)` \\| ([a-z]+) ").FindAllStringSubmatch(string(page), -1) {
		there[row[1]] = true
		if row[2] == "histogram" {
			there[row[1]+"_bucket"] = true
		}
	}
	names := regexp.MustCompile(`kojiwatch_[a-z_]+`).FindAllString(string(rules), -1)
	if len(names) == 0 {
		t.Fatal("no rule asks for anything")
	}
	for _, name := range names {
		if !there[name] {
			t.Errorf("there is no metric %s", name)
		}
	}
}
