//go:build integration

package integration

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/kojiwatch/kojiwatch/integration/rig"
	"github.com/kojiwatch/kojiwatch/integration/rig/proc"
)

// prometheus starts one that scrapes a daemon and evaluates the alert rules, and
// returns its address.
func prometheus(t *testing.T, daemon string) string {
	t.Helper()
	rules, err := filepath.Abs("../deploy/prometheus/kojiwatch.rules.yml")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	config := fmt.Sprintf(`
global: {scrape_interval: 1s, evaluation_interval: 1s}
rule_files: [%q]
scrape_configs:
  - job_name: kojiwatch
    static_configs: [{targets: [%q]}]
`, rules, daemon)
	if err := os.WriteFile(filepath.Join(dir, "prometheus.yml"), []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	child, err := proc.Start(exec.CommandContext(context.WithoutCancel(t.Context()), "prometheus", //nolint:gosec // by its name
		"--config.file="+filepath.Join(dir, "prometheus.yml"), "--storage.tsdb.path="+filepath.Join(dir, "data"),
		"--web.listen-address="+address, "--log.level=error"))
	if err != nil {
		t.Fatalf("start prometheus: %v", err)
	}
	t.Cleanup(child.Kill)
	return address
}

// query asks Prometheus and returns how many series the answer has.
func query(ctx context.Context, address, expr string) (int, error) {
	status, text, err := ask(ctx, address, "/api/v1/query?query="+url.QueryEscape(expr))
	if err != nil {
		return 0, err
	}
	var answer struct {
		Status, Error string
		Data          struct{ Result []any }
	}
	if err := json.Unmarshal([]byte(text), &answer); err != nil || answer.Status != "success" {
		return 0, fmt.Errorf("%s: %d, %s (%w)", expr, status, answer.Error, err)
	}
	return len(answer.Data.Result), nil
}

// dashboard returns the queries of a dashboard by the titles of its panels, with its
// variables set to everything.
func dashboard(t *testing.T, file string) map[string][]string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("../deploy/grafana", file))
	if err != nil {
		t.Fatal(err)
	}
	var d struct {
		Panels []struct {
			Title   string
			Targets []struct{ Expr string }
		}
	}
	if err := json.Unmarshal(text, &d); err != nil {
		t.Fatal(err)
	}
	all := strings.NewReplacer("$__rate_interval", "30s", "$sink", ".*", "$job", ".*", "$channel", ".*", "$arch", ".*")
	queries := map[string][]string{}
	for _, p := range d.Panels {
		for _, target := range p.Targets {
			queries[p.Title] = append(queries[p.Title], all.Replace(target.Expr))
		}
	}
	if len(queries) < 10 {
		t.Fatalf("%s: %d panels", file, len(queries))
	}
	return queries
}

// TestDashboard: a real Prometheus that scrapes a daemon has an answer to every query of
// the dashboards, and every alert rule can be evaluated.
func TestDashboard(t *testing.T) {
	const n = 1_000
	v, hub := rig.Broker(t), labHub(t)
	d := rig.Daemon(t, "run", "--config", observed(t, v.URL(), hub.URL, "127.0.0.1:0"))
	address := prometheus(t, adminAddress(t, d))
	consuming(t, v)
	messages := lab(t, n)
	publish(t, v, messages[:n/2])
	rig.Eventually(t, patience, func() error {
		if got, err := query(t.Context(), address, "kojiwatch_events_total > 0"); err != nil || got == 0 {
			return fmt.Errorf("%d series of events, %w", got, err)
		}
		return nil
	})
	publish(t, v, messages[n/2:])
	for _, file := range []string{"kojiwatch.json", "koji.json"} {
		for title, queries := range dashboard(t, file) {
			answered(t, address, title, queries)
		}
	}
	rig.Eventually(t, patience, func() error { return evaluated(t.Context(), address) })
	stop(t, d)
}

// answered waits until Prometheus has an answer to each query of a panel.
func answered(t *testing.T, address, title string, queries []string) {
	t.Helper()
	for _, q := range queries {
		rig.Eventually(t, patience, func() error {
			got, err := query(t.Context(), address, q)
			if err == nil && got == 0 {
				err = fmt.Errorf("%q has no answer: %s", title, q)
			}
			return err
		})
	}
}

// evaluated checks that the alert rules are loaded and fine.
func evaluated(ctx context.Context, address string) error {
	_, text, err := ask(ctx, address, "/api/v1/rules")
	if err != nil {
		return err
	}
	var answer struct {
		Data struct {
			Groups []struct {
				Rules []struct{ Name, Health, LastError string }
			}
		}
	}
	if err := json.Unmarshal([]byte(text), &answer); err != nil {
		return err
	}
	rules := 0
	for _, g := range answer.Data.Groups {
		for _, r := range g.Rules {
			if rules++; r.Health != "ok" {
				return fmt.Errorf("rule %s is %s: %s", r.Name, r.Health, r.LastError)
			}
		}
	}
	if rules == 0 {
		return fmt.Errorf("no rules are loaded")
	}
	return nil
}
