//go:build integration

package integration

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	amqp "github.com/rabbitmq/amqp091-go"

	"github.com/kojiwatch/kojiwatch/integration/rig"
	"github.com/kojiwatch/kojiwatch/integration/rig/port"
	"github.com/kojiwatch/kojiwatch/integration/rig/replay"
)

// browser is a browser with a page, and what went wrong in it.
type browser struct {
	t   *testing.T
	ctx context.Context

	mu    sync.Mutex
	wrong []string
}

// newBrowser starts Chromium.
func newBrowser(t *testing.T) *browser {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.NoSandbox, chromedp.Flag("disable-dev-shm-usage", true),
		chromedp.WindowSize(1280, 900), chromedp.WSURLReadTimeout(patience))
	ctx, cancel := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(cancel)
	b := &browser{t: t}
	b.ctx, cancel = chromedp.NewContext(ctx)
	if err := chromedp.Do(b.ctx); err != nil {
		t.Fatalf("start the browser: %v", err)
	}
	if err := chromedp.Listen(b.ctx, b.hear); err != nil {
		t.Fatal(err)
	}
	console := chromedp.Console(b.ctx)
	var ended sync.WaitGroup
	ended.Go(func() {
		for m, err := range console {
			// A daemon that is away is no fault of the page.
			if err == nil && m.Source != "network" {
				b.note(m.String())
			}
		}
	})
	t.Cleanup(func() { cancel(); ended.Wait() })
	return b
}

// hear notes dialogs, which only what was injected would open.
func (b *browser) hear(e any) {
	if e, ok := e.(*page.EventJavascriptDialogOpening); ok {
		b.note("a dialog: " + e.Message)
	}
}

func (b *browser) note(text string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.wrong = append(b.wrong, text)
}

func (b *browser) do(actions ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, actions...); err != nil {
		b.t.Fatalf("in the browser: %v", err)
	}
}

// eventually waits until an expression is true.
func (b *browser) eventually(expression string) {
	b.t.Helper()
	rig.Eventually(b.t, patience, func() error {
		ok, err := chromedp.Run(b.ctx, chromedp.Evaluate[bool](expression))
		if err == nil && !ok {
			err = fmt.Errorf("%s is not true", expression)
		}
		return err
	})
}

// fine fails the test if something went wrong in the browser.
func (b *browser) fine() {
	b.t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, text := range b.wrong {
		b.t.Errorf("in the browser: %s", text)
	}
}

// named checks that whoever hears the page instead of seeing it hears what each thing is.
func (b *browser) named() {
	b.t.Helper()
	tree, err := chromedp.Call(b.ctx, accessibility.GetFullAXTree, accessibility.GetFullAXTreeParams{})
	if err != nil {
		b.t.Fatal(err)
	}
	counts := map[string]int{}
	for _, n := range tree.Nodes {
		if n.Ignored || n.Role == nil {
			continue
		}
		role := strings.Trim(string(n.Role.Value), `"`)
		switch role {
		case "link", "button", "searchbox", "textbox", "combobox", "progressbar", "heading", "image", "region", "navigation", "columnheader", "rowheader":
			counts[role]++
			if n.Name == nil || strings.Trim(string(n.Name.Value), `"`) == "" {
				b.t.Errorf("a %s has no name", role)
			}
		}
	}
	for _, role := range []string{"link", "heading", "progressbar", "navigation"} {
		if counts[role] == 0 {
			b.t.Errorf("there is no %s", role)
		}
	}
}

// picture keeps what the page looks like in the folder that KOJIWATCH_PICTURES names.
func (b *browser) picture(name string) {
	b.t.Helper()
	folder := os.Getenv("KOJIWATCH_PICTURES")
	if folder == "" {
		return
	}
	png, err := chromedp.Run(b.ctx, chromedp.CaptureScreenshot())
	if err == nil {
		err = os.WriteFile(filepath.Join(folder, name+".png"), png, 0o644)
	}
	if err != nil {
		b.t.Error(err)
	}
}

// taskMessage is a message about a task that was begun so long ago, as the hub's plugin
// sends it.
func taskMessage(t *testing.T, id, parent int64, method, arch, from, to string, ago time.Duration) replay.Message {
	t.Helper()
	states := map[string]int{"FREE": 0, "OPEN": 1, "CLOSED": 2, "FAILED": 5}
	now := float64(time.Now().UnixMilli()) / 1000
	info := map[string]any{
		"id": id, "parent": nil, "method": method, "state": states[to], "label": arch, "arch": "noarch", "owner": 5, "channel_id": 1,
		"priority": 20, "weight": 1.5, "create_ts": now - ago.Seconds() - 10, "start_ts": now - ago.Seconds(), "completion_ts": nil, "host_id": 1,
		"request": []any{"git+https://src.example.com/rpms/" + method + "#main", "f44-candidate", map[string]any{"scratch": false}},
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

// TestBoard looks at the live board of a daemon with a real browser.
func TestBoard(t *testing.T) {
	t.Parallel()
	v := rig.Broker(t)
	free, err := port.One() // the same after a restart
	if err != nil {
		t.Fatal(err)
	}
	address := port.Loopback(free)
	config := filepath.Join(t.TempDir(), "kojiwatch.yaml")
	text := fmt.Sprintf(`
broker: {url: %q}
state_dir: %q
board: {listen: %q}
sinks:
  - {name: out, type: stdout, queue: {name: %s}}
`, v.URL(), t.TempDir(), address, queue)
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	d := rig.Daemon(t, "run", "--config", config)
	consuming(t, v)
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
	b.named()
	b.picture("board")
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
	d = rig.Daemon(t, "run", "--config", config)
	consuming(t, v)
	publish(t, v, []replay.Message{taskMessage(t, 4, 0, "newRepo", "", "FREE", "OPEN", time.Second), taskMessage(t, 5, 0, "build", "", "FREE", "OPEN", time.Second)})
	b.eventually(`document.getElementById('connection').textContent === 'live' && document.querySelector('#list-live [data-key="task/4"]') !== null`)
	b.eventually(`document.querySelectorAll('#list-live .entry').length === 1`)

	// The page of a task, by the keyboard alone, on a phone.
	b.do(chromedp.EmulateViewport(360, 740), chromedp.Focus(`[data-key="task/4"] h3 a`), chromedp.KeyEvent("\r"))
	b.eventually(`location.pathname === '/task/4' && document.querySelector('svg.line') !== null`)
	b.eventually(`document.documentElement.scrollWidth <= innerWidth`)
	b.named()
	b.picture("board-task")
	b.do(chromedp.Navigate("http://" + address + "/daemon"))
	b.eventually(`document.body.textContent.includes('All is well')`)
	b.fine()
	stop(t, d)
}
