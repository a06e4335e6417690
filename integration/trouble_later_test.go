//go:build integration

package integration

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/kojiwatch/kojiwatch/integration/rig"
	"github.com/kojiwatch/kojiwatch/integration/rig/port"
	"github.com/kojiwatch/kojiwatch/integration/rig/replay"
	"github.com/kojiwatch/kojiwatch/integration/rig/wire"
	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest"
)

// troublesLater returns failures that happen while the daemon runs, or do not end it.
func troublesLater() []attempt {
	all := append(troublesOfBroker(), troublesOfHub()...)
	all = append(all, troublesOfDisk()...)
	return append(all, troublesOfSinks()...)
}

func troublesOfBroker() []attempt {
	const over = `"message":"consuming"`
	return []attempt{
		{"the broker cannot be reached", "", func(t *testing.T) scene {
			v := rig.Broker(t)
			link := rig.Proxy(t, v)
			link.Refuse()
			d := rig.Daemon(t, "run", "--config", troubled(t, link.URL(v.URL()), "type: log", ""))
			return scene{d, func() { admit(t, link) }, over}
		}},
		{"the connection to the broker is lost", "", func(t *testing.T) scene {
			v := rig.Broker(t)
			link := rig.Proxy(t, v)
			d := rig.Daemon(t, "run", "--config", troubled(t, link.URL(v.URL()), "type: log", ""))
			d.WaitStderr(t, patience, over)
			link.Cut(wire.Reset)
			link.Refuse()
			return scene{d, func() { admit(t, link) }, `"after":.*` + over}
		}},
		{"the password was changed", "", func(t *testing.T) scene {
			v := rig.Broker(t)
			user := "user-of-" + v.Name()
			v.AddUser(t, user, secretWord, everything)
			link := rig.Proxy(t, v)
			password := func(text string) {
				if err := v.Admin().PutUser(t.Context(), user, text); err != nil {
					t.Fatal(err)
				}
			}
			d := rig.Daemon(t, "run", "--config", troubled(t, link.URL(v.URLAs(user, secretWord)), "type: log", ""))
			d.WaitStderr(t, patience, over)
			password("another")
			link.Cut(wire.Reset)
			return scene{d, func() { password(secretWord) }, `"after":.*` + over}
		}},
		{"a passive queue that is not there", "", func(t *testing.T) scene {
			v := rig.Broker(t)
			config := troubled(t, v.URL(), "type: log\n    dead_letters: file", "")
			edit(t, config, "durable: true", "declare: passive")
			return scene{rig.Daemon(t, "run", "--config", config), func() { declare(t, v) }, over}
		}},
		{"an exchange that is not there", "", func(t *testing.T) scene {
			v := rig.Broker(t)
			config := troubled(t, v.URL(), "type: log\n    dead_letters: file\n    exchange: later", "")
			return scene{rig.Daemon(t, "run", "--config", config), func() { declareExchange(t, v, "later") }, over}
		}},
		{"the broker has an alarm", "dead letters", func(t *testing.T) scene {
			return alarmed(t, "type: log", []replay.Message{unreadable(), unreadable()}, queue+".dead", 20)
		}},
		{"the broker has an alarm", "events", func(t *testing.T) scene {
			return alarmed(t, "type: amqp\n    publish_to: amq.fanout", recorded(t, 50), "subscriber", 0)
		}},
		{"no message comes, although the hub is busy", "", silenced},
	}
}

// alarmed starts a daemon that has messages to publish, all of which end in the queue to, on
// a broker that accepts none, and others that need no publishing.
func alarmed(t *testing.T, sinkKeys string, messages []replay.Message, to string, others int) scene {
	t.Helper()
	v := rig.PrivateBroker(t)
	ctl := func(args ...string) {
		if _, err := v.Ctl(t.Context(), args...); err != nil {
			t.Fatal(err)
		}
	}
	declare(t, v.VHost)
	subscriber(t, v.VHost, "amq.fanout", "")
	publish(t, v.VHost, messages)
	if others > 0 {
		publish(t, v.VHost, recorded(t, others))
	}
	ctl("set_vm_memory_high_watermark", "0.000001")
	config := troubled(t, v.URL(), sinkKeys, "")
	edit(t, config, "durable: true", "durable: true, single_active_consumer: false") // as it was declared
	d := rig.Daemon(t, "run", "--config", config)
	holdsUnacked(t, v.VHost, queue, len(messages)) // the others are delivered
	return scene{d, func() {
		ctl("set_vm_memory_high_watermark", "0.8")
		holds(t, v.VHost, to, len(messages))
		empty(t, v.VHost, queue)
		if others == 0 && strings.Contains(d.Stderr(), `"reason":`) {
			t.Error("events became dead letters")
		}
	}, "the broker takes messages again"}
}

