//go:build integration

package integration

import (
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"github.com/kojiwatch/kojiwatch/integration/rig"
	"github.com/kojiwatch/kojiwatch/integration/rig/replay"
)

// likeFresh is true if the page shows what one shows that is loaded now: the same items in
// the same order, with the same words but for times, which go on.
const likeFresh = `fetch(location.href).then(r => r.text()).then(html => {
	const shown = (page) => [...page.querySelectorAll('[data-key], .count')].map(e => {
		const words = [...e.querySelectorAll('h3, .facts, .what, .n')].map(p => p.textContent);
		return [e.dataset.key, e.className, ...(e.matches('.count') ? [e.textContent] : words)].join('|');
	}).join('\n');
	return shown(new DOMParser().parseFromString(html, 'text/html')) === shown(document);
})`

// TestBusyBoard has a thousand builds on five thousand tasks on the board.
func TestBusyBoard(t *testing.T) {
	t.Parallel()
	v := rig.Broker(t)
	address, start := withBoard(t, v, "")
	d := start()
	const builds = 1000
	var messages []replay.Message
	for id := int64(1); id <= 5*builds; id += 5 {
		messages = append(messages, taskMessage(t, id, 0, "build", "", "FREE", "OPEN", time.Minute))
		for i, arch := range []string{"x86_64", "aarch64", "ppc64le", "s390x"} {
			messages = append(messages, taskMessage(t, id+1+int64(i), id, "buildArch", arch, "FREE", "OPEN", time.Minute))
		}
	}
	publish(t, v, messages)
	b := newBrowser(t)
	b.do(chromedp.Navigate("http://" + address + "/"))
	b.eventually(`document.getElementById('connection').textContent === 'live'`)
	b.eventually(`document.getElementById('count-live').textContent === '1000, the first 120 are shown'`)
	b.eventually(`document.querySelectorAll('#list-live .entry').length === 120`)

	// More of them, down to the last one.
	b.do(chromedp.Click(`#more-live a`))
	b.eventually(`location.search === '?show=480' && document.querySelectorAll('#list-live .entry').length === 480`)
	b.do(chromedp.Click(`#more-live a`))
	b.eventually(`document.querySelectorAll('#list-live .entry').length === 1000 && document.getElementById('more-live').hidden`)
	b.do(chromedp.Evaluate[chromedp.Void](`document.querySelector('#list-live .entry:last-child').scrollIntoView()`))
	b.eventually(`document.querySelector('#list-live .entry:last-child').getBoundingClientRect().top < innerHeight && scrollY > 10000`)

	// What changes meanwhile leaves the page like one that is loaded now.
	var changes []replay.Message
	for id := int64(1); id <= 500; id += 5 {
		state := []string{"CLOSED", "FAILED"}[id%2]
		changes = append(changes, taskMessage(t, id+1, id, "buildArch", "x86_64", "OPEN", state, time.Minute), taskMessage(t, id, 0, "build", "", "OPEN", state, time.Minute))
	}
	publish(t, v, append(changes, taskMessage(t, 9999, 0, "newRepo", "", "FREE", "OPEN", time.Second)))
	b.eventually(`document.getElementById('count-live').textContent === '901'`)
	b.eventually(likeFresh)
	b.picture("board-busy")

	// Groups, and a filter that finds one of them all.
	b.do(chromedp.Evaluate[chromedp.Void](`document.querySelector('select[name=group]').value = 'method'; document.querySelector('form').requestSubmit()`))
	b.eventually(`location.search.includes('group=method') && [...document.querySelectorAll('.group')].map(g => g.textContent).slice(0, 2).join() === 'method build 900,method newRepo 1'`)
	b.eventually(likeFresh)
	b.do(chromedp.SendKeys(`input[name=q]`, "build-501\r"))
	b.eventually(`location.search.includes('q=build-501') && document.querySelectorAll('.entry').length === 1`)
	b.fine()

	// Without JavaScript it is a snapshot with the same links.
	if _, err := chromedp.Call(b.ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}); err != nil {
		t.Fatal(err)
	}
	b.do(chromedp.Navigate("http://"+address+"/?group=method"), chromedp.Click(`#more-live a`))
	b.eventually(`location.search === '?group=method&show=480' && document.querySelectorAll('#list-live .entry').length === 480 && document.getElementById('connection').textContent === ''`)
	stop(t, d)
}
