package queue

import "fmt"

// Reason is what a task waits for. The zero value is unknown.
type Reason struct {
	why           why
	channel, arch string
	ahead         int
}

type why uint8

const (
	notPickedUp why = iota + 1
	nextRound
	full
	disabled
	noneReady
	noCapacity
	noHost
)

func (m *Model) reason(w why, b *bin) Reason {
	return Reason{why: w, channel: m.channelName(b.channel), arch: b.arch}
}

// String returns the reason in words; "" for the zero value.
func (r Reason) String() string {
	switch r.why {
	case notPickedUp:
		return "its host has not picked it up yet"
	case nextRound:
		return "waits for the next round of the scheduler"
	case full:
		return fmt.Sprintf("channel %s is full for %s: %s", r.channel, r.arch, aheadText(r.ahead))
	case disabled:
		return fmt.Sprintf("channel %s is disabled", r.channel)
	case noneReady:
		return fmt.Sprintf("no host for arch %s in channel %s is ready", r.arch, r.channel)
	case noCapacity:
		return fmt.Sprintf("no host for arch %s in channel %s has any capacity", r.arch, r.channel)
	case noHost:
		return fmt.Sprintf("no enabled host for arch %s in channel %s", r.arch, r.channel)
	}
	return ""
}

func aheadText(n int) string {
	switch n {
	case 0:
		return "it is next"
	case 1:
		return "1 task ahead"
	}
	return fmt.Sprintf("%d tasks ahead", n)
}
