package prometheus

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// TestRulesAskForMetricsThatThereAre checks the rules against the page of metrics, which
// another test compares with the code.
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
		t.Fatal("no rule uses a metric")
	}
	for _, name := range names {
		if !there[name] {
			t.Errorf("there is no metric %s", name)
		}
	}
}

// TestEachAlertHasARunbook checks that the link of each rule leads to an existing heading,
// and that each heading of an alert belongs to a rule.
func TestEachAlertHasARunbook(t *testing.T) {
	rules, err := os.ReadFile("kojiwatch.rules.yml")
	if err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile("../../docs/troubleshooting.md")
	if err != nil {
		t.Fatal(err)
	}
	alerts := map[string]bool{}
	for _, h := range regexp.MustCompile(`(?m)^### (Kojiwatch\w+)$`).FindAllStringSubmatch(string(page), -1) {
		alerts[h[1]] = false
	}
	for _, rule := range strings.Split(string(rules), "- alert: ")[1:] {
		name, rest, _ := strings.Cut(rule, "\n")
		if _, found := alerts[name]; !found {
			t.Errorf("docs/troubleshooting.md has no heading for %s", name)
		}
		alerts[name] = true
		const before = "runbook_url: https://github.com/kojiwatch/kojiwatch/blob/main/docs/troubleshooting.md#"
		if !strings.Contains(rest, before+strings.ToLower(name)+"\n") {
			t.Errorf("%s does not link to its heading", name)
		}
	}
	for name, used := range alerts {
		if !used {
			t.Errorf("there is no rule %s", name)
		}
	}
}
