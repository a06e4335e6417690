//go:build integration

package integration

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	amqp "github.com/rabbitmq/amqp091-go"

	"github.com/kojiwatch/kojiwatch/integration/rig"
	"github.com/kojiwatch/kojiwatch/integration/rig/port"
	"github.com/kojiwatch/kojiwatch/integration/rig/replay"
)

// createdBefore is how long before it began a task of taskMessage was created.
const createdBefore = 10 * time.Second

// taskMessage is a message about a task that was begun so long ago, as the hub's plugin
// sends it.
func taskMessage(t *testing.T, id, parent int64, method, arch, from, to string, ago time.Duration) replay.Message {
	t.Helper()
	top := id
	if parent != 0 {
		top = parent
	}
	states := map[string]int{"FREE": 0, "OPEN": 1, "CLOSED": 2, "FAILED": 5}
	now := float64(time.Now().UnixMilli()) / 1000
	info := map[string]any{
		"id": id, "parent": nil, "method": method, "state": states[to], "label": arch, "arch": "noarch", "owner": 5, "channel_id": 1,
		"priority": 20, "weight": 1.5, "create_ts": now - (ago + createdBefore).Seconds(), "start_ts": now - ago.Seconds(), "completion_ts": nil, "host_id": 1,
		"request": []any{fmt.Sprintf("git+https://src.example.com/rpms/%s-%d#main", method, top), "f44-candidate", map[string]any{"scratch": false}},
	}
	headers := amqp.Table{"type": "TaskStateChange", "attribute": "state", "id": id, "method": method, "old": from, "new": to, "parent": nil}
	if parent != 0 {
		info["parent"], headers["parent"] = parent, parent
		info["request"] = []any{"tasks/1/build-1-1.src.rpm", 1, arch, true, map[string]any{"repo_id": 1}}
	}
	if to == "CLOSED" || to == "FAILED" {
		info["completion_ts"] = now
	}
	body, err := json.Marshal(map[string]any{"attribute": "state", "old": from, "new": to, "info": info})
	if err != nil {
		t.Fatal(err)
	}
	body = append(binary.BigEndian.AppendUint32([]byte{0x00, 0x53, 0x77, 0xb1}, uint32(len(body))), body...)
	return replay.Message{
		Exchange: "amq.topic", RoutingKey: "koji.task." + strings.ToLower(to),
		Publishing: amqp.Publishing{Type: "amqp-1.0", Headers: headers, Body: body},
	}
}

// withBoard starts a daemon with a live board, and returns what starts it again.
func withBoard(t *testing.T, v *rig.VHost, more string) (address string, start func() *rig.Process) {
	t.Helper()
	free, err := port.One() // the same after a restart
	if err != nil {
		t.Fatal(err)
	}
	address = port.Loopback(free)
	config := filepath.Join(t.TempDir(), "kojiwatch.yaml")
	text := fmt.Sprintf(`
broker: {url: %q}
state_dir: %q
board: {listen: %q}
sinks:
  - {name: out, type: stdout, queue: {name: %s}}
%s
`, v.URL(), t.TempDir(), address, queue, more)
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return address, func() *rig.Process {
		d := rig.Daemon(t, "run", "--config", config)
		consuming(t, v)
		return d
	}
}

