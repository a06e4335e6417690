//go:build integration

package integration

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/kojiwatch/kojiwatch/integration/rig"
)

// reloadable is a daemon whose configuration is changed while it runs.
type reloadable struct {
	*rig.Process
	vhost   *rig.VHost
	dir     string // of its files
	path    string // of the configuration
	address string // of the admin listener
	log     string // its level
	sinks   map[string]string
}

// newReloadable starts a daemon with sinks, each given by its keys after the name. Their
// queues are named kojiwatch-NAME.
func newReloadable(t *testing.T, args ...string) *reloadable {
	t.Helper()
	dir := t.TempDir()
	r := &reloadable{vhost: rig.Broker(t), dir: dir, path: filepath.Join(dir, "kojiwatch.yaml"), log: "info", sinks: map[string]string{}}
	r.sinks["same"] = r.file("same", "")
	r.vary(1)
	r.write(t)
	r.Process = rig.Daemon(t, append([]string{"run", "--config", r.path}, args...)...)
	r.address = adminAddress(t, r.Process)
	wantAnswer(t, r.address, "/readyz", 200, "ready")
	return r
}

// write replaces the configuration atomically, as editors do.
func (r *reloadable) write(t *testing.T) {
	t.Helper()
	text := fmt.Sprintf("broker: {url: %q}\nstate_dir: %q\nshutdown_grace: 10s\nadmin: {listen: \"127.0.0.1:0\"}\nlog: {level: %s}\nsinks:\n", r.vhost.URL(), r.dir, r.log)
	for name, keys := range r.sinks {
		text += fmt.Sprintf("  - {name: %s, topics: [\"#\"], %s}\n", name, keys)
	}
	if err := os.WriteFile(r.path+".new", []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(r.path+".new", r.path); err != nil {
		t.Fatal(err)
	}
}

// file returns the keys of a file sink.
func (r *reloadable) file(name, keys string) string {
	return fmt.Sprintf("type: file, path: %q%s", filepath.Join(r.dir, name+".jsonl"), keys)
}

// events reads the events in the file of a sink.
func (r *reloadable) events(t *testing.T, name string) []out {
	t.Helper()
	return linesOf(t, filepath.Join(r.dir, name+".jsonl"))
}

// post requests a reload from the admin listener.
func (r *reloadable) post(t *testing.T) (status int, text string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	status, text, err := request(ctx, http.MethodPost, r.address, "/-/reload")
	if err != nil {
		t.Fatal(err)
	}
	return status, text
}

// reload writes the configuration and reloads it, which must succeed.
func (r *reloadable) reload(t *testing.T) string {
	t.Helper()
	r.write(t)
	status, text := r.post(t)
	if status != http.StatusOK {
		t.Fatalf("reload: %d, %s", status, text)
	}
	return text
}

func (r *reloadable) wantMetric(t *testing.T, series string, want float64) {
	t.Helper()
	if got, found := scrape(t, r.address)[series]; !found || got != want {
		t.Errorf("%s: got %g, %v; want %g", series, got, found, want)
	}
}

// TestReloadUnderLoad changes sinks repeatedly while messages arrive: the filter of one, the
// file of another, the consumer of a third, and one is added and removed. It checks that
// none loses an event or gets events in the wrong order, and that the sink that does not
// change keeps its session.
func TestReloadUnderLoad(t *testing.T) {
	const n, reloads = 12_000, 24
	r := newReloadable(t)
	published := make(chan struct{})
	go func() {
		defer close(published)
		publish(t, r.vhost, recorded(t, n))
	}()
	for i := range reloads {
		r.vary(i)
		if i%2 == 0 {
			r.reload(t)
			continue
		}
		r.write(t)
		if err := r.Signal(syscall.SIGHUP); err != nil {
			t.Fatal(err)
		}
	}
	<-published
	for _, name := range []string{"same", "filtered", "moved", "anew"} {
		allIn(t, n, func() []out { return r.events(t, name) })
		empty(t, r.vhost, "kojiwatch-"+name)
		ordered(t, r.events(t, name))
		if name == "same" || name == "filtered" {
			r.wantMetric(t, `kojiwatch_sessions_total{sink="`+name+`"}`, 1)
		}
	}
	if all := r.events(t, "same"); len(all) != n {
		t.Errorf("%d events of %d messages in a sink that no reload touched", len(all), n)
	}
	r.wantMetric(t, `kojiwatch_config_reload_total{result="failed"}`, 0)
	stop(t, r.Process)
}

// vary returns the i-th configuration of TestReloadUnderLoad.
func (r *reloadable) vary(i int) {
	either := func(a, b string) string {
		if i%2 == 0 {
			return a
		}
		return b
	}
	r.sinks["filtered"] = r.file("filtered", either("", `, when: "true", raw: true`))
	r.sinks["moved"] = r.file("moved", either(", sync: never", ", sync: batch"))
	r.sinks["anew"] = r.file("anew", either(", prefetch: 50", ", prefetch: 500"))
	delete(r.sinks, "visitor")
	if i%4 == 0 {
		r.sinks["visitor"] = r.file("visitor", "")
	}
}

// TestReloadBadFile checks that a file with a mistake changes nothing and is reported, and
// that the next good file works.
func TestReloadBadFile(t *testing.T) {
	t.Parallel() // it mostly waits
	r := newReloadable(t)
	r.sinks["out"] = "type: stdout, states: [LOST]"
	r.write(t)
	status, text := r.post(t)
	if status != http.StatusInternalServerError || !strings.Contains(text, "kojiwatch.yaml:") || !strings.Contains(text, `"LOST" is not a state`) {
		t.Errorf("got %d, %s", status, text)
	}
	r.WaitStderr(t, patience, `"level":"error".*LOST.*configuration not reloaded`)
	r.wantMetric(t, `kojiwatch_config_reload_total{result="failed"}`, 1)
	r.wantMetric(t, `kojiwatch_config_reload_successful`, 0)
	const n = 100
	publish(t, r.vhost, recorded(t, n))
	allIn(t, n, func() []out { return r.events(t, "same") })
	r.sinks["out"] = "type: stdout"
	if text := r.reload(t); text != "reloaded\nadded: out\nunchanged: 4\n" {
		t.Errorf("got %q", text)
	}
	r.wantMetric(t, `kojiwatch_config_reload_successful`, 1)
	publish(t, r.vhost, recorded(t, n))
	arrived(t, n, r.Process)
	delete(r.sinks, "out")
	if text := r.reload(t); text != "reloaded\nremoved: out\nunchanged: 4\n" {
		t.Errorf("got %q", text)
	}
	if _, there := scrape(t, r.address)[`kojiwatch_session_up{sink="out"}`]; there {
		t.Error("a removed sink has metrics")
	}
	publish(t, r.vhost, recorded(t, 7))
	holds(t, r.vhost, "kojiwatch-out", 7) // it is the operator's to delete
	stop(t, r.Process)
}

// TestReloadMendsSink checks that events which wait for a receiver that is down go to
// another one once after a reload has changed the URL.
func TestReloadMendsSink(t *testing.T) {
	t.Parallel() // it mostly waits
	const n = 200
	bad := newReceiver(t, func(w http.ResponseWriter, _ incoming) bool {
		w.Header().Set("Retry-After", "600")
		w.WriteHeader(http.StatusServiceUnavailable)
		return true
	})
	good := newReceiver(t, nil)
	r := newReloadable(t)
	r.sinks["hook"] = fmt.Sprintf("type: webhook, url: %q, retry: {down_after: 3}", bad.URL)
	r.reload(t)
	publish(t, r.vhost, recorded(t, n))
	r.WaitStderr(t, patience, "delivery fails; trying again")
	r.sinks["hook"] = fmt.Sprintf("type: webhook, url: %q, retry: {down_after: 3}", good.URL)
	began := time.Now()
	r.reload(t)
	allIn(t, n, good.all)
	empty(t, r.vhost, "kojiwatch-hook")
	if took := time.Since(began); took > 5*time.Minute {
		t.Errorf("it took %s, as if the Retry-After of the old receiver applied to the new one", took)
	}
	ordered(t, good.all())
	r.wantMetric(t, `kojiwatch_sessions_total{sink="hook"}`, 1)
	r.wantMetric(t, `kojiwatch_settlements_total{sink="hook",verdict="dead"}`, 0)
	stop(t, r.Process)
}

// TestReloadRefused checks that the other sinks keep working if the broker refuses a sink of
// the new configuration, that the daemon is not ready, and that another reload fixes that.
func TestReloadRefused(t *testing.T) {
	t.Parallel() // it mostly waits
	const n = 50
	r := newReloadable(t)
	was := r.sinks["anew"]
	r.sinks["anew"] = was + ", queue: {type: quorum}"
	r.reload(t)
	r.WaitStderr(t, patience, `"level":"error".*PRECONDITION_FAILED.*the broker refuses the new configuration`)
	wantAnswer(t, r.address, "/readyz", 503, "make the settings of the queue agree with that")
	publish(t, r.vhost, recorded(t, n))
	allIn(t, n, func() []out { return r.events(t, "same") })
	r.sinks["anew"] = was
	r.reload(t)
	wantAnswer(t, r.address, "/readyz", 200, "ready")
	allIn(t, n, func() []out { return r.events(t, "anew") })
	stop(t, r.Process)
}

// TestReloadWaitsForRestart checks that a reload reports changes that need a restart, and a
// queue that would be deleted with its consumer.
func TestReloadWaitsForRestart(t *testing.T) {
	t.Parallel() // it mostly waits
	r := newReloadable(t)
	r.sinks["brief"] = r.file("brief", ", queue: {exclusive: true}")
	r.reload(t)
	wantAnswer(t, r.address, "/readyz", 200, "ready")
	r.sinks["brief"] = r.file("brief", ", queue: {exclusive: true}, prefetch: 7")
	r.log = "debug"
	if text := r.reload(t); text != "reloaded\nwaiting for a restart: log.level, sinks.brief\nunchanged: 4\n" {
		t.Errorf("got %q", text)
	}
	r.WaitStderr(t, patience, `"keys":\["log.level","sinks.brief"\].*need a restart`)
	r.wantMetric(t, "kojiwatch_config_reload_wants_restart", 1)
	r.wantMetric(t, `kojiwatch_sessions_total{sink="brief"}`, 1)
	stop(t, r.Process)
}

// TestReloadWatch checks that a daemon which watches its file reloads by itself.
func TestReloadWatch(t *testing.T) {
	t.Parallel() // it mostly waits
	template := filepath.Join(t.TempDir(), "body.tmpl")
	fill := func(text string) {
		if err := os.WriteFile(template, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	fill(`{"id": {{json .id}}, "type": "one"}`)
	r := newReloadable(t, "--watch")
	receiver := newReceiver(t, nil)
	r.sinks["hook"] = fmt.Sprintf("type: webhook, url: %q, body: template, template_file: %q", receiver.URL, template)
	r.write(t)
	r.WaitStderr(t, patience, `"added":\["hook"\]`)
	publish(t, r.vhost, recorded(t, 1))
	allIn(t, 1, receiver.all)
	fill(`{"id": {{json .id}}, "type": "two"}`)
	r.WaitStderr(t, patience, `"changed":\["hook"\]`)
	publish(t, r.vhost, recorded(t, 2)[1:])
	allIn(t, 2, receiver.all)
	if got := receiver.all(); got[0].Type != "one" || got[1].Type != "two" {
		t.Errorf("got %+v", got)
	}
	fill(`{{`)
	r.WaitStderr(t, patience, "configuration not reloaded")
	r.wantMetric(t, `kojiwatch_config_reload_total{result="failed"}`, 1)
	stop(t, r.Process)
}

// TestReloadHangingSink checks that a reload does not replace a hanging sink and reports
// that, and that no event of the sink is lost.
func TestReloadHangingSink(t *testing.T) {
	t.Parallel() // it mostly waits
	v := rig.Broker(t)
	config := durable(t, v.URL())
	d := hangingWith(t, v, config, "1s")
	edit(t, config, "type: stdout", "type: log")
	if err := d.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	d.WaitStderr(t, patience, "sink out: does not let go of what it was sent.*not for every sink")
	terminate(t, d)
	if code := d.WaitExit(t, patience); code != 0 {
		t.Errorf("exit code %d", code)
	}
	rig.Eventually(t, patience, func() error {
		stats, err := v.QueueStats(t.Context(), queue)
		if err == nil && (stats.Unacked != 0 || stats.Ready == 0) {
			err = fmt.Errorf("%+v", stats)
		}
		return err
	})
}