// holdsUnacked waits until all but n messages of a queue are settled.
func holdsUnacked(t *testing.T, v *rig.VHost, name string, n int) {
	t.Helper()
	rig.Eventually(t, patience, func() error {
		stats, err := v.QueueStats(t.Context(), name)
		if err == nil && (stats.Ready != 0 || stats.Unacked != n) {
			err = fmt.Errorf("%s has %+v, want %d unsettled", name, stats, n)
		}
		return err
	})
}

func admit(t *testing.T, link *wire.Proxy) {
	t.Helper()
	if err := link.Admit(); err != nil {
		t.Fatal(err)
	}
}

// asking starts a daemon that queries a hub about the first messages, and about more after
// the failure.
func asking(t *testing.T, hub, keys string, cure func()) scene {
	t.Helper()
	v := rig.Broker(t)
	more := fmt.Sprintf("hub: {server: %q, %s}\ncache: {disk: false}", hub, keys)
	d := rig.Daemon(t, "run", "--config", troubled(t, v.URL(), "type: stdout", more))
	consuming(t, v)
	publish(t, v, lab(t, 10))
	arrived(t, 10, d) // they are delivered nevertheless
	s := scene{Process: d}
	if cure != nil {
		s.over = "the hub answers again"
		s.cure = func() {
			cure()
			publish(t, v, lab(t, 200))
		}
	}
	return s
}

func troublesOfHub() []attempt {
	return []attempt{
		{"the hub cannot be reached", "", func(t *testing.T) scene {
			return asking(t, "http://"+port.Loopback(1)+"/kojihub", "budget: 1s", nil)
		}},
		{"the hub does not answer", "", func(t *testing.T) scene {
			hub := labHub(t)
			cure := hub.Inject(hubtest.Failure{Effect: hubtest.Hang()})
			return asking(t, hub.URL, "budget: 1s, timeout: 1s", cure)
		}},
		{"the hub's web server answers for it", "", func(t *testing.T) scene {
			hub := labHub(t)
			cure := hub.Inject(hubtest.Failure{Effect: hubtest.Status(http.StatusBadGateway)})
			return asking(t, hub.URL, "budget: 1s", cure)
		}},
		{"the hub's certificate is not trusted", "", func(t *testing.T) scene {
			hub := httptest.NewTLSServer(http.NotFoundHandler())
			t.Cleanup(hub.Close)
			return asking(t, hub.URL+"/kojihub", "budget: 1s", nil)
		}},
	}
}

func troublesOfDisk() []attempt {
	const over = `delivery works again`
	return []attempt{
		{"disk full, standard output", "", func(t *testing.T) scene {
			v := rig.Broker(t)
			full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = full.Close() })
			d := rig.DaemonWith(t, rig.Command{Args: []string{"run", "--config", troubled(t, v.URL(), "type: stdout", "")}, Stdout: full})
			consuming(t, v)
			publish(t, v, recorded(t, 10))
			return scene{Process: d}
		}},
		{"disk full, a file sink", "", func(t *testing.T) scene {
			const n = 200
			v, disk := rig.Broker(t), newSmallDisk(t)
			d := disk.run(t, troubled(t, v.URL(), fmt.Sprintf("type: file\n    path: %q", disk.path("events.ndjson")), ""))
			consuming(t, v)
			disk.fill(t)
			publish(t, v, recorded(t, n))
			return scene{d, func() {
				disk.free(t)
				empty(t, v, queue)
				if lost, again := missing(t, n, linesOf(t, disk.seen("events.ndjson"))); lost+again > 0 {
					t.Errorf("%d of %d events are not in the file, %d are there twice", lost, n, again)
				}
			}, over}
		}},
		{"disk full, dead letters in a file", "", func(t *testing.T) scene {
			v, disk := rig.Broker(t), newSmallDisk(t)
			config := troubled(t, v.URL(), "type: log\n    dead_letters: file", fmt.Sprintf("state_dir: %q\nestimates: {enabled: false}", disk.path("")))
			d := disk.run(t, config)
			consuming(t, v)
			disk.fill(t)
			publish(t, v, []replay.Message{unreadable(), unreadable()})
			return scene{d, func() {
				disk.free(t)
				lettersIn(t, disk.seen("out.dead.jsonl"), 2)
				empty(t, v, queue)
			}, "dead letters can be kept again"}
		}},
		{"disk full, the history of durations", "", func(t *testing.T) scene {
			v, disk := rig.Broker(t), newSmallDisk(t)
			d := disk.run(t, troubled(t, v.URL(), "type: log", fmt.Sprintf("state_dir: %q", disk.path(""))))
			consuming(t, v)
			disk.fill(t)
			publish(t, v, recorded(t, 500))
			empty(t, v, queue)
			return scene{d, func() { disk.free(t) }, "writing the history of durations again"}
		}},
		{"disk full, the cache of names", "", func(t *testing.T) scene {
			v, disk, hub := rig.Broker(t), newSmallDisk(t), labHub(t)
			more := fmt.Sprintf("hub: {server: %q}\ncache: {dir: %q}", hub.URL, disk.path("names"))
			d := disk.run(t, troubled(t, v.URL(), "type: log", more))
			consuming(t, v)
			disk.fill(t)
			publish(t, v, lab(t, 100))
			return scene{Process: d}
		}},
		{"a folder that cannot be written to, a file sink", "", func(t *testing.T) scene {
			v, disk := rig.Broker(t), newSmallDisk(t)
			disk.options = "ro"
			d := disk.run(t, troubled(t, v.URL(), fmt.Sprintf("type: file\n    path: %q", disk.path("events.ndjson")), ""))
			consuming(t, v)
			publish(t, v, recorded(t, 10))
			return scene{Process: d}
		}},
		{"a folder that cannot be written to, the state", "", func(t *testing.T) scene {
			v, disk := rig.Broker(t), newSmallDisk(t)
			disk.options = "ro"
			return scene{Process: disk.run(t, troubled(t, v.URL(), "type: log", fmt.Sprintf("state_dir: %q", disk.path(""))))}
		}},
	}
}

