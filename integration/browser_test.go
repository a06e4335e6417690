//go:build integration

package integration

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"github.com/kojiwatch/kojiwatch/integration/rig"
)

// browser is a browser with a page, and what went wrong in it.
type browser struct {
	t       *testing.T
	ctx     context.Context
	checker string // the script that checks accessibility

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
	b := &browser{t: t, checker: accessibilityChecker(t)}
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

// accessibilityChecker returns the script, which npm installs if it is not there.
func accessibilityChecker(t *testing.T) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "../dev/axe")
	cmd.Stderr = os.Stderr
	path, err := cmd.Output()
	if err != nil {
		t.Fatalf("install the accessibility checker: %v", err)
	}
	script, err := os.ReadFile(strings.TrimSpace(string(path)))
	if err != nil {
		t.Fatal(err)
	}
	return string(script)
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

// eventually waits until an expression, or what it promises, is true.
func (b *browser) eventually(expression string) {
	b.t.Helper()
	rig.Eventually(b.t, patience, func() error {
		ok, err := chromedp.Run(b.ctx, chromedp.Evaluate[bool](expression, chromedp.EvalAwaitPromise))
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

// accessible has the accessibility checker look at the page, in light and dark, and keeps
// pictures of both.
func (b *browser) accessible(name string) {
	b.t.Helper()
	for _, scheme := range []string{"light", "dark"} {
		features := []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}
		if _, err := chromedp.Call(b.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: features}); err != nil {
			b.t.Fatal(err)
		}
		b.do(chromedp.Evaluate[chromedp.Void](b.checker + ";void 0"))
		findings, err := chromedp.Run(b.ctx, chromedp.Evaluate[[]string](`axe.run(document, {resultTypes: ['violations']}).then(r => r.violations
			.filter(v => v.impact === 'serious' || v.impact === 'critical')
			.flatMap(v => v.nodes.map(n => v.id + ': ' + v.help + ': ' + n.html)))`, chromedp.EvalAwaitPromise))
		if err != nil {
			b.t.Fatalf("check %s: %v", name, err)
		}
		for _, f := range findings {
			b.t.Errorf("%s, %s: %s", name, scheme, f)
		}
		b.picture(name + "-" + scheme)
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
		err = os.MkdirAll(folder, 0o755)
	}
	if err == nil {
		err = os.WriteFile(filepath.Join(folder, name+".png"), png, 0o644)
	}
	if err != nil {
		b.t.Error(err)
	}
}