// TestBoard looks at the live board of a daemon with a real browser.
func TestBoard(t *testing.T) {
	t.Parallel()
	v := rig.Broker(t)
	address, start := withBoard(t, v, `campaigns: [{name: rebuild, targets: [f44-candidate]}]`)
	d := start()
	started := time.Now()
	for id := int64(100); id < 150; id += 10 { // from which the daemon learns
		publish(t, v, []replay.Message{
			taskMessage(t, id, 0, "build", "", "FREE", "OPEN", 10*time.Minute), taskMessage(t, id+1, id, "buildArch", "x86_64", "FREE", "OPEN", 8*time.Minute),
			taskMessage(t, id+1, id, "buildArch", "x86_64", "OPEN", "CLOSED", 8*time.Minute), taskMessage(t, id, 0, "build", "", "OPEN", "CLOSED", 10*time.Minute),
		})
	}
	b := newBrowser(t)
	b.do(chromedp.Navigate("http://" + address + "/"))
	b.eventually(`document.getElementById('connection').textContent === 'live'`)

	// What begins appears, its bars move, and what fails goes to the failures.
	publish(t, v, []replay.Message{
		taskMessage(t, 1, 0, "build", "", "FREE", "OPEN", time.Second), taskMessage(t, 2, 1, "buildArch", "x86_64", "FREE", "OPEN", time.Second),
		taskMessage(t, 3, 0, "newRepo", "", "FREE", "OPEN", time.Second),
	})
	b.eventually(`document.querySelectorAll('#list-live .entry').length === 2`)
	b.eventually(`document.querySelector('[data-key="task/1"] progress').value > 0`)
	b.do(chromedp.Evaluate[chromedp.Void](`window.before = document.querySelector('[data-key="task/1"] progress').value`))
	b.eventually(`document.querySelector('[data-key="task/1"] progress').value > window.before`)
	b.accessible("board")
	publish(t, v, []replay.Message{taskMessage(t, 2, 1, "buildArch", "x86_64", "OPEN", "FAILED", time.Second), taskMessage(t, 1, 0, "build", "", "OPEN", "FAILED", time.Second)})
	b.eventually(`document.querySelector('#list-failed [data-key="task/1"]').textContent.includes('buildArch for x86_64')`)
	b.eventually(`!document.querySelector('#list-live [data-key="task/1"]')`)

	// Names from messages are text, whatever is in them.
	hostile := `<img src=x onerror=alert(1)><script>alert(2)</script>` + "\u202e"
	publish(t, v, []replay.Message{taskMessage(t, 10, 0, hostile+strings.Repeat("long", 100), hostile, "FREE", "OPEN", time.Second)})
	b.eventually(`document.querySelector('[data-key="task/10"]').textContent.includes('<script>alert(2)</script>\\u202e')`)
	b.eventually(`document.documentElement.scrollWidth <= innerWidth && !document.querySelector('main img, main script')`)

	// A filter is in the address, and holds for what comes later.
	b.do(chromedp.SendKeys(`input[name=q]`, "newRepo\r"))
	b.eventually(`location.search.includes('q=newRepo') && document.querySelectorAll('.entry').length === 1`)

	// A daemon that begins anew: the page hears from it, and shows what it knows.
	stop(t, d)
	b.eventually(`document.getElementById('connection').textContent.includes('not connected')`)
	d = start()
	publish(t, v, []replay.Message{taskMessage(t, 4, 0, "newRepo", "", "FREE", "OPEN", time.Second), taskMessage(t, 5, 0, "build", "", "FREE", "OPEN", time.Second)})
	b.eventually(`document.getElementById('connection').textContent === 'live' && document.querySelector('#list-live [data-key="task/4"]') !== null`)
	b.eventually(`document.querySelectorAll('#list-live .entry').length === 1`)

	// The page of a task, by the keyboard alone, on a phone.
	b.do(chromedp.EmulateViewport(360, 740), chromedp.Focus(`[data-key="task/4"] h3 a`), chromedp.KeyEvent("\r"))
	b.eventually(`location.pathname === '/task/4' && document.querySelector('svg.line') !== null`)
	b.eventually(`document.documentElement.scrollWidth <= innerWidth`)
	b.accessible("board-task-phone")
	b.do(chromedp.Navigate("http://" + address + "/daemon"))
	b.eventually(`document.body.textContent.includes('All is well')`)
	b.do(chromedp.Evaluate[chromedp.Void](`document.querySelector('main').textContent = ''`)) // and asked for anew after a while
	b.eventually(`document.querySelector('main').textContent.includes('All is well')`)
	b.accessible("board-daemon")
	b.do(chromedp.Navigate("http://" + address + "/task/999"))
	b.eventually(`document.body.textContent.includes('no such build')`)
	b.accessible("board-error")

	// The pages about campaigns, whose builds are newer than they are.
	time.Sleep(time.Until(started.Add(createdBefore + time.Second)))
	publish(t, v, []replay.Message{
		taskMessage(t, 6, 0, "build", "", "FREE", "OPEN", 0), taskMessage(t, 7, 6, "buildArch", "x86_64", "FREE", "OPEN", 0),
		taskMessage(t, 8, 0, "build", "", "FREE", "OPEN", 0), taskMessage(t, 8, 0, "build", "", "OPEN", "FAILED", 0),
	})
	shown := `document.querySelector('main').textContent.includes('build-8')`
	rig.Eventually(t, patience, func() error {
		b.do(chromedp.Navigate("http://" + address + "/campaigns/rebuild"))
		ok, err := chromedp.Run(b.ctx, chromedp.Evaluate[bool](shown))
		if err == nil && !ok {
			err = fmt.Errorf("%s is not true", shown)
		}
		return err
	})
	b.accessible("board-campaign")
	b.do(chromedp.Navigate("http://"+address+"/"), chromedp.Click(`nav a[href$="/campaigns"]`))
	b.eventually(`location.pathname === '/campaigns' && document.querySelector('main a[href="/campaigns/rebuild"]') !== null`)
	b.eventually(`document.documentElement.scrollWidth <= innerWidth`)
	b.accessible("board-campaigns-phone")
	b.fine()
	stop(t, d)
}