func troublesOfSinks() []attempt {
	const over = `delivery works again`
	// taking starts a daemon with a sink of these keys and publishes n messages.
	taking := func(t *testing.T, n int, sinkKeys, more string) *rig.Process {
		v := rig.Broker(t)
		d := rig.Daemon(t, "run", "--config", troubled(t, v.URL(), sinkKeys, more))
		consuming(t, v)
		publish(t, v, recorded(t, n))
		return d
	}
	webhook := func(url, keys string) string { return fmt.Sprintf("type: webhook\n    url: %q\n    %s", url, keys) }
	return []attempt{
		{"a receiver that is down", "", func(t *testing.T) scene {
			return scene{Process: taking(t, 200, webhook("http://"+port.Loopback(1)+"/", "in_flight: 8"), "")}
		}},
		{"a receiver that refuses an event", "", func(t *testing.T) scene {
			r := newReceiver(t, func(w http.ResponseWriter, _ incoming) bool { w.WriteHeader(http.StatusBadRequest); return true })
			return scene{Process: taking(t, 1, webhook(r.URL, ""), "")}
		}},
		{"a message that cannot be parsed", "", func(t *testing.T) scene {
			v := rig.Broker(t)
			d := rig.Daemon(t, "run", "--config", troubled(t, v.URL(), "type: log", ""))
			consuming(t, v)
			publish(t, v, []replay.Message{unreadable()})
			return scene{Process: d}
		}},
		{"a secret's file that is gone", "", func(t *testing.T) scene {
			r, file := newReceiver(t, nil), filepath.Join(t.TempDir(), "token")
			d := taking(t, 1, webhook(r.URL, fmt.Sprintf("bearer_token_file: %q", file)), "")
			return scene{d, func() {
				if err := os.WriteFile(file, []byte(secretWord), 0o600); err != nil {
					t.Fatal(err)
				}
			}, over}
		}},
		{"a program that is not there", "", func(t *testing.T) scene {
			return scene{Process: taking(t, 1, "type: exec\n    command: [/nowhere/program]", "")}
		}},
		{"a collector of traces that takes nothing", "", func(t *testing.T) scene {
			c, endpoint := newCollector(t)
			c.Refuse(http.StatusServiceUnavailable)
			return scene{Process: taking(t, 1, "type: log", fmt.Sprintf("tracing: {endpoint: %q}", endpoint))}
		}},
		{"a reload with a mistake in the file", "", func(t *testing.T) scene {
			config := troubled(t, rig.Broker(t).URL(), "type: log", "")
			d := rig.Daemon(t, "run", "--config", config)
			address := adminAddress(t, d)
			wantAnswer(t, address, "/readyz", 200, "")
			again := func(old, now string) {
				edit(t, config, old, now)
				if _, _, err := request(t.Context(), http.MethodPost, address, "/-/reload"); err != nil {
					t.Fatal(err)
				}
			}
			again("type: log", "type: lgo")
			return scene{d, func() { again("type: lgo", "type: log") }, "configuration reloaded"}
		}},
	}
}
