package kojirpc

import (
	"math/rand/v2"
	"sync"
	"time"
)

// outcome is what an attempt says about whether the other side is well.
type outcome uint8

const (
	unclear outcome = iota
	well
	failed
)

// breaker keeps from trying what has just failed several times in a row. After
// a pause one attempt goes through; the pauses grow for as long as that fails.
type breaker struct {
	opts   Breaker
	what   string
	notify func(Notice)

	mu       sync.Mutex
	failures int
	last     error
	until    time.Time
	pause    time.Duration
	probing  bool
}

// down reports whether it is open. It is called with mu held.
func (b *breaker) down() bool { return !b.opts.Off && b.failures >= b.opts.Failures }

// check returns an error if there is no sense in queueing for an attempt.
func (b *breaker) check() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.down() && (b.probing || time.Now().Before(b.until)) {
		return &UnavailableError{What: b.what, Until: b.until, Err: b.last}
	}
	return nil
}

// enter begins an attempt, or returns why there is to be none. After it, leave
// is called once.
func (b *breaker) enter() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.down() {
		return nil
	}
	if b.probing || time.Now().Before(b.until) {
		return &UnavailableError{What: b.what, Until: b.until, Err: b.last}
	}
	b.probing = true
	return nil
}

// leave ends an attempt.
func (b *breaker) leave(o outcome, err error) {
	if notice := b.judge(o, err); notice.Kind != "" {
		b.notify(notice) // without the lock: it may ask how things stand
	}
}

// judge takes note of an attempt. What it returns is empty if nothing changes.
func (b *breaker) judge(o outcome, err error) (notice Notice) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch o {
	case unclear:
		b.probing = false
	case well:
		if b.down() {
			notice.Kind = NoticeUp
		}
		b.failures, b.last, b.pause, b.probing = 0, nil, 0, false
	case failed:
		return b.fail(err)
	}
	return notice
}

func (b *breaker) fail(err error) Notice {
	wasDown := b.down()
	b.last = err
	b.failures++
	if isCertificate(err) { // once is enough: trying again does not help
		b.failures = max(b.failures, b.opts.Failures)
	}
	if !b.down() || wasDown && !b.probing {
		return Notice{} // an attempt from before it went down says nothing new
	}
	b.probing = false
	b.pause = min(max(2*b.pause, b.opts.First), b.opts.Last)
	// Half of it is random, lest all clients of a hub come back at once.
	wait := b.pause/2 + rand.N(b.pause/2+1)
	b.until = time.Now().Add(wait)
	return Notice{Kind: NoticeDown, Wait: wait, Err: err}
}

func (b *breaker) isDown() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.down()
}
